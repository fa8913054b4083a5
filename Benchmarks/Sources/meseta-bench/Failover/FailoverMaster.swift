// The master that takes over, in a process of its own.

import ArgumentParser
import BenchmarkSupport
import Glibc
import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaNet
import MesetaStorage
import NIOCore
import NIOPosix

struct FailoverMaster: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "failover-master", shouldDisplay: false)

  @Option var agents: Int
  @Option var directory: String

  /// Writes the registry of the master before; takes over when it is told to; tells the memory that it takes when it is asked.
  func run() async throws {
    Descriptors.raiseLimit()
    try await writeRegistry()
    say("ready")
    _ = Swift.readLine()
    // As of a standby that has been elected.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let store = try SQLiteRegistryStore(directory: directory)
    let master = MasterHost(
      MasterConfiguration(), seed: 1, registry: store, recovered: try await store.recover(),
      executor: EventLoopExecutor(group.next()), logger: Load.logger)
    master.start()
    let server = try await NativeServer.start(
      master.handler, at: HostPort(host: "127.0.0.1", port: 0), on: group,
      options: NativeOptions(nodeName: "master"), logger: Load.logger)
    let relay = try await RelayServer.start(master.handler, on: group)
    say("\(server.address.port) \(relay)")
    while Swift.readLine() != nil { say("\(Memory.peakResident())") }
  }

  private func writeRegistry() async throws {
    let store = try SQLiteRegistryStore(directory: directory)
    _ = try await store.recover()
    let cluster = FormerCluster(agents: agents, tasks: 0, frameworks: 1)
    let operations = (0..<agents).map { RegistryOperation.admitAgent(cluster.agentInfo($0)) }
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      store.write(operations) { continuation.resume(with: $0) }
    }
    await store.close()
  }

  private func say(_ line: String) {
    print(line)
    fflush(nil)
  }
}
