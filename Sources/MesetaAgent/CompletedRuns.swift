// The runs of one framework that have ended, so that their sandboxes are still found.

package import MesetaModel

/// A bounded history of runs; the oldest make place for the newest.
package struct CompletedRuns: Codable, Sendable {
  private struct Run: Codable, Sendable {
    var executorID: ExecutorID
    var containerID: String
  }

  private var runs: [Run] = []
  /// Where the oldest run is, once the history is full.
  private var oldest = 0

  package init() {}

  package var count: Int { runs.count }

  /// O(1).
  package mutating func add(_ executorID: ExecutorID, containerID: String, capacity: Int) {
    guard capacity > 0 else { return }
    let run = Run(executorID: executorID, containerID: containerID)
    if runs.count < capacity {
      runs.append(run)
    } else {
      runs[oldest] = run
      oldest = (oldest + 1) % runs.count
    }
  }

  /// The container of the executor's last run. O(n).
  package func latest(of executorID: ExecutorID) -> String? {
    for back in 1..<(runs.count + 1) {
      let run = runs[(oldest + runs.count - back) % runs.count]
      if run.executorID == executorID { return run.containerID }
    }
    return nil
  }

  /// Whether the executor ran in that container. O(n).
  package func contains(_ executorID: ExecutorID, containerID: String) -> Bool {
    runs.contains { $0.containerID == containerID && $0.executorID == executorID }
  }
}
