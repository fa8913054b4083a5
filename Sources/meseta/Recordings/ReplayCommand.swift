// Running a recording again.

import ArgumentParser
import Foundation
import MesetaAgent
import MesetaMaster
import MesetaRecording
import MesetaRuntime
import MesetaService

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Run again what a master or an agent recorded, and look at it.",
    discussion: """
        meseta master --record /var/lib/meseta/recording
        meseta replay /var/lib/meseta/recording --until '2026-12-01 22:00'
        meseta replay /var/lib/meseta/recording --until +90secs --print effects

      The machine is told again all that it was told, at the same times, and its effects are compared with those of the run, \
      bit for bit: the recording has a digest of each batch. The replay stops before what is later than --until, or after \
      --until_event inputs. What a crash tore off at the end is left out. A recording has to be replayed by the build of \
      Meseta that recorded it.
      """)

  enum Printed: String, ExpressibleByArgument, CaseIterable {
    case state, events, effects
  }

  @Argument(help: "A segment (*.recording), or the directory of a recording.") var path: String
  @Option(
    help: "When to stop: a time such as '2026-12-01 22:00:05', or +SPAN after the beginning, such as +90secs."
  )
  var until: String?
  @Option(name: .mesos("until_event"), help: "After how many inputs to stop.") var untilEvent: UInt64?
  @Option(
    help: "state: how things stand at the end. events: each input. effects: each input, and what came of it.")
  var print = Printed.state
  @Flag(help: "Print JSON instead of tables.") var json = false

  func validate() throws { _ = try end() }

  func run() throws {
    let lives = try RecordingFiles(path).lives
    var reports: [[String: Any]] = []
    for (number, life) in lives.enumerated() {
      if number > 0, !json { Swift.print("") }
      switch life.kind {
      case .master: reports.append(try replay(life, as: Master.self))
      case .agent: reports.append(try replay(life, as: Agent.self))
      }
    }
    if json { try printJSON(reports) }
  }

  private func replay<Machine: RecordedMachine & StateTold>(
    _ life: RecordingFiles.Life, as type: Machine.Type
  ) throws -> [String: Any] {
    var run = try ReplayRun<Machine>(life, until: end(), keepsEffects: print == .effects)
    var report = ReplayReport(printing: print, asJSON: json, start: run.start)
    do {
      try run.run { report.tell($0, at: $1) }
    } catch {
      // What was replayed until here is good, and tells how far it is.
      if !json { for line in report.summary(run) { Swift.print(line) } }
      throw error
    }
    if json { return report.json(run) }
    for line in report.summary(run) { Swift.print(line) }
    if print == .state { try report.printState(run) }
    return [:]
  }

  private func end() throws -> ReplayEnd {
    ReplayEnd(moment: try until.map { try Self.moment($0, "--until") }, input: untilEvent)
  }

  /// Reads a time, or a span after the beginning.
  static func moment(_ text: String, _ flag: String) throws -> ReplayEnd.Moment {
    if text.hasPrefix("+"), let span = Span(text: String(text.dropFirst())) { return .after(span) }
    guard let time = PointInTime.parse(text) else {
      throw ValidationError(
        "\(flag): \"\(text)\" is neither a time, such as '2026-12-01 22:00:05', nor a span, such as +90secs")
    }
    return .wall(time)
  }
}
