// What a replay tells: inputs and effects as they come, and how things stand at the end.

import Foundation
import MesetaRecording
import MesetaRuntime
import MesetaService
import MesetaSimulation

struct ReplayReport {
  private let printed: ReplayCommand.Printed
  private let asJSON: Bool
  private let start: Time
  private var inputs: UInt64 = 0
  private var events: [[String: Any]] = []

  init(printing printed: ReplayCommand.Printed, asJSON: Bool, start: Time) {
    self.printed = printed
    self.asJSON = asJSON
    self.start = start
  }

  // MARK: While it runs

  mutating func tell<Machine: RecordedMachine>(_ step: Replay<Machine>.Step, at time: Time) {
    switch step {
    case .input(let input):
      inputs += 1
      if printed != .state { tell(input.text, at: time, isEffect: false) }
    case .batch(let effects):
      for effect in effects {
        if case .respond(.none, _) = effect { continue }  // Nobody wants to hear of it.
        tell(effect.text, at: time, isEffect: true)
      }
    case .gap(let lost):
      if printed != .state { tell("\(lost) batches are missing", at: time, isEffect: false) }
    case .end: break
    }
  }

  private mutating func tell(_ text: String, at time: Time, isEffect: Bool) {
    if asJSON {
      events.append([
        isEffect ? "effect" : "input": text, "number": inputs,
        "seconds": (time.monotonic - start.monotonic).inSeconds,
      ])
    } else {
      let number = isEffect ? String(repeating: " ", count: 8) : padded("\(inputs)")
      print("\(number) \(padded(offset(time)))  \(isEffect ? "-> " : "")\(text)")
    }
  }

  private func padded(_ text: String) -> String {
    String(repeating: " ", count: max(0, 8 - text.count)) + text
  }

  /// `+1.250`: seconds since the beginning.
  private func offset(_ time: Time) -> String {
    "+" + String(format: "%.3f", (time.monotonic - start.monotonic).inSeconds)
  }

  // MARK: At the end

  func summary<Machine: RecordedMachine>(_ run: ReplayRun<Machine>) -> [String] {
    let (header, counts) = (run.replay.header, run.replay.counts)
    let from = ClockText.local(start.wall, now: run.replay.time.wall)
    let to = ClockText.local(run.replay.time.wall, now: start.wall)
    return [
      "\(header.kind) \(header.name), recorded by Meseta \(header.version) from \(from) to \(to) "
        + "(\(offset(run.replay.time)) s)\(run.hasStopped ? ", stopped there" : "")",
      "\(counts.inputs) inputs in \(counts.batches) batches; \(counts.effects) effects, all as they were",
    ] + run.notes.map { "note: \($0)" }
  }

  func printState<Machine: RecordedMachine & StateTold>(_ run: ReplayRun<Machine>) throws {
    for (title, listing) in run.replay.machine.state(at: run.replay.time) where !listing.rows.isEmpty {
      print("\n\(title)")
      try listing.print(asJSON: false)
    }
  }

  func json<Machine: RecordedMachine & StateTold>(_ run: ReplayRun<Machine>) -> [String: Any] {
    let (header, counts) = (run.replay.header, run.replay.counts)
    var result: [String: Any] = [
      "machine": "\(header.kind)", "name": header.name, "version": header.version,
      "start_nanoseconds": start.wall, "end_nanoseconds": run.replay.time.wall,
      "seconds": (run.replay.time.monotonic - start.monotonic).inSeconds, "stopped": run.hasStopped,
      "inputs": counts.inputs, "batches": counts.batches, "effects": counts.effects, "verified": true,
      "notes": run.notes,
    ]
    if printed == .state {
      for (title, listing) in run.replay.machine.state(at: run.replay.time) {
        result[title.lowercased()] = listing.objects
      }
    } else {
      result["events"] = events
    }
    return result
  }
}
