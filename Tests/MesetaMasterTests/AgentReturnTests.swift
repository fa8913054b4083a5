import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct AgentReturnTests {
  private let framework = FrameworkInfo(name: "f", id: "F0", failoverTimeout: 600, role: "web")

  private func record(_ id: TaskID, _ resources: Resources) -> TaskRecord {
    let task = TaskInfo(
      name: "t", id: id, agentID: "S0", resources: resources.allocated(to: "web"), command: .shell("true"))
    return TaskRecord("F0", task, state: .running)
  }

  private func finished(_ id: TaskID) -> Message {
    let status = TaskStatus(taskID: id, state: .finished, source: .executor, agentID: "S0", timestamp: 0)
    return .agentMessage(.statusUpdate(StatusUpdate("F0", status, latestState: .finished)))
  }

  /// An agent comes back with tasks of the framework.
  private func returning(
    with tasks: [TaskRecord], _ resources: Resources = "cpus:4", _ capabilities: [AgentCapability] = []
  ) -> Message {
    let info = AgentInfo(hostname: "host", resources: resources, id: "S0")
    return .agentMessage(
      .reregister(
        AgentReregistration(
          AgentRegistration(info, version: "1", capabilities: capabilities), tasks: tasks, executors: [],
          frameworks: [framework])))
  }

  @Test func aPortThatAnAgentNamesTwiceIsChargedOnce() {
    var lone = LoneMaster()
    let session = lone.open(.agent)
    let tasks = [
      record("t1", "cpus:1;ports:[1-2]"), record("t2", "cpus:1;ports:[2-3]"),
      record("t3", "cpus:1;ports:[4-4]"),
    ]
    lone.say(returning(with: tasks, "cpus:4;ports:[1-9]"), on: session)
    func allocated() -> Resources? { lone.master.describeAgents().first?.allocated.allocated(to: nil) }
    #expect(allocated() == "cpus:2;ports:[1-2,4-4]")
    for id in ["t2", "t1", "t3"] as [TaskID] { lone.say(finished(id), on: session) }
    #expect(allocated() == Resources())
    lone.master.checkInvariants()
  }

  @Test func whatEndsAfterAnAgentHasSaidItAgainIsNotBroughtBack() {
    var lone = LoneMaster()
    let session = lone.open(.agent)
    lone.say(returning(with: [record("t1", "cpus:1")]), on: session)
    // The answer is late: the agent says it again, and then the task ends, while the registry is slow.
    lone.stores = false
    lone.say(returning(with: [record("t1", "cpus:1")]), on: session)
    lone.say(finished("t1"), on: session)
    #expect(lone.master.describeAgents().first?.allocated == Resources())
    let writes = lone.master.describeTasks().filter { !$0.record.state.isTerminal }
    #expect(writes.isEmpty)
  }

  @Test func whoWatchesIsToldOfAFrameworkThatComesWithAnAgent() throws {
    var lone = LoneMaster()
    let session = lone.open(.agent)
    lone.say(returning(with: [record("t1", "cpus:1")]), on: session)
    let scheduler = lone.open(.framework)
    _ = try lone.subscribed(framework, on: scheduler)
    let told = lone.announced.compactMap { event -> String? in
      switch event {
      case .frameworkAdded(let framework): "added, \(framework.isRecovered ? "recovered" : "subscribed")"
      case .frameworkUpdated(let framework): "updated, \(framework.isRecovered ? "recovered" : "subscribed")"
      case .taskAdded(let task): "task \(task.record.info.id)"
      default: nil
      }
    }
    #expect(told == ["added, recovered", "task t1", "updated, subscribed"])
  }

  @Test func aFrameworkThatIsOverStaysOverWhenItIsNoLongerDescribed() throws {
    var configuration = MasterConfiguration()
    configuration.maxCompletedFrameworks = 0
    var lone = LoneMaster(configuration)
    let scheduler = lone.open(.framework)
    _ = try lone.subscribed(framework, on: scheduler)
    lone.call(.teardown, of: framework.id, on: scheduler)
    // An agent that was cut off meanwhile.
    let agent = lone.open(.agent)
    let told = lone.say(returning(with: [record("t1", "cpus:1")]), on: agent)
    #expect(told.contains(.send(.masterMessage(.shutdownFramework("F0")), agent)))
    #expect(lone.master.describeTasks().isEmpty)
    let second = lone.open(.framework)
    let answer = lone.call(.subscribe(.init(framework)), of: framework.id, on: second)
    #expect(answer.compactMap { $0.event(to: second) } == [.error("Framework has been removed")])
  }

  @Test func anEndThatTheAgentHasForgottenIsToldAgainAndOver() throws {
    var lone = LoneMaster()
    let scheduler = lone.open(.framework)
    _ = try lone.subscribed(framework, on: scheduler)
    func back(_ tasks: [TaskRecord], _ lone: inout LoneMaster) -> [MasterEffect] {
      lone.say(returning(with: tasks, "cpus:4", [.agentDraining]), on: lone.open(.agent))
    }
    var ended = record("t1", "cpus:1")
    ended.state = .finished
    ended.statusUpdateState = .finished
    ended.statusUpdateUUID = UUID(random: 1, 2)
    _ = back([ended], &lone)
    lone.say(.operatorCall(.drainAgent("S0", DrainConfig()), request: 1), on: lone.open(.operator))
    #expect(lone.master.describeTasks().allSatisfy { !$0.isCompleted }, "nobody has acknowledged the end")
    // The agent's process is another one, which knows of nothing.
    let effects = back([], &lone)
    let told = effects.compactMap { effect -> TaskStatus? in
      if case .update(let status) = effect.event(to: scheduler) { status } else { nil }
    }
    #expect(told.map(\.state) == [.finished])
    #expect(told.allSatisfy { $0.uuid == nil }, "nobody is to acknowledge it")
    #expect(lone.master.describeTasks().allSatisfy { $0.isCompleted })
    let isDrained = effects.contains { effect in
      if case .store(_, .maintenance(.markDrained("S0"))) = effect { true } else { false }
    }
    #expect(isDrained)
  }

  @Test func aTaskWhoseEndWasNotToldIsMissing() throws {
    var lone = LoneMaster()
    let scheduler = lone.open(.framework)
    _ = try lone.subscribed(framework, on: scheduler)
    func back(_ tasks: [TaskRecord], _ lone: inout LoneMaster) -> [MasterEffect] {
      lone.say(returning(with: tasks), on: lone.open(.agent))
    }
    var ended = record("t1", "cpus:1")
    ended.state = .finished
    ended.statusUpdateState = .starting
    _ = back([ended], &lone)
    // The agent's process is another one, which knows of nothing: nobody else tells more of the task than that it starts.
    let effects = back([], &lone)
    let missing = effects.compactMap { effect -> [FrameworkTask]? in
      if case .send(.masterMessage(.reregistered(_, _, let missing)), _) = effect {
        missing.tasks
      } else {
        nil
      }
    }
    #expect(missing == [[FrameworkTask("F0", "t1")]])
    #expect(!effects.contains { $0.event(to: scheduler)?.name == "UPDATE" })
  }
}
