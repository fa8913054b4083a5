import MesetaMaster
import MesetaRuntime
import Testing

@testable import MesetaHTTP
@testable import MesetaHost

@Suite struct HostMetricsTests {
  private func metrics(of registry: RegistryMeasures) -> [String: Double] {
    var list = MetricList()
    list.add(registry)
    return Dictionary(uniqueKeysWithValues: list.metrics.map { ($0.name, $0.value) })
  }

  @Test func whatIsNotKnownIsNotTold() {
    #expect(metrics(of: RegistryMeasures(stores: DurationSamples())).isEmpty)
  }

  @Test func aSingleWriteHasNoSpread() {
    var stores = DurationSamples()
    stores.add(.milliseconds(3), at: HostClock.now().monotonic)
    #expect(
      metrics(of: RegistryMeasures(fetch: .seconds(2), stores: stores, bytes: 100)) == [
        "registrar/registry_size_bytes": 100, "registrar/state_fetch_ms": 2000,
        "registrar/state_store_ms": 3,
      ])
  }

  @Test func severalWritesAreToldWithTheirSpread() {
    var stores = DurationSamples()
    for milliseconds in (1...11).reversed() {
      stores.add(.milliseconds(milliseconds), at: HostClock.now().monotonic)
    }
    let told = metrics(of: RegistryMeasures(stores: stores))
    #expect(told["registrar/state_store_ms"] == 1, "the newest")
    #expect(told["registrar/state_store_ms/count"] == 11)
    #expect(told["registrar/state_store_ms/min"] == 1 && told["registrar/state_store_ms/max"] == 11)
    #expect(told["registrar/state_store_ms/p50"] == 6 && told["registrar/state_store_ms/p90"] == 10)
    #expect(told["registrar/state_store_ms/p95"] == 10.5)
    for name in ["p99", "p999", "p9999"] {
      let value = told["registrar/state_store_ms/\(name)"] ?? 0
      #expect(value > 10.5 && value < 11)
    }
  }

  @Test func whatIsTooLongAgoCountsNoMore() {
    let now = Instant.zero + .minutes(70)
    var runs = DurationSamples(window: .minutes(60))
    runs.add(.milliseconds(1), at: .zero)
    runs.add(.milliseconds(2), at: .zero + .minutes(20))
    #expect(runs.sorted(at: now) == [.milliseconds(2)])
    for _ in 0..<2000 { runs.add(.milliseconds(3), at: now) }
    #expect(runs.sorted(at: now).count == DurationSamples.capacity)
  }

  /// The time that a run waited is not part of how long it took.
  @Test func aRunOfTheAllocatorIsToldWithWhatItWaited() {
    let due = HostClock.now().monotonic
    let start = due + .milliseconds(20)
    let meter = MasterMeter()
    meter.allocated(from: start, to: start + .milliseconds(3), dueSince: due)
    var list = MetricList()
    list.add(meter.allocations)
    let told = Dictionary(uniqueKeysWithValues: list.metrics.map { ($0.name, $0.value) })
    #expect(
      told == ["allocator/mesos/allocation_run_ms": 3, "allocator/mesos/allocation_run_latency_ms": 20])
  }

  @Test func whatWaitsIsToldByMesossNames() {
    var list = MetricList()
    list.add(WaitingMail(messages: 1, requests: 2, others: 3))
    #expect(
      list.metrics.map(\.name) == [
        "master/event_queue_messages", "master/event_queue_http_requests", "master/event_queue_dispatches",
      ])
    #expect(list.metrics.map(\.value) == [1, 2, 3])
  }
}
