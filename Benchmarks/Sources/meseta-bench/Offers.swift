// Offers made and declined.

import ArgumentParser

struct Offers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Counts the offers that a master makes to frameworks that decline everything at once.")

  @Option(help: "How the agents and frameworks reach the master: \(TransportKind.names).")
  var transport = TransportKind.inProcess

  @Option(help: "How many agents there are.")
  var agents = 100

  @Option(help: "How many frameworks there are, each in a role of its own.")
  var frameworks = 10

  @Option(help: "For how long, in seconds.")
  var seconds: Double = 5

  @Flag(
    help:
      "Has the master write down what it is told, as with --record DIR, in a directory that goes afterwards.")
  var record = false

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

  func run() async throws { try await measure().print(json: output.json) }

  func measure() async throws -> Report {
    let cluster = try Cluster.start(transport, countsOffers: true, records: record)
    defer { cluster.end() }
    try await cluster.load.startQuietAgents(agents)
    try await cluster.load.startDecliningFrameworks(frameworks)
    try await Task.sleep(nanoseconds: 1_000_000_000)  // warm-up
    try cluster.master.begin()
    try await Task.sleep(nanoseconds: UInt64(seconds * 1e9))
    let figures = try cluster.master.read()
    guard figures.offers > 0 else { throw BenchmarkFailure("no offer was answered in \(seconds) s") }
    return Report(
      title: "offers, \(transport.rawValue), \(agents) agents × \(frameworks) frameworks"
        + (record ? ", recorded" : ""),
      figures: [
        ("offers_per_second", .number(Double(figures.offers) / figures.seconds)),
        ("offer_latency_us", figures.latency),
        ("master_cpu_seconds", .number(figures.processorSeconds)),
        ("peak_rss_bytes", .count(figures.peakResidentBytes)),
      ])
  }
}
