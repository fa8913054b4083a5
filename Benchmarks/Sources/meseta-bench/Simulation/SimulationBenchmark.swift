// How much of a cluster's life a simulation plays in a second.

import ArgumentParser
import BenchmarkSupport
import MesetaRuntime
import MesetaSimulation

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

  func run() throws {
    var world = MixedCluster.make(agents: agents, frameworks: frameworks, seed: Seed(seed))
    // All agents and frameworks are there, and the first tasks have ended.
    try world.run(for: .seconds(20))
    let before = world.statistics
    // A simulation has one thread and waits for nothing: what else the machine does is not counted.
    let start = Clock.processorSeconds()
    var length = 0.0
    while length < seconds {
      try world.run(for: .milliseconds(100))
      length = Clock.processorSeconds() - start
    }
    let messages = world.statistics.tellingMessages - before.tellingMessages
    let time = Double(world.statistics.time.nanoseconds - before.time.nanoseconds) / 1e9
    Report(
      title: "simulation, \(agents) agents, \(frameworks) frameworks",
      figures: [
        ("messages_per_second", .number(Double(messages) / length)),
        ("virtual_seconds_per_second", .number(time / length)),
        ("containers_per_second", .number(Double(world.statistics.containers - before.containers) / length)),
      ]
    ).print(json: output.json)
  }
}
