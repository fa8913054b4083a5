// Messages to bytes and back.

import Benchmark
import MesetaModel
import MesetaProtocol
import MesetaWire

func codecBenchmarks() {
  codecBenchmarks("OFFERS of one", offers(1))
  codecBenchmarks("OFFERS of ten", offers(10))
  codecBenchmarks(
    "DECLINE",
    .schedulerCall(
      SchedulerCall(
        frameworkID: "b5d2a3c4-0000-4000-8000-000000000001-0000",
        .decline(
          offerIDs: [OfferID(prefix: "b5d2a3c4-0000-4000-8000-000000000001", number: 1_234_567)],
          filters: Filters(refuseSeconds: 0))), request: 0))
}

private func codecBenchmarks(_ name: String, _ message: Message) {
  Benchmark("encode \(name)") { benchmark in
    var encoder = MessageEncoder()
    var bytes: [UInt8] = []
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      bytes.removeAll(keepingCapacity: true)
      encoder.encode(message, into: &bytes)
      blackHole(bytes.count)
    }
  }
  Benchmark("decode \(name)") { benchmark in
    var encoder = MessageEncoder()
    var decoder = MessageDecoder()
    var bytes: [UInt8] = []
    encoder.encode(message, into: &bytes)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      do {
        blackHole(try decoder.decode(bytes))
      } catch {
        benchmark.error("\(error)")
      }
    }
  }
}

/// An event as a master sends it.
private func offers(_ count: Int) -> Message {
  let resources: Resources = "cpus:4;mem:8192;disk:16384;ports:[31000-32000]"
  let prefix = "b5d2a3c4-0000-4000-8000-000000000001"
  return .schedulerEvent(
    .offers(
      (0..<count).map { number in
        Offer(
          id: OfferID(prefix: prefix, number: UInt64(number) + 1_234_567),
          frameworkID: FrameworkID("\(prefix)-0000"),
          agentID: AgentID("\(prefix)-S\(number)"), hostname: "agent-\(number).example",
          resources: resources.allocated(to: "role-1"), allocationRole: "role-1")
      }))
}
