// Resources arithmetic, as the allocator and the validator do it.

import Benchmark
import MesetaModel

func resourceBenchmarks() {
  let agent: Resources = "cpus:4;mem:8192;disk:16384;ports:[31000-32000]"
  let task: Resources = "cpus:0.5;mem:64;ports:[31010-31011]"
  let offered = agent.allocated(to: "role-1")
  let used = task.allocated(to: "role-1")

  Benchmark("resources: subtract and add back") { benchmark in
    var rest = offered
    for _ in benchmark.scaledIterations {
      rest -= used
      rest += used
    }
    blackHole(rest)
  }
  Benchmark("resources: contains") { benchmark in
    for _ in benchmark.scaledIterations { blackHole(offered.contains(used)) }
  }
  Benchmark("resources: find") { benchmark in
    for _ in benchmark.scaledIterations { blackHole(offered.find(task)) }
  }
  Benchmark("resources: allocate to a role") { benchmark in
    for _ in benchmark.scaledIterations { blackHole(agent.allocated(to: "role-1")) }
  }
}
