// What a benchmark found, as a table or as JSON.

import ArgumentParser
import Glibc

/// One figure of a report.
enum Figure {
  case count(Int)
  case number(Double)
  case percentiles(p50: Double, p99: Double)

  /// As JSON has it.
  var json: String {
    switch self {
    case .count(let value): "\(value)"
    case .number(let value): Self.text(value)
    case .percentiles(let p50, let p99): "{\"p50\":\(Self.text(p50)),\"p99\":\(Self.text(p99))}"
    }
  }

  /// As a person reads it.
  var text: String {
    switch self {
    case .count(let value): Self.grouped(value)
    case .number(let value): value >= 1000 ? Self.grouped(Int(value)) : Self.text(value)
    case .percentiles(let p50, let p99): "p50 \(Self.text(p50))  p99 \(Self.text(p99))"
    }
  }

  /// As a narrow column has it: with one digit after the point if the number is small.
  static func short(_ value: Double) -> String {
    if value >= 100 { return grouped(Int(value.rounded())) }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// With three digits, or with all before the point.
  static func significant(_ value: Double) -> String {
    var unit = 1.0
    while abs(value) * unit < 100, unit < 1e6 { unit *= 10 }
    let rounded = (value * unit).rounded() / unit
    return abs(value) < 1000 ? text(rounded, minimumDigits: 0) : grouped(Int(rounded))
  }

  /// Three digits after the point are as many as any of these figures has, but for the smallest.
  private static func text(_ value: Double, minimumDigits: Int = 3) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "0" }
    let unit = abs(value) < 0.1 ? 1_000_000 : 1000
    let parts = Int((value * Double(unit)).rounded())
    if parts % unit == 0 { return "\(parts / unit)" }
    var digits = String(abs(parts % unit) + unit).dropFirst()
    while digits.last == "0", digits.count > minimumDigits { digits.removeLast() }
    return "\(parts < 0 ? "-" : "")\(abs(parts) / unit).\(digits)"
  }

  /// `1,234,567`
  private static func grouped(_ value: Int) -> String {
    var text = ""
    for (place, digit) in String(value).reversed().enumerated() {
      if place > 0, place % 3 == 0, digit != "-" { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }
}

/// The figures of one run, by the names that the README defines.
struct Report {
  var title: String
  var figures: [(key: String, figure: Figure)]

  /// Writes the report to standard output.
  func print(json: Bool) {
    if json {
      let members = figures.map { "\"\($0.key)\":\($0.figure.json)" }
      Swift.print("{\(members.joined(separator: ","))}")
    } else {
      Swift.print(title)
      let width = figures.map(\.key.count).max() ?? 0
      for (key, figure) in figures {
        Swift.print("  \(key)\(String(repeating: " ", count: width - key.count))  \(figure.text)")
      }
    }
  }
}

/// How a report is written.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON object instead of a table.")
  var json = false
}

/// Says on standard error what should not have happened.
func complainAloud(_ text: String) {
  let bytes = Array("meseta-bench: \(text)\n".utf8)
  _ = write(STDERR_FILENO, bytes, bytes.count)
}

/// Says on a terminal what is going on, in one line that the next replaces; nil ends it.
func progress(_ text: String?) {
  guard isatty(STDERR_FILENO) == 1 else { return }
  let bytes = Array("\r\u{1B}[K\(text ?? "")".utf8)
  _ = write(STDERR_FILENO, bytes, bytes.count)
}

/// Why a benchmark could not be run.
struct BenchmarkFailure: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
