// A machine that is told again what a recording says, and has to say the same.

import MesetaProtocol
package import MesetaRuntime

/// Replays segments of one machine.
package struct Replay<Machine: RecordedMachine> {
  /// The machine, after the last item.
  package private(set) var machine: Machine
  /// The time of the last item.
  package private(set) var time: Time
  package private(set) var counts = Counts()

  private var segment: RecordingSegment
  private var tally: EffectTally
  /// An item that was looked at and not taken.
  private var pending: RecordedItem<Machine.Local>?

  /// How far a replay is.
  package struct Counts: Hashable, Sendable {
    package var inputs: UInt64 = 0
    package var batches: UInt64 = 0
    package var effects: UInt64 = 0
  }

  /// What has just happened.
  package enum Step {
    case input(NodeInput<Machine.Local>)
    /// A batch has ended, with these effects if they are kept.
    case batch([RecordedEffect])
    case gap(UInt64)
    /// The machine ended here, as it should.
    case end
  }

  /// Begins with the state that the segment begins with.
  ///
  /// - Parameter keepsEffects: whether ``Step/batch(_:)`` tells the effects.
  package init(_ segment: RecordingSegment, keepsEffects: Bool = false) throws(RecordingProblem) {
    self.segment = segment
    machine = try segment.machine()
    time = segment.header.time
    tally = EffectTally(keeps: keepsEffects)
  }

  /// The header of the segment that is being replayed.
  package var header: RecordingHeader { segment.header }
  package var tornBytes: Int { segment.tornBytes }

  /// Goes on with the segment after this one. It has to begin with the state that this one ended with, unless batches are
  /// missing between the two.
  package mutating func go(on next: RecordingSegment) throws {
    let expected = try SnapshotEncoder.encode(machine)
    let isFollower =
      next.header.life == header.life && next.header.number == header.number + 1 && next.header.lost == 0
    machine = try next.machine()
    segment = next
    time = next.header.time
    if isFollower, expected != next.snapshot { throw ReplayDifference.state(segment: next.header.number) }
  }

  /// The time of the next item; nil if it has none, as the end of the segment.
  package mutating func nextTime() throws(RecordingProblem) -> Time? {
    if pending == nil { pending = try segment.next() }
    switch pending {
    case .input(_, let time), .endOfBatch(let time, _, _): return time
    case .gap, .end, nil: return nil
    }
  }

  /// Takes the next item; nil at the end of the segment.
  package mutating func step() throws -> Step? {
    guard let item = try pending ?? segment.next(Machine.Local.self) else { return nil }
    pending = nil
    switch item {
    case .input(let input, let time):
      self.time = time
      counts.inputs += 1
      machine.replay(input, at: time, &tally)
      return .input(input)
    case .endOfBatch(let time, let effects, let digest):
      self.time = time
      machine.replay(.endOfBatch, at: time, &tally)
      counts.batches += 1
      counts.effects += effects
      defer { tally.begin() }
      guard tally.digest.count == effects, tally.digest.value == digest else {
        throw ReplayDifference.effects(
          batch: counts.batches, time: time, recorded: effects, replayed: tally.digest.count)
      }
      return .batch(tally.effects)
    case .gap(let lost): return .gap(lost)
    case .end: return .end
    }
  }
}

/// A replay that did not come to the same.
package enum ReplayDifference: Error, Hashable, CustomStringConvertible {
  case effects(batch: UInt64, time: Time, recorded: UInt64, replayed: UInt64)
  case state(segment: UInt64)

  package var description: String {
    switch self {
    case .effects(let batch, _, let recorded, let replayed) where recorded != replayed:
      "the replay differs: batch \(batch) had \(recorded) effects and has \(replayed) now"
    case .effects(let batch, _, _, _): "the replay differs: the effects of batch \(batch) are not the same"
    case .state(let segment):
      "the replay differs: segment \(segment) does not begin with the state that the one before it ended with"
    }
  }
}
