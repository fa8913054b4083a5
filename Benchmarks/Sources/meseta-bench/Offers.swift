// Offers made and declined.

import ArgumentParser
import MesetaHost
import MesetaMaster
import MesetaRuntime

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
    let master = MasterHost(Cluster.masterConfiguration, seed: 1, logger: Load.logger)
    let meter = OfferMeter(master.handler)
    let network = InProcessNetwork()
    network.listen("master", meter)
    master.start()
    let load = Load(network.connector(to: "master"))
    try await load.startQuietAgents(agents)
    try await load.startDecliningFrameworks(frameworks)
    let report = try await measure(meter)
    withExtendedLifetime(load) {}
    return report
  }

  /// Measures a cluster that is running.
  private func measure(_ meter: OfferMeter) async throws -> Report {
    try await Task.sleep(nanoseconds: 1_000_000_000)  // warm-up
    let before = meter.take()
    let (start, processor) = (Clock.now(), Clock.processorSeconds())
    try await Task.sleep(nanoseconds: UInt64(seconds * 1e9))
    let after = meter.take()
    let (end, processorEnd) = (Clock.now(), Clock.processorSeconds())
    let count = after.answered - before.answered
    guard count > 0 else { throw BenchmarkFailure("no offer was answered in \(seconds) s") }
    return Report(
      title: "offers, \(transport.rawValue), \(agents) agents × \(frameworks) frameworks",
      figures: [
        ("offers_per_second", .number(Double(count) / (Double(end - start) / 1e9))),
        ("offer_latency_us", after.latency.figure),
        ("master_cpu_seconds", .number(processorEnd - processor)),
        ("peak_rss_bytes", .count(Memory.peakResident())),
      ])
  }
}
