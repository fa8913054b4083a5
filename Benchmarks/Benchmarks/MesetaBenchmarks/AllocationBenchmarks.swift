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

/// Every offer is declined without a filter, so that each run offers every agent again; frameworks are in roles of their
/// own. An iteration is one offer, made and declined.
private func allocationBenchmark(agents: Int, frameworks: Int) {
  Benchmark("allocation: offer and decline, \(agents) agents × \(frameworks) frameworks") { benchmark in
    var allocator = Allocator(seed: 1)
    for _ in 0..<agents {
      _ = allocator.addAgent(total: "cpus:4;mem:8192;disk:16384;ports:[31000-32000]")
    }
    for number in 0..<frameworks { _ = allocator.addFramework(roles: ["role-\(number)"]) }
    var offered: [Allocation] = []
    var declined = 0
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      if declined == offered.count {
        offered.removeAll(keepingCapacity: true)
        declined = 0
        while !allocator.allocate(now: .zero, { offered.append($0) }) {}
        guard !offered.isEmpty else { return benchmark.error("nothing was offered") }
      }
      let offer = offered[declined]
      declined += 1
      blackHole(
        allocator.recoverOffered(offer.agent, offer.framework, offer.role, offer.resources, now: .zero))
    }
  }
}
