// Masters that fail while tasks run: real processes, and a real ZooKeeper.

import Foundation
import Glibc
import Logging
import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaStorage
import Testing
import ZooKeeperServers

@testable import MesetaService

/// A program of this build that runs.
private final class Program {
  private let process = Process()

  init(_ arguments: [String], directory: URL, name: String) throws {
    let log = directory.appendingPathComponent("\(name).log")
    _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    let output = try FileHandle(forWritingTo: log)
    process.executableURL = AgentProcess.products.appendingPathComponent("meseta")
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  deinit { end() }

  func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

  func end() {
    signal(SIGKILL)
    process.waitUntilExit()
  }

  /// The status that a program ends with by itself.
  func status() async -> Int32 {
    while process.isRunning { try? await Task.sleep(for: .milliseconds(20)) }
    return process.terminationStatus
  }
}

@Suite(.timeLimit(.minutes(5))) struct FailoverStoryTests {
  private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private func jobs(_ count: Int, _ command: String) -> [BatchJob] {
    (0..<count).map { BatchJob("job-\($0)", CommandInfo(value: command), resources: "cpus:0.1;mem:32") }
  }

  private func startMaster(_ name: String, _ url: String, in directory: URL) throws -> Program {
    try Program(
      [
        "master", "--zk", url, "--zk_session_timeout", "4secs", "--ip", "127.0.0.1", "--hostname", name,
        "--port", "0", "--native_port", "0", "--quorum", "1", "--allocation_interval", "100ms",
      ], directory: directory, name: name)
  }

  private func startAgent(_ url: String, in directory: URL) throws -> Program {
    try Program(
      [
        "agent", "--master", url, "--work_dir", directory.appendingPathComponent("work").path,
        "--runtime_dir", directory.appendingPathComponent("run").path, "--ip", "127.0.0.1", "--port", "0",
        "--native_port", "0", "--resources", "cpus:4;mem:1024", "--registration_backoff_factor", "100ms",
      ], directory: directory, name: "agent")
  }

  private func framework(_ address: ZooKeeperAddress) -> FrameworkService<BatchScheduler> {
    FrameworkService(
      BatchScheduler([], isClosed: false),
      framework: FrameworkInfo(
        user: NSUserName(), name: "story", failoverTimeout: 600, roles: ["story"],
        capabilities: [.multiRole, .partitionAware]),
      master: .zooKeeper(address), logger: logger)
  }

  /// Returns when a master says that another leads.
  private func until(_ master: HostPort, names leader: HostPort) async {
    while true {
      do {
        _ = try await OperatorClient.ask(.getMaster, at: master)
      } catch {
        // At first it may only know that it is not the leader, or be ending its term.
        if "\(error)".contains("the one at \(leader) does") { return }
      }
    }
  }

  @Test func tasksOutliveMastersThatStandStillOrDie() async throws {
    let servers = try await ZooKeeperServers()
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("meseta-failover-\(UInt64.random(in: .min ... .max))")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let url = servers.url("meseta")
    let masters = try ["one", "two"].map { try startMaster($0, url, in: directory) }
    let agent = try startAgent(url, in: directory)

    let address = try ZooKeeperAddress(parsing: url)
    let detector = LeaderDetector(address, logger: logger)
    let framework = framework(address)
    let running = Task { try await framework.run() }
    var reports = framework.reports.makeAsyncIterator()
    func untilFinished(_ count: Int) async {
      var left = count
      while left > 0, let report = await reports.next() {
        if report.kind == .finished { left -= 1 }
      }
    }

    let first = try #require(await detector.leader(within: .seconds(120)))
    let flag = directory.appendingPathComponent("flag").path
    framework.send(.add(jobs(1, "while [ ! -e \(flag) ]; do sleep 0.05; done") + jobs(3, "true")))
    await untilFinished(3)

    // The leader stands still for longer than its session: the other takes over, and agent and framework go there.
    let stopped = first.info.hostname == "one" ? 0 : 1
    masters[stopped].signal(SIGSTOP)
    let second = try #require(await detector.leader(otherThan: first.candidate, within: .seconds(120)))
    #expect(second.info.hostname == (stopped == 0 ? "two" : "one"))
    framework.send(.add(jobs(3, "true")))
    await untilFinished(3)

    // When it goes on it has noticed, and says who leads.
    masters[stopped].signal(SIGCONT)
    let old = try #require(first.nativeAddress)
    let new = try #require(second.nativeAddress)
    await until(old, names: new)

    // It leads again when the other has died, in the same process.
    masters[1 - stopped].signal(SIGKILL)
    let third = try #require(await detector.leader(otherThan: second.candidate, within: .seconds(120)))
    #expect(third.nativeAddress == old)
    #expect(third.info.id != first.info.id)
    _ = FileManager.default.createFile(atPath: flag, contents: nil)
    framework.send(.add(jobs(3, "true")))
    await untilFinished(4)
    framework.send(.close)
    try await running.value

    // Tools find it as well.
    let list = try Program(["agents", "--master", url], directory: directory, name: "agents")
    #expect(await list.status() == 0)

    agent.signal(SIGTERM)
    #expect(await agent.status() == 0)
    await detector.close()
    servers.stop()
    try? FileManager.default.removeItem(at: directory)
  }
}
