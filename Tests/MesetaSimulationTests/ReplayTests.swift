// The same again: a run from its seed, in another process too, and a machine from the record of its inputs.

import Foundation
import MesetaAgent
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRecording
import MesetaRuntime
import MesetaSimulation
import Testing

@Suite struct ReplayTests {
  @Test func theSameSeedGivesTheSameTrace() {
    func outcome(_ seed: Seed) -> TrialOutcome {
      var trial = Trial(Shape(seed))
      return trial.run()
    }
    let first = outcome(42)
    #expect(first == outcome(42))
    #expect(first.exercised["messages"] > 1000)
    #expect(first.hash != outcome(43).hash)
  }

  @Test func whatIsKeptOfATraceMakesNoDifferenceToIt() throws {
    func play(keeping lines: Int?) throws -> Trace {
      var world = Simulation(42, faults: .swarm)
      world.keepTrace(lines: lines)
      world.add(agents: 3, try Resources(parsing: "cpus:4;mem:4096"))
      let batch = world.add(RetryingBatch())
      world.send(.submit(20), to: batch)
      try world.run(for: .minutes(3))
      return world.trace
    }
    let whole = try play(keeping: nil)
    let some = try play(keeping: 10)
    let none = try play(keeping: 0)
    #expect(whole == none && some == none)
    #expect(none.lines.isEmpty)
    #expect(some.lines == Array(whole.lines.suffix(10)))
  }

  @Test func twoProcessesGiveTheSameTrace() throws {
    func run() throws -> String {
      let process = Process()
      process.executableURL = Self.products.appendingPathComponent("meseta")
      process.arguments = ["simulate", "--seed", "0x5eed", "--trace"]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      return String(decoding: output, as: UTF8.self)
    }
    let first = try run()
    #expect(first.split(separator: "\n").count > 1000)
    #expect(try run() == first)
  }

  /// Where the executables of this build are: the folder of the bundle that this code was loaded from.
  private static var products: URL {
    let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
    for line in maps.split(separator: "\n") {
      guard let start = line.firstIndex(of: "/"), line.hasSuffix(".xctest") else { continue }
      return URL(fileURLWithPath: String(line[start...])).deletingLastPathComponent()
    }
    return URL(fileURLWithPath: ".build/debug")
  }

  @Test(arguments: (1...20).map { Seed($0) })
  func aRecordedMasterReplaysToTheSameEffectsFromEverySegment(seed: Seed) throws {
    var world = Simulation(seed, faults: .fixed(Self.faults), isRecording: true)
    world.add(agents: 4, try Resources(parsing: "cpus:4;mem:4096"))
    let batch = world.add(RetryingBatch())
    world.send(.submit(50), to: batch)
    world.at(.seconds(20)) { $0.crash(.agent(1)) }
    world.at(.seconds(40)) { $0.start(.agent(1)) }
    try world.run(for: .minutes(10))
    let recording = try #require(world.masterRecording)
    #expect(recording.effectCount > 500)
    #expect(recording.segments.count > 5)
    #expect(try recording.replayed().count > 500)
    let other = Master(
      configuration: MasterConfiguration(), seed: 1, at: Time(monotonic: .zero, wall: 0))
    #expect(throws: ReplayDifference.self, "the effects of another master are others") {
      try recording.replayed(by: other)
    }
  }

  @Test(arguments: (1...10).map { Seed($0) })
  func aRecordedAgentReplaysToTheSameEffectsFromEverySegment(seed: Seed) throws {
    var world = Simulation(seed, faults: .fixed(Self.faults), isRecording: true)
    world.add(agents: 2, try Resources(parsing: "cpus:4;mem:4096"))
    let batch = world.add(RetryingBatch())
    world.send(.submit(50), to: batch)
    world.at(.seconds(5)) { $0.restart(.agent(1)) }
    world.at(.minutes(5)) { $0.stop(.agent(0)) }
    try world.run(for: .minutes(10))
    var inputs: [[AgentInput]] = []
    for number in 0...1 {
      let recording = try #require(world.recording(ofAgent: number))
      #expect(recording.effectCount > 100)
      #expect(recording.segments.count > 2)
      inputs.append(try recording.replayed())
    }
    // One has lived from its registration to its end, the other has found its containers again.
    #expect(inputs[0].contains { if case .local(.stored) = $0 { true } else { false } })
    #expect(inputs[0].contains(.local(.stop)))
    for inputs in inputs {
      #expect(inputs.contains { if case .local(.container(.started)) = $0 { true } else { false } })
      #expect(inputs.contains { if case .local(.container(.exited)) = $0 { true } else { false } })
      #expect(
        inputs.contains { if case .received(_, _, .masterMessage(.acknowledge)) = $0 { true } else { false } }
      )
    }
  }

  private static var faults: Faults {
    var faults = Faults()
    faults.delay = .milliseconds(1)...Span.milliseconds(50)
    faults.lossMillionths = 2000
    faults.partitionEvery = .minutes(1)
    return faults
  }
}
