// Every benchmark in turn, and how they compare.

import ArgumentParser

struct All: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs every benchmark, each in a process of its own, and prints one table.",
    discussion:
      "All are run one after the other, that as often as --rounds says; the table gives the medians.")

  /// One row of the table.
  struct Row {
    var name: String
    var arguments: [String]
    /// The figure that the row is about.
    var key: String
    /// What it is compared with, and the name of the comparison.
    var yardstick: (row: String, name: String)?
  }

  @Option(help: "How often each benchmark is run.")
  var rounds = 3

  @Option(help: "For how long each benchmark measures that has no end of its own, in seconds.")
  var seconds: Double = 3

  func validate() throws {
    guard (1...99).contains(rounds) else { throw ValidationError("--rounds \(rounds): give 1 to 99") }
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds \(seconds): give more than 0 and at most 3600")
    }
  }

  func run() throws {
    let rows = Self.rows(seconds: seconds)
    var runs: [[[String: Double]]] = Array(repeating: [], count: rows.count)
    for round in 1...rounds {
      for (index, row) in rows.enumerated() {
        progress("round \(round) of \(rounds): \(row.name)")
        runs[index].append(try Self.measure(row))
      }
    }
    progress(nil)
    printTable(rows, runs.map(Self.medians))
  }

  private static func rows(seconds: Double) -> [Row] {
    let time = ["--seconds", "\(seconds)"]
    func offers(_ agents: Int, _ frameworks: Int) -> [String] {
      ["offers", "--agents", "\(agents)", "--frameworks", "\(frameworks)"] + time
    }
    return [
      Row(name: "echo, 1,024 under way", arguments: ["echo"] + time, key: "round_trips_per_second"),
      Row(name: "spawn", arguments: ["spawn"] + time, key: "spawns_per_second"),
      Row(name: "offers in process, 100 × 10", arguments: offers(100, 10), key: "offers_per_second"),
      Row(
        name: "offers in process, 5,000 × 100", arguments: offers(5000, 100), key: "offers_per_second",
        yardstick: ("offers in process, 100 × 10", "of 100 × 10")),
      Row(name: "tasks in process", arguments: ["tasks"], key: "tasks_per_second"),
      Row(
        name: "tasks in process, 200,000 held", arguments: ["tasks", "--hold", "--tasks", "200000"],
        key: "rss_bytes_per_running_task"),
      Row(
        name: "tasks of /bin/true",
        arguments: ["tasks", "--real", "--agents", "3", "--tasks", "3000"], key: "tasks_per_second",
        yardstick: ("spawn", "of spawn")),
    ]
  }

  /// Runs this program with a row's arguments.
  private static func measure(_ row: Row) throws -> [String: Double] {
    let child = try ChildProcess(row.arguments + ["--json"])
    defer { child.finish() }
    guard let line = child.readLine() else { throw BenchmarkFailure("\(row.name) gave no figures") }
    let figures = figures(line)
    guard figures[row.key] != nil else { throw BenchmarkFailure("\(row.name) gave \(line)") }
    return figures
  }

  /// The numbers of a report; those inside an object go by `object.key`.
  static func figures(_ json: String) -> [String: Double] {
    var figures: [String: Double] = [:]
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
        if let value = Double(number) { figures[outer.isEmpty ? key : "\(outer).\(key)"] = value }
        number = ""
        if character == "}" { outer = "" }
      case ":": break
      default: number.append(character)
      }
    }
    return figures
  }

  private static func medians(_ runs: [[String: Double]]) -> [String: Double] {
    var medians: [String: Double] = [:]
    for key in runs[0].keys {
      let values = runs.compactMap { $0[key] }.sorted()
      medians[key] = values[values.count / 2]
    }
    return medians
  }

  private func printTable(_ rows: [Row], _ figures: [[String: Double]]) {
    var lines: [[String]] = [["", "", "p50 µs", "p99 µs", "peak MB", ""]]
    for (row, found) in zip(rows, figures) {
      let value = found[row.key] ?? 0
      let latency = found.keys.first { $0.hasSuffix(".p50") }?.dropLast(4)
      var comparison = ""
      if let yardstick = row.yardstick, let index = rows.firstIndex(where: { $0.name == yardstick.row }),
        let other = figures[index][rows[index].key], other > 0
      {
        comparison = "\(Int((value / other * 100).rounded())) % \(yardstick.name)"
      }
      lines.append([
        row.name,
        "\(Figure.count(Int(value)).text) \(Self.unit(row.key))",
        latency.flatMap { found["\($0).p50"] }.map { Figure.count(Int($0)).text } ?? "",
        latency.flatMap { found["\($0).p99"] }.map { Figure.count(Int($0)).text } ?? "",
        found["peak_rss_bytes"].map { Figure.count(Int($0 / 1_000_000)).text } ?? "",
        comparison,
      ])
    }
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    for line in lines {
      let cells = line.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 || column == line.count - 1 ? cell + space : space + cell
      }
      print(cells.joined(separator: "  "))
    }
  }

  private static func unit(_ key: String) -> String {
    key == "rss_bytes_per_running_task" ? "B/task" : "/s"
  }
}
