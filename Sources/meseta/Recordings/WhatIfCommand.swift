// What would have been if something had been different.

import ArgumentParser
import Foundation
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRecording
import MesetaRuntime
import MesetaService
import MesetaSimulation

struct WhatIfCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "what-if", abstract: "Find out what would have been if something had been different.",
    discussion: """
        meseta what-if /var/lib/meseta/recording --at +10mins --set weights:prod=3
        meseta what-if /var/lib/meseta/recording --at '2026-12-01 22:00' \\
          --set 'limit:dev=cpus:20;mem:65536' --set lose-agents:2

      The recording of a master is replayed until --at. From there it goes on twice, with what is --set and without, and \
      what differs is told.

      After a change the recorded messages do not fit any more, so that everybody but the master is a model of what was \
      recorded. Each framework wants the tasks that it launched after --at, with the resources and run times that they had. \
      A task counts as wanted since its framework last declined an offer of the role that had room for it, or last asked \
      for offers, or since --at. It is launched on the first offer of its role that has room for it, in the order in which \
      tasks were wanted; other offers are declined for as long as in the recording. A task that is lost with its agent is \
      wanted again. Agents come and go as they did. Kills, health, constraints, reservations, volumes and demands for \
      resources all at once are not modelled. Both runs are the same model: compare them with each other, not with the \
      recording.
      """)

  @Argument(help: "A segment (*.recording) of a master, or the directory of a recording.") var path: String
  @Option(
    help:
      "When it is different: a time such as '2026-12-01 22:00:05', or +SPAN after the beginning, such as +90secs."
  )
  var at: String
  @Option(
    help: ArgumentHelp(
      "What is different; may be given several times. quota:ROLE=cpus:10;mem:1024 (guarantee and limit), "
        + "guarantee:ROLE=..., limit:ROLE=..., weights:ROLE=2, lose-agents:N (the last N), add-agents:N, "
        + "add-agents:N:RESOURCES.",
      valueName: "change"))
  var set: [String]
  @Option(help: "How long to go on after --at, such as 10mins. (default: until the recording ends)") var span:
    String?
  @Flag(help: "Print JSON instead of tables.") var json = false

  func validate() throws {
    _ = try ReplayCommand.moment(at, "--at")
    _ = try changes()
    if set.isEmpty {
      throw ValidationError("--set is missing: say what is different, such as --set weights:prod=3")
    }
    _ = try end()
  }

  func run() throws {
    let (master, demand) = try read()
    let until = try end().map { demand.start.monotonic + $0 }
    var before = Fork(master, demand, [], until: until)
    before.run()
    var after = Fork(master, demand, try changes(), until: until)
    after.run()
    for refusal in after.refusals.dropFirst(before.refusals.count) { throw RefusedChange(reason: refusal) }
    let comparison = ForkComparison(before: before.measures, after: after.measures)
    if json { try printJSON(comparison.json) } else { try comparison.print() }
  }

  /// The master at the time, and what was wanted from then on.
  private func read() throws -> (Master, Demand) {
    guard let life = try RecordingFiles(path).lives.last(where: { $0.kind == .master }) else {
      throw UnreadableRecording(path, .otherMachine(.agent))
    }
    let moment = try ReplayCommand.moment(at, "--at")
    var run = try ReplayRun<Master>(life, until: ReplayEnd(moment: moment), keepsEffects: true)
    try run.run { _, _ in }
    guard run.hasStopped else {
      throw ValidationError(
        "--at: the recording ends before that, at \(ClockText.local(run.replay.time.wall, now: run.start.wall))"
      )
    }
    let (master, start) = (run.replay.machine, run.replay.time)
    var reader = DemandReader(master, at: start)
    run.goOn()
    try run.run { reader.take($0, at: $1) }
    return (master, reader.finish())
  }

  private func end() throws -> Span? {
    guard let span else { return nil }
    guard let value = Span(text: span) else {
      throw ValidationError("--span: \"\(span)\" is not a duration, such as 10mins")
    }
    return value
  }

  // MARK: Changes

  private func changes() throws -> [ForkChange] { try set.map(Self.change) }

  private static func change(_ text: String) throws -> ForkChange {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { throw unknown(text) }
    do {
      switch parts[0] {
      case "weights": return .call(.updateWeights([try RoleWeight(parsing: parts[1])]))
      case "quota", "guarantee", "limit": return .call(try quota(parts[0], parts[1]))
      case "lose-agents": return .loseAgents(try count(parts[1]))
      case "add-agents":
        let words = parts[1].split(separator: ":", maxSplits: 1).map(String.init)
        return .addAgents(
          try count(words.first ?? ""), try words.dropFirst().first.map { try Resources(parsing: $0) })
      default: throw unknown(text)
      }
    } catch let error as ValidationError {
      throw error
    } catch {
      throw ValidationError("--set \(text): \(error)")
    }
  }

  private static func unknown(_ text: String) -> ValidationError {
    ValidationError(
      "--set: \"\(text)\" is none of quota:ROLE=AMOUNTS, guarantee:ROLE=AMOUNTS, limit:ROLE=AMOUNTS, weights:ROLE=WEIGHT, "
        + "lose-agents:N, add-agents:N and add-agents:N:RESOURCES")
  }

  private static func count(_ text: String) throws -> Int {
    guard let count = Int(text), (1...10_000).contains(count) else {
      throw BadValue("\"\(text)\" is not a whole number from 1 to 10000")
    }
    return count
  }

  private static func quota(_ kind: String, _ text: String) throws -> OperatorCall {
    let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard sides.count == 2 else {
      throw BadValue("\"\(text)\" is not ROLE=AMOUNTS, such as dev=cpus:10;mem:1024")
    }
    let amounts = try WrittenQuantity.list(sides[1], "--set")
    let config = QuotaConfig(
      role: sides[0], guarantees: kind == "limit" ? [] : amounts, limits: kind == "guarantee" ? [] : amounts)
    if let problem = config.problem { throw BadValue(problem) }
    return .updateQuota([config], isForced: true)
  }
}

/// A change that the master would not have taken.
struct RefusedChange: Error, CustomStringConvertible {
  let reason: String
  var description: String { "the master would have refused the change: \(reason)" }
}
