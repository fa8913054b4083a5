// How fast agents are admitted: each has to be written down before it is told so.

import ArgumentParser
import BenchmarkSupport
import Foundation
import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaRuntime
import MesetaStorage
import ZooKeeperServers

struct RegistryBenchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "registry",
    abstract: "Measures how many agents register in a second, and what the store writes by itself.",
    discussion: """
      All agents come at once, in the master's process. What the master asks to be written while a write is under way is written \
      together. With zookeeper one server is started, on this machine.
      """)

  enum Store: String, ExpressibleByArgument, CaseIterable {
    case sqlite
    case zookeeper
  }

  @Option(help: "Where the registry is kept: sqlite or zookeeper.") var store = Store.sqlite
  @Option(help: "How many agents register.") var agents = 20_000
  @Option(help: "How long the store is measured by itself.") var seconds = 2.0
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...200_000).contains(agents) else {
      throw ValidationError("--agents \(agents): give 1 to 200000")
    }
    guard seconds > 0, seconds <= 600 else {
      throw ValidationError("--seconds \(seconds): give more than 0 and at most 600")
    }
  }

  func run() async throws { try await measure().print(json: output.json) }

  func measure() async throws -> Report {
    let rate: Double
    let raw: Double
    switch store {
    case .sqlite:
      let directory = FileManager.default.temporaryDirectory.path + "/meseta-bench-registry-\(getpid())"
      defer { try? FileManager.default.removeItem(atPath: directory) }
      let store = try SQLiteRegistryStore(directory: directory)
      rate = try await register(with: store)
      await store.close()
      raw = try RawStore.sqlite(directory: directory, seconds: seconds)
    case .zookeeper:
      let servers = try await ZooKeeperServers()
      defer { servers.stop() }
      let store = ZooKeeperRegistryStore(
        try ZooKeeperAddress(parsing: servers.url("bench")), sessionTimeout: .seconds(30))
      rate = try await register(with: store)
      await store.close()
      raw = try await RawStore.zooKeeper(servers.addresses[0], seconds: seconds)
    }
    return Report(
      title: "registry, \(agents) agents, \(store.rawValue)",
      figures: [("registrations_per_second", .number(rate)), ("raw_writes_per_second", .number(raw))])
  }

  private func register(with store: any RegistryStore) async throws -> Double {
    let master = MasterHost(
      MasterConfiguration(), seed: 1, registry: store, recovered: try await store.recover(),
      logger: Load.logger)
    master.start()
    let network = InProcessNetwork()
    network.listen("master", master.handler)
    let place = Load.Place(network.connector(to: "master"), on: WorkerPool.shared)
    let watch = LoadWatch()
    let agents = (0..<agents).map { number in
      QuietAgent(
        AgentInfo(hostname: "agent-\(number).example", resources: Load.agentResources), place, watch)
    }
    let begun = Clock.now()
    for agent in agents { agent.start() }
    try await watch.registered.wait(for: agents.count, "agents are registered", within: 300)
    let seconds = Double(Clock.now() - begun) / 1e9
    watch.isEnding.increment()
    await master.stop()
    return Double(agents.count) / seconds
  }
}
