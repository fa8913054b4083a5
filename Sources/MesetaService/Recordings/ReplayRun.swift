// Replaying one life of a machine from its files.

package import MesetaRecording
package import MesetaRuntime

/// Where a replay stops: before what is later, and after so many inputs.
package struct ReplayEnd: Sendable {
  /// A point in time, or so long after the first segment's beginning.
  package enum Moment: Sendable {
    case wall(Int64)
    case after(Span)
  }

  package var moment: Moment?
  package var input: UInt64?

  package init(moment: Moment? = nil, input: UInt64? = nil) {
    self.moment = moment
    self.input = input
  }
}

/// Replays one segment after the other, and checks that the machine does again what it did.
package struct ReplayRun<Machine: RecordedMachine> {
  package private(set) var replay: Replay<Machine>
  package private(set) var notes: [String] = []
  /// The times of the first segment's beginning and of the last item.
  package let start: Time
  /// Whether the replay stopped where it was told to, rather than where the recording ends.
  package private(set) var hasStopped = false

  private let paths: [String]
  private var number = 0
  private var end: ReplayEnd

  package init(_ life: RecordingFiles.Life, until end: ReplayEnd, keepsEffects: Bool) throws {
    paths = life.paths
    self.end = end
    let first = try RecordingFiles.open(paths[0])
    do throws(RecordingProblem) {
      replay = try Replay(first, keepsEffects: keepsEffects)
    } catch {
      throw UnreadableRecording(paths[0], error)
    }
    start = first.header.time
    if first.header.number > 0 {
      notes.append("the \(first.header.number) segments before \(paths[0]) are not there any more")
    }
  }

  /// Tells the machine what it was told.
  ///
  /// - Parameter visit: called with each step and the time of it.
  package mutating func run(_ visit: (Replay<Machine>.Step, Time) -> Void) throws {
    while try runSegment(visit), number + 1 < paths.count {
      number += 1
      let next = try RecordingFiles.open(paths[number])
      if next.header.number != replay.header.number + 1 {
        notes.append("segments are missing before \(paths[number])")
      } else if next.header.lost > 0 {
        notes.append("\(next.header.lost) batches were not recorded before \(paths[number])")
      }
      do { try replay.go(on: next) } catch let problem as RecordingProblem {
        throw UnreadableRecording(paths[number], problem)
      }
    }
  }

  /// After a stop: ``run(_:)`` goes on until the recording ends.
  package mutating func goOn() {
    end = ReplayEnd()
    hasStopped = false
  }

  /// False if the replay is to stop.
  private mutating func runSegment(_ visit: (Replay<Machine>.Step, Time) -> Void) throws -> Bool {
    do {
      while try !isOver() {
        guard let step = try replay.step() else {
          if replay.tornBytes > 0 {
            notes.append(
              "the last \(replay.tornBytes) bytes of \(paths[number]) are a piece of a record, as after a crash, and "
                + "were left out")
          }
          return true
        }
        visit(step, replay.time)
      }
    } catch let problem as RecordingProblem {
      throw UnreadableRecording(paths[number], problem)
    }
    hasStopped = true
    return false
  }

  private mutating func isOver() throws -> Bool {
    if let input = end.input, replay.counts.inputs >= input { return true }
    guard let moment = end.moment, let next = try replay.nextTime() else { return false }
    switch moment {
    case .wall(let time): return next.wall > time
    case .after(let span): return next.monotonic > start.monotonic + span
    }
  }
}
