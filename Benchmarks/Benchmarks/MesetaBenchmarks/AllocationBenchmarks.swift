// One allocation: the allocator finds out who is to have an agent, and takes it back when that is declined.

import Benchmark
import MesetaAllocator
import MesetaModel
import MesetaRuntime

func allocationBenchmarks() {
  allocationBenchmark(agents: 100, frameworks: 10)
  allocationBenchmark(agents: 1000, frameworks: 50)
  allocationBenchmark(agents: 5000, frameworks: 100)
}

/// An iteration is one offer, declined without a filter and made again. All agents are offered before; declines come by
/// the hundred, as they do to a busy master, and an allocation run follows them. Frameworks are in roles of their own.
private func allocationBenchmark(agents: Int, frameworks: Int) {
  Benchmark("allocation: decline and offer, \(agents) agents × \(frameworks) frameworks") { benchmark in
    var allocator = Allocator(seed: 1)
    for _ in 0..<agents {
      _ = allocator.addAgent(total: "cpus:4;mem:8192;disk:16384;ports:[31000-32000]")
    }
    for number in 0..<frameworks { _ = allocator.addFramework(roles: ["role-\(number)"]) }
    var offers: [Allocation] = []
    while !allocator.allocate(now: .zero, { offers.append($0) }) {}
    precondition(offers.count == agents)
    var next = 0
    benchmark.startMeasurement()
    for iteration in benchmark.scaledIterations {
      let offer = offers[next]
      _ = allocator.recoverOffered(offer.agent, offer.framework, offer.role, offer.resources, now: .zero)
      next += 1
      guard iteration % 100 == 99 else { continue }
      next -= 100
      let isFinished = allocator.allocate(now: .zero) { offer in
        offers[next] = offer
        next += 1
      }
      precondition(isFinished)
      if next == agents { next = 0 }
    }
  }
}
