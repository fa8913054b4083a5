// Writes segments on a thread of its own. Who records never waits for it: when it falls behind too far, batches are left
// out, and the recording says so.

import Glibc
import Logging
import MesetaRecording
import MesetaRuntime
import Synchronization

final class SegmentWriter: Sendable {
  /// How many bytes may wait to be written.
  static let bufferLimit = 64 << 20
  /// How long the writer collects before it writes: what a killed process loses at most.
  private static let pause: useconds_t = 10_000

  /// Makes the bytes that a segment begins with, from a state that is kept for it.
  typealias Beginning = @Sendable (RecordingHeader) throws -> [UInt8]

  private enum Job: Sendable {
    case begin(RecordingHeader, Beginning)
    case batches([UInt8])
    case gap(UInt64)
    case finish(@Sendable () -> Void)
  }

  private struct State: Sendable {
    var jobs: [Job] = []
    /// How many bytes of batches wait.
    var waiting = 0
    /// How many batches were left out since there was no room.
    var lost: UInt64 = 0
    /// How many bytes of batches the segment has, and how many it may have.
    var segment = 0
    var segmentLimit: Int
    var number: UInt64 = 0
    var isAwake = false
    /// Nothing is recorded any more.
    var isOver = false
  }

  private let recording: Recording
  private let kind: MachineKind
  private let name: String
  private let life: UInt64
  private let logger: Logger
  private let state: Mutex<State>
  private let wakeUp = Semaphore()

  init(_ recording: Recording, _ kind: MachineKind, name: String, life: UInt64, logger: Logger) {
    self.recording = recording
    self.kind = kind
    self.name = name
    self.life = life
    self.logger = logger
    state = Mutex(State(segmentLimit: recording.limit / 8))
    HostThread.start { [self] in work() }
  }

  // MARK: The machine's side

  /// Begins the first segment.
  func begin(at time: Time, _ beginning: @escaping Beginning) {
    put { $0.jobs.append(.begin(header(&$0, at: time, lost: 0), beginning)) }
  }

  /// Takes the bytes of a batch. `beginning` is asked for if a new segment begins after it.
  func take(_ batch: [UInt8], at time: Time, _ beginning: () -> Beginning) {
    put { state in
      if state.lost > 0 || state.waiting + batch.count > Self.bufferLimit {
        state.lost += 1
        guard state.waiting < Self.bufferLimit / 2 else { return }
        state.jobs.append(.gap(state.lost))
        state.jobs.append(.begin(header(&state, at: time, lost: state.lost), beginning()))
        state.lost = 0
        return
      }
      state.jobs.append(.batches(batch))
      state.waiting += batch.count
      state.segment += batch.count
      if state.segment >= state.segmentLimit {
        state.jobs.append(.begin(header(&state, at: time, lost: 0), beginning()))
      }
    }
  }

  /// Writes what is there, and that the machine has ended.
  func finish() async {
    await withCheckedContinuation { continuation in
      let isTaken = put { state in
        state.jobs.append(.finish { continuation.resume() })
        state.isOver = true
      }
      if !isTaken { continuation.resume() }
    }
  }

  /// Changes the state and wakes the writer; false if nothing is recorded any more.
  @discardableResult
  private func put(_ change: (inout State) -> Void) -> Bool {
    let (isTaken, wakes) = state.withLock { state in
      if state.isOver { return (false, false) }
      change(&state)
      defer { state.isAwake = true }
      return (true, !state.isAwake)
    }
    if wakes { wakeUp.signal() }
    return isTaken
  }

  private func header(_ state: inout State, at time: Time, lost: UInt64) -> RecordingHeader {
    defer {
      state.number += 1
      state.segment = 0
    }
    return RecordingHeader(kind, name: name, life: life, number: state.number, time: time, lost: lost)
  }

  // MARK: The writer's side

  private func work() {
    var file: SegmentFile?
    while true {
      wakeUp.wait()
      while let jobs = takeJobs() {
        do throws(RecordingFailure) {
          guard try write(jobs, to: &file) else { return }
        } catch {
          return give(up: error)
        }
        usleep(Self.pause)
      }
    }
  }

  /// Nil, and the writer may sleep, if there is nothing to do.
  private func takeJobs() -> [Job]? {
    state.withLock { state in
      if state.jobs.isEmpty {
        state.isAwake = false
        return nil
      }
      defer {
        state.jobs = []
        state.waiting = 0
      }
      return state.jobs
    }
  }

  /// False if the machine has ended.
  private func write(_ jobs: [Job], to file: inout SegmentFile?) throws(RecordingFailure) -> Bool {
    var batches: [UInt8] = []
    for job in jobs {
      if case .batches(let more) = job {
        batches += more
        continue
      }
      try writeBatches(&batches, to: file)
      switch job {
      case .batches: break
      case .gap(let lost):
        logger.warning("\(lost) batches could not be recorded: the disk is too slow; the recording has a gap")
        try file?.write(RecordingFile.gap(lost))
      case .begin(let header, let beginning): try begin(header, beginning, &file)
      case .finish(let done):
        try file?.write(RecordingFile.end)
        file = nil
        done()
        return false
      }
    }
    try writeBatches(&batches, to: file)
    return true
  }

  private func writeBatches(_ batches: inout [UInt8], to file: borrowing SegmentFile?)
    throws(RecordingFailure)
  {
    if batches.isEmpty { return }
    try file?.write(RecordingFile.batches(batches))
    batches.removeAll(keepingCapacity: true)
  }

  private func begin(
    _ header: RecordingHeader, _ beginning: Beginning, _ file: inout SegmentFile?
  ) throws(RecordingFailure) {
    let bytes: [UInt8]
    do { bytes = try beginning(header) } catch { throw RecordingFailure("\(error)") }
    file = try SegmentFile(header, in: recording.directory)
    try file?.write(bytes)
    // A large state is not written down more often than it is worth.
    let segmentLimit = max(recording.limit / 8, 4 * bytes.count)
    state.withLock { $0.segmentLimit = segmentLimit }
    SegmentFile.removeOldest(
      of: kind, in: recording.directory, keeping: recording.limit - recording.limit / 8)
  }

  private func give(up failure: RecordingFailure) {
    logger.error("the recording ends here: \(failure)")
    let left = state.withLock { state in
      state.isOver = true
      defer { state.jobs = [] }
      return state.jobs
    }
    for case .finish(let done) in left { done() }
  }
}
