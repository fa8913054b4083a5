// The runs of one framework that have ended, so that they are still told of and their sandboxes found.

import MesetaModel

/// A run that has ended.
struct CompletedRun: Codable, Sendable {
  enum Program: Codable, Sendable {
    /// Of a plain command; nil if nothing is known of it.
    case command(EndedTask?)
    /// With the tasks that it had, the newest last.
    indirect case executor(ExecutorInfo, [EndedTask])
  }

  let executorID: ExecutorID
  let containerID: String
  let program: Program

  /// The newest last.
  var tasks: [EndedTask] {
    switch program {
    case .command(let task): task.map { [$0] } ?? []
    case .executor(_, let tasks): tasks
    }
  }

  func executor(of framework: FrameworkID) -> ExecutorInfo? {
    switch program {
    case .command(let task): task.map { ExecutorInfo(ofCommand: $0.info, of: framework) }
    case .executor(let info, _): info
    }
  }
}

/// A bounded history of runs; the oldest make place for the newest.
struct CompletedRuns: Codable, Sendable {
  private var runs: [CompletedRun] = []
  /// Where the oldest run is, once the history is full.
  private var oldest = 0

  /// O(1).
  mutating func add(_ run: consuming CompletedRun, capacity: Int) {
    guard capacity > 0 else { return }
    if runs.count < capacity {
      runs.append(run)
    } else {
      runs[oldest] = run
      oldest = (oldest + 1) % runs.count
    }
  }

  /// The newest last.
  var inOrder: [CompletedRun] { Array(runs[oldest...] + runs[..<oldest]) }

  /// The container of the executor's last run. O(n).
  func latest(of executorID: ExecutorID) -> String? {
    for back in 1..<(runs.count + 1) {
      let run = runs[(oldest + runs.count - back) % runs.count]
      if run.executorID == executorID { return run.containerID }
    }
    return nil
  }

  /// Whether the executor ran in that container. O(n).
  func contains(_ executorID: ExecutorID, containerID: String) -> Bool {
    runs.contains { $0.containerID == containerID && $0.executorID == executorID }
  }
}
