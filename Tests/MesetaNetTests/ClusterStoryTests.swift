import MesetaAgent
import MesetaFramework
import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Synchronization
import Testing

/// Runs a number of tasks and tears its framework down.
struct StoryScheduler: Scheduler {
  let need: Resources
  var executor: ExecutorInfo?
  var left: Int
  var running = 0
  var reports: [TaskStatus] = []

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .offers(let offers):
      for offer in offers {
        var use = cluster.accept(offer)
        while left > 0, launch(&use) != nil {
          left -= 1
          running += 1
        }
      }
    case .update(let update):
      reports.append(update.status)
      if update.state.isTerminal { running -= 1 }
    default: break
    }
    cluster.want(need, count: left)
    if left == 0, running == 0 { cluster.teardown() }
  }

  private func launch(_ use: inout OfferUse) -> TaskID? {
    if let executor { return use.run(under: executor, resources: need) }
    return use.run(shell: "true", resources: need)
  }
}

/// The same stories on each transport.
@Suite(.timeLimit(.minutes(2))) struct ClusterStoryTests {
  func framework(
    _ scheduler: StoryScheduler, _ cluster: TestCluster, record: FrameworkRecord? = nil, seed: UInt64 = 3,
    persist: @escaping @Sendable (FrameworkRecord) -> Void = { _ in }
  ) -> FrameworkHost<StoryScheduler> {
    let host = FrameworkHost(
      scheduler,
      framework: FrameworkInfo(
        user: "root", name: "story", failoverTimeout: 3600, roles: ["role"], capabilities: [.multiRole]),
      record: record, seed: seed, connector: cluster.toMaster, logger: quietLogger, persist: persist)
    host.start()
    return host
  }

  /// Subscribe, be offered, accept, run, hear of the end, acknowledge.
  @Test(arguments: ClusterTransport.allCases, [false, true])
  func tasksRunToTheirEnd(transport: ClusterTransport, underExecutor: Bool) async throws {
    let cluster = try await TestCluster(transport, resources: "cpus:4;mem:1024")
    let executor = ExecutorInfo(
      id: ExecutorID("e"), kind: .custom, command: .shell("executor"), resources: "cpus:1;mem:32")
    let framework = framework(
      StoryScheduler(need: "cpus:1;mem:64", executor: underExecutor ? executor : nil, left: 20), cluster)
    #expect(await framework.untilEnd() == .tornDown)

    var states: [TaskID: [TaskState]] = [:]
    for await status in framework.reports { states[status.taskID, default: []].append(status.state) }
    #expect(states.count == 20)
    for (_, states) in states {
      #expect(states.last == .finished)
      #expect(states.contains(.running))
    }
    // Everything was given back.
    while case .agents(let agents, _)? = await cluster.ask(.getAgents) {
      #expect(agents.count == 1)
      if agents.isEmpty || (agents[0].allocated.isEmpty && agents[0].offered.isEmpty) { break }
    }
    await cluster.stop()
  }

  @Test(arguments: ClusterTransport.allCases)
  func anAgentShutsDownAndIsGone(transport: ClusterTransport) async throws {
    let cluster = try await TestCluster(transport, resources: "cpus:1")
    while !Task.isCancelled, await cluster.agent.withAgent({ $0.id }) == nil { await Task.yield() }
    cluster.agent.drain()
    await cluster.agent.untilExit()
    while !Task.isCancelled, case .agents(let agents, _)? = await cluster.ask(.getAgents), !agents.isEmpty {
      await Task.yield()
    }
    await cluster.stop()
  }

  @Test(arguments: ClusterTransport.allCases)
  func aFrameworkThatStopsMayComeBack(transport: ClusterTransport) async throws {
    let cluster = try await TestCluster(transport, resources: "cpus:1")
    let record = Mutex<FrameworkRecord?>(nil)
    // It waits for offers that never fit.
    let first = framework(StoryScheduler(need: "cpus:100", left: 1), cluster) { new in
      record.withLock { $0 = new }
    }
    while !Task.isCancelled, record.withLock({ $0?.frameworkID }) == nil { await Task.yield() }
    first.stop(teardown: false)
    #expect(await first.untilEnd() == .stopped)
    let old = record.withLock { $0 }
    let second = framework(StoryScheduler(need: "cpus:1", left: 3), cluster, record: old, seed: 5)
    #expect(await second.untilEnd() == .tornDown)
    #expect(await second.withDriver { $0.framework.id } == old?.frameworkID)
    await cluster.stop()
  }

  /// An operator sets a quota, and reads why a framework that wants more than there is gets no offer.
  @Test(arguments: ClusterTransport.allCases)
  func anOperatorSetsAQuotaAndAsksWhy(transport: ClusterTransport) async throws {
    let cluster = try await TestCluster(
      transport, resources: try Resources(parsing: "cpus(db):1;cpus:4;mem:1024"))
    let framework = framework(StoryScheduler(need: "cpus:100", left: 1), cluster)
    var id: FrameworkID?
    while id == nil { id = await framework.withDriver { $0.framework.id } }
    let asked = OperatorCall.explain(try #require(id), agentID: nil, role: "role")
    func untilReason(_ isExpected: (Explanation.Reason) -> Bool) async {
      while case .explanation(let explanation)? = await cluster.ask(asked) {
        if explanation.agents.contains(where: { isExpected($0.reason) }) { break }
      }
    }
    await untilReason { if case .filtered = $0 { true } else { false } }

    let none = [WrittenQuantity("cpus", 0), WrittenQuantity("mem", 0)]
    let update = OperatorCall.updateQuota([QuotaConfig(role: "role", limits: none)], isForced: false)
    #expect(await cluster.ask(update) == .done)
    await untilReason { if case .quotaLimit(role: "role", _) = $0 { true } else { false } }
    guard case .roles(let roles)? = await cluster.ask(.getRoles) else {
      Issue.record("the master does not tell of its roles")
      return
    }
    #expect(roles.map(\.name) == ["db", "role"])
    #expect(roles[0].reserved == [ResourceQuantity("cpus", Scalar(1))])
    #expect(roles[1].quota.limits.map(\.name) == ["cpus", "mem"])
    framework.stop(teardown: false)
    await cluster.stop()
  }
}
