// What is measured of a master by its host, by Mesos's names.

import MesetaHost
import MesetaMaster
import MesetaRuntime

extension MetricList {
  mutating func add(_ registry: RegistryMeasures) {
    if let bytes = registry.bytes { gauge("registrar/registry_size_bytes", bytes) }
    if let fetch = registry.fetch { gauge("registrar/state_fetch_ms", fetch.inMilliseconds) }
    timer("registrar/state_store_ms", registry.stores)
  }

  mutating func add(_ allocations: AllocationMeasures) {
    timer("allocator/mesos/allocation_run_ms", allocations.runs)
    timer("allocator/mesos/allocation_run_latency_ms", allocations.latencies)
  }

  mutating func add(_ waiting: WaitingMail) {
    gauge("master/event_queue_messages", waiting.messages)
    gauge("master/event_queue_http_requests", waiting.requests)
    gauge("master/event_queue_dispatches", waiting.others)
  }

  /// As in Mesos the newest duration and, of two or more, how they are spread.
  private mutating func timer(_ name: String, _ samples: DurationSamples) {
    guard let last = samples.last else { return }
    gauge(name, last.inMilliseconds)
    let sorted = samples.sorted(at: HostClock.now().monotonic).map(\.inMilliseconds)
    guard sorted.count > 1 else { return }
    gauge("\(name)/count", sorted.count)
    gauge("\(name)/min", sorted[0])
    gauge("\(name)/max", sorted[sorted.count - 1])
    for (part, label) in [
      (0.5, "p50"), (0.9, "p90"), (0.95, "p95"), (0.99, "p99"), (0.999, "p999"), (0.9999, "p9999"),
    ] {
      gauge("\(name)/\(label)", Self.percentile(part, of: sorted))
    }
  }

  /// Between two values, as far as the place is between them.
  static func percentile(_ part: Double, of sorted: [Double]) -> Double {
    let place = part * Double(sorted.count - 1)
    let below = Int(place)
    guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
    return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
  }
}

extension Span {
  fileprivate var inMilliseconds: Double { Double(nanoseconds) / 1e6 }
}
