// The micro-benchmarks: what the cluster does millions of times.

import Benchmark

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput], scalingFactor: .kilo, maxDuration: .seconds(2))
  resourceBenchmarks()
  codecBenchmarks()
  allocationBenchmarks()
  agentBenchmarks()
}
