// How much of a cluster's life a simulation plays in a second.

import ArgumentParser
import Glibc

struct SimulationBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Counts the messages that a simulated cluster exchanges, on one thread.")

  @Option(help: "How many agents there are.")
  var agents = 100

  @Option(help: "How many frameworks there are.")
  var frameworks = 10

  @Option(help: "How long to measure, in seconds of processor time.")
  var seconds: Double = 5

  @Option(help: "What the simulation follows from.")
  var seed: UInt64 = 1

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...100_000).contains(agents) else {
      throw ValidationError("--agents \(agents): give 1 to 100000")
    }
    guard (1...10_000).contains(frameworks) else {
      throw ValidationError("--frameworks \(frameworks): give 1 to 10000")
    }
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds \(seconds): give more than 0 and at most 3600")
    }
  }

  /// What the C library's allocator is told: a simulation goes about in much memory, which a processor finds sooner in huge pages;
  /// these have to be asked for in large pieces; it frees more of one size at once than is kept at hand otherwise; and what it has
  /// got from the system it keeps.
  private static var tunables: String {
    [
      "hugetlb=1", "top_pad=67108864", "tcache_count=2000", "mmap_threshold=1073741824",
      "trim_threshold=1073741824",
    ].map { "glibc.malloc.\($0)" }.joined(separator: ":")
  }

  func run() throws {
    setenv("GLIBC_TUNABLES", Self.tunables, 0)  // What somebody has set stays.
    let player = try ChildProcess(
      ["\(agents)", "\(frameworks)", "\(seed)", "\(seconds)"], of: .beside("simulation-throughput"))
    let line = player.readLine() ?? ""
    player.finish()
    let played = line.split(separator: " ").compactMap { Double($0) }
    guard played.count == 4, played[3] > 0 else {
      throw BenchmarkFailure("simulation-throughput gave \(line.isEmpty ? "no figures" : line)")
    }
    Report(
      title: "simulation, \(agents) agents, \(frameworks) frameworks",
      figures: [
        ("messages_per_second", .number(played[0] / played[3])),
        ("virtual_seconds_per_second", .number(played[2] / 1e9 / played[3])),
        ("containers_per_second", .number(played[1] / played[3])),
      ]
    ).print(json: output.json)
  }
}
