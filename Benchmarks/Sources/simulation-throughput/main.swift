// Plays a simulated cluster for some seconds, and prints in a line what came about in them: messages, containers that started,
// nanoseconds of virtual time and seconds of the processor's. For `meseta-bench simulate`.
//
// Apart from meseta-bench, so that it can be optimised as one: that takes minutes where there is much besides
// (scripts/build-simulation-throughput.sh).

import BenchmarkSupport
import Glibc
import MesetaRuntime
import MesetaSimulation

let arguments = CommandLine.arguments
guard arguments.count == 5, let agents = Int(arguments[1]), let frameworks = Int(arguments[2]),
  let seed = UInt64(arguments[3]), let seconds = Double(arguments[4])
else {
  print("usage: simulation-throughput AGENTS FRAMEWORKS SEED SECONDS")
  exit(64)
}

// A system clears the memory that it hands out, which takes some longer than others. It does so here, before anything is measured.
let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 512 << 20, alignment: 16)
memory.initializeMemory(as: UInt8.self, repeating: 0)
memory.deallocate()

var world = MixedCluster.make(agents: agents, frameworks: frameworks, seed: Seed(seed))
// All agents and frameworks are there, and the first tasks have ended.
try world.run(for: .seconds(20))
let before = world.statistics
// A simulation has one thread and waits for nothing: what else the machine does is not counted.
let start = Clock.processorSeconds()
var length = 0.0
while length < seconds {
  try world.run(for: .milliseconds(100))
  length = Clock.processorSeconds() - start
}
let messages = world.statistics.tellingMessages - before.tellingMessages
let containers = world.statistics.containers - before.containers
let virtual = world.statistics.time.nanoseconds - before.time.nanoseconds
print(messages, containers, virtual, length)
