// How long a cluster is without offers when its master is gone.

import ArgumentParser
import BenchmarkSupport
import Foundation
import MesetaFramework
import MesetaHost
import MesetaModel
import MesetaNet
import NIOCore
import NIOPosix

struct FailoverBenchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "failover",
    abstract: "Measures how soon a new leader makes offers, and has all agents back.",
    discussion: """
      A master that has just been elected reads the registry, and all agents and frameworks come to it at once, each after the \
      wait that it has by default. The agents are simulated; their messages go through their bytes and a socket: so many of them \
      have a connection of their own, the others share one.
      """)

  @Option(help: "How many agents there are.") var agents = 50_000
  @Option(help: "How many tasks run on them.") var tasks = 500_000
  @Option(help: "How many frameworks own the tasks.") var frameworks = 100
  @Option(help: "How many of the agents have a TCP connection of their own.") var tcpAgents = 5000
  @OptionGroup var output: OutputOptions

  func validate() throws {
    for (name, value, most) in [
      ("--agents", agents, 200_000), ("--tasks", tasks, 5_000_000), ("--frameworks", frameworks, 10_000),
    ] where !(1...most).contains(value) {
      throw ValidationError("\(name) \(value): give 1 to \(most)")
    }
    guard (0...18_000).contains(tcpAgents) else {
      throw ValidationError("--tcp-agents \(tcpAgents): give 0 to 18000")
    }
  }

  func run() async throws { try await measure().print(json: output.json) }

  func measure() async throws -> Report {
    Descriptors.raiseLimit()
    let directory = NSTemporaryDirectory() + "/meseta-bench-failover-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let child = try ChildProcess(["failover-master", "--agents", "\(agents)", "--directory", directory])
    guard child.readLine() == "ready" else { throw BenchmarkFailure("the master did not start") }
    let watch = ReturnWatch()
    // Made before, as the agents of a cluster are there when its master goes, each on a machine of its own.
    let cluster = FormerCluster(agents: agents, tasks: tasks, frameworks: frameworks)
    let returning = (0..<agents).map { ReturningAgent($0, cluster.reregistration($0), watch) }
    let begun = Clock.now()
    child.write(line: "lead")
    let ports = (child.readLine() ?? "").split(separator: " ").compactMap { Int($0) }
    guard ports.count == 2 else { throw BenchmarkFailure("the master did not take over") }
    let listening = Clock.now()
    let schedulers = try await bringBack(cluster, returning, native: ports[0], relay: ports[1], watch)
    try await watch.agents.wait(for: agents, "agents are back", within: 300)
    for _ in 0..<1000 where watch.firstOffer.value == 0 { try await Task.sleep(nanoseconds: 10_000_000) }
    child.write(line: "memory")
    let peak = Int(child.readLine() ?? "") ?? 0
    watch.isEnding.increment()
    if watch.lost.value > 0 { complainAloud("\(watch.lost.value) sessions of agents were lost") }
    child.finish()
    withExtendedLifetime(schedulers) {}
    func seconds(_ time: Int64) -> Figure { .number(Double(time - begun) / 1e9) }
    return Report(
      title: "failover, \(agents) agents with \(tasks) tasks of \(frameworks) frameworks",
      figures: [
        ("seconds_to_listening", seconds(listening)),
        ("seconds_to_first_offer", seconds(watch.firstOffer.value)),
        ("seconds_to_all_reregistered", seconds(watch.lastAgent.value)), ("peak_rss_bytes", .count(peak)),
      ])
  }

  /// Has agents and frameworks look for the new master.
  private func bringBack(
    _ cluster: FormerCluster, _ returning: [ReturningAgent], native: Int, relay: Int, _ watch: ReturnWatch
  ) async throws -> [FrameworkHost<WaitingScheduler>] {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let loop = group.next()
    let shared = try await RelayConnector(port: relay, on: loop)
    func connector(_ loop: any EventLoop) -> NativeConnector {
      NativeConnector(
        [HostPort(host: "127.0.0.1", port: native)], on: loop, options: NativeOptions(nodeName: "load"),
        logger: Load.logger)
    }
    // Apart from the agents, so that what is measured does not wait behind what they do.
    let other = group.next()
    let schedulers = (0..<frameworks).map { number in
      FrameworkHost(
        WaitingScheduler(firstOffer: watch.firstOffer), framework: cluster.framework(number),
        options: SchedulerOptions(), seed: UInt64(number) + 1, connector: connector(other),
        executor: EventLoopExecutor(other), logger: Load.logger)
    }
    for scheduler in schedulers { scheduler.start() }
    let direct = connector(loop)
    let tcpAgents = min(tcpAgents, agents)
    try await loop.submit {
      for (number, agent) in returning.enumerated() {
        // Those with a connection of their own are spread among the others.
        let isDirect = number * tcpAgents / agents != (number + 1) * tcpAgents / agents
        agent.start(isDirect ? direct : shared, on: loop)
      }
    }.get()
    return schedulers
  }
}

/// Notes when the first offer comes, and wants none any more: it has its tasks.
struct WaitingScheduler: Scheduler {
  let firstOffer: ReturnWatch.Moment

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    guard case .offers(let offers) = input else { return }
    firstOffer.noteFirst()
    for offer in offers { cluster.decline(offer) }
    cluster.suppress()
  }
}
