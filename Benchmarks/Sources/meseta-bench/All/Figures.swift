// The figures of one run of a benchmark, read back from its report.

/// What one round of benchmarks found, by their ids. Look-up only.
typealias Round = [String: Figures]

/// The numbers of a report; those inside an object go by `object.key`.
struct Figures {
  private var numbers: [(key: String, value: Double)] = []

  /// As the report has them.
  var keys: [String] { numbers.map(\.key) }

  subscript(key: String) -> Double? { numbers.first { $0.key == key }?.value }

  /// Runs this program with some arguments, and reads its report.
  static func measure(_ arguments: [String], wanted key: String) throws -> Figures {
    let child = try ChildProcess(arguments + ["--json"])
    defer { child.finish() }
    let command = arguments.joined(separator: " ")
    guard let line = child.readLine() else { throw BenchmarkFailure("`\(command)` gave no figures") }
    let figures = Figures(json: line)
    guard figures[key] != nil else { throw BenchmarkFailure("`\(command)` gave \(line)") }
    return figures
  }

  /// The lesser one of each figure.
  func least(_ other: Figures) -> Figures {
    var result = self
    for index in numbers.indices {
      if let value = other[numbers[index].key] {
        result.numbers[index].value = min(numbers[index].value, value)
      }
    }
    return result
  }

  /// Reads what ``Report/print(json:)`` writes, not JSON at large.
  init(json: String) {
    var (outer, key, number) = ("", "", "")
    var isInText = false
    for character in json {
      switch character {
      case "\"":
        if !isInText { key = "" }
        isInText.toggle()
      case _ where isInText: key.append(character)
      case "{":
        outer = key
        key = ""
      case ",", "}":
        if let value = Double(number) { numbers.append((outer.isEmpty ? key : "\(outer).\(key)", value)) }
        number = ""
        if character == "}" { outer = "" }
      case ":": break
      default: number.append(character)
      }
    }
  }
}
