// Writes segments on a thread of its own. Who records never waits for it: when it falls behind too far, batches are left
// out, and the recording says so.

import Glibc
import Logging
import MesetaRecording
import MesetaRuntime
import Synchronization

final class SegmentWriter: Sendable {
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
  /// How many bytes may wait to be written.
  private let bufferLimit: Int
  private let logger: Logger
  private let state: Mutex<State>
  private let wakeUp = Semaphore()

  /// Begins with the machine as it is now.
  convenience init<Machine: RecordedMachine>(
    _ machine: Machine, name: String, _ recording: Recording, logger: Logger
  ) {
    self.init(
      Machine.kind, name: name, recording, at: HostClock.now(), logger: logger,
      Self.beginning(with: machine))
  }

  init(
    _ kind: MachineKind, name: String, _ recording: Recording, at time: Time, bufferLimit: Int = 64 << 20,
    logger: Logger, _ beginning: @escaping Beginning
  ) {
    self.recording = recording
    self.kind = kind
    self.name = name
    self.life = .random(in: .min ... .max)
    self.bufferLimit = bufferLimit
    self.logger = logger
    state = Mutex(State(segmentLimit: recording.limit / 8))
    HostThread.start { [self] in work() }
    put { $0.jobs.append(.begin(header(&$0, at: time, lost: 0), beginning)) }
  }

  /// The copy shares what does not change, and is written down on the writer's thread.
  static func beginning(with machine: some RecordedMachine) -> Beginning {
    { header in try RecordingFile.begin(header, machine) }
  }

  // MARK: The machine's side

  /// Takes the bytes of a batch. True if a new segment begins after it, for which `beginning` is asked.
  func take(_ batch: [UInt8], at time: Time, _ beginning: () -> Beginning) -> Bool {
    var beginsSegment = false
    put { state in
      if state.lost > 0 || state.waiting + batch.count > bufferLimit {
        state.lost += 1
        guard state.waiting < bufferLimit / 2 else { return }
        state.jobs.append(.gap(state.lost))
        beginsSegment = true
      } else {
        state.jobs.append(.batches(batch))
        state.waiting += batch.count
        state.segment += batch.count
        beginsSegment = state.segment >= state.segmentLimit
      }
      guard beginsSegment else { return }
      state.jobs.append(.begin(header(&state, at: time, lost: state.lost), beginning()))
      state.lost = 0
    }
    return beginsSegment
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
