// The command line of the benchmarks.

import ArgumentParser

@main
struct MesetaBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "meseta-bench",
    abstract: "Measures Meseta, and this machine with it.",
    discussion: "What each figure means stands in Benchmarks/README.md.",
    subcommands: [
      All.self, Offers.self, Tasks.self, AllocationBenchmark.self, AllocationTable.self,
      SimulationBenchmark.self, HTTPBenchmark.self, FailoverBenchmark.self, RegistryBenchmark.self, Echo.self,
      Spawn.self,
      EchoServer.self, MasterProcess.self, FailoverMaster.self,
    ])
}
