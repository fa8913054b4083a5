// How much is used at present, from what was used in all at two times.

import MesetaModel
import MesetaRuntime

/// Compares measurements with those before.
struct UsageMeter: Codable, Sendable {
  private var last: [String: Span] = [:]
  private var time = Instant.zero

  /// Takes a measurement. Returns by container what was used since the one before; nothing for a container that is new.
  mutating func take(_ usage: MachineUsage, at now: Instant) -> [String: Resources] {
    let elapsed = now - time
    var used: [String: Resources] = [:]
    var next: [String: Span] = [:]
    for container in usage.containers {
      next[container.containerID] = container.processorTime
      guard let before = last[container.containerID], elapsed > .zero else { continue }
      // Less than before where the time of a process is lost with it.
      let spent = max(container.processorTime.nanoseconds - before.nanoseconds, 0)
      let cpus = spent / max(elapsed.nanoseconds / 1000, 1)
      used[container.containerID] = Resources([
        "cpus": min(Scalar(milli: cpus), .maximum),
        "mem": Scalar(Int(clamping: min(container.memoryBytes >> 20, 9_000_000_000))),
      ])
    }
    (last, time) = (next, now)
    return used
  }
}
