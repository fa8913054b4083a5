// A master begins with what those before it wrote down.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct RecoveryTests {
  /// What became of agents in the registry, in the order in which it is to be written.
  private func marked(_ effects: [MasterEffect]) -> [AgentID] {
    effects.compactMap { if case .store(_, .markAgentUnreachable(let id, _)) = $0 { id } else { nil } }
  }

  private func registry(_ ids: AgentID...) -> RegistryState {
    var state = RegistryState(isComplete: true)
    for id in ids {
      state.apply(.admitAgent(AgentInfo(hostname: "host", resources: "cpus:1", id: id)))
    }
    return state
  }

  private func configuration(_ change: (inout MasterConfiguration) -> Void = { _ in }) -> MasterConfiguration
  {
    var configuration = MasterConfiguration()
    configuration.agentReregisterTimeout = .minutes(1)
    change(&configuration)
    return configuration
  }

  private func reregister(_ id: AgentID, _ lone: inout LoneMaster) -> [MasterEffect] {
    let session = lone.open(.agent)
    let info = AgentInfo(hostname: "host", resources: "cpus:1", id: id)
    let returning = AgentReregistration(
      AgentRegistration(info, version: "1"), tasks: [], executors: [], frameworks: [])
    return lone.say(.agentMessage(.reregister(returning)), on: session)
  }

  /// What a framework is told of a task on an agent, or nil.
  private func answer(
    _ agent: AgentID?, _ lone: inout LoneMaster, _ id: FrameworkID, on session: SessionID
  ) -> TaskState? {
    let task = SchedulerCall.ReconciledTask("t", agentID: agent)
    for effect in lone.call(.reconcile([task]), of: id, on: session) {
      if case .update(let status) = effect.event(to: session) { return status.state }
    }
    return nil
  }

  private func aware(_ lone: inout LoneMaster) throws -> (FrameworkID, SessionID) {
    let session = lone.open(.framework)
    let info = FrameworkInfo(name: "f", capabilities: [.partitionAware])
    return (try lone.subscribed(info, on: session), session)
  }

  @Test func agentsThatDoNotComeBackInTimeAreUnreachable() throws {
    var lone = LoneMaster(configuration(), registry: registry("a", "b", "c"))
    let (_, session) = try aware(&lone)
    #expect(reregister("b", &lone).contains { if case .store(_, .updateAgent) = $0 { true } else { false } })
    #expect(marked(lone.advance(by: .seconds(59))) == [])
    let effects = lone.advance(by: .seconds(2))
    #expect(marked(effects) == ["a", "c"])
    let failures = effects.compactMap { effect -> AgentID? in
      if case .failure(let agent, nil, nil) = effect.event(to: session) { agent } else { nil }
    }
    #expect(failures == ["a", "c"])
    #expect(lone.master.metrics.recoverySlaveRemovals == 2)
    #expect(lone.master.recordedState.unreachable.map(\.id) == ["a", "c"])
    #expect(
      reregister("a", &lone).contains { if case .store(_, .markAgentReachable) = $0 { true } else { false } })
  }

  @Test func anAgentThatIsGivenUpBeforeItIsBackIsNotUnreachable() throws {
    var lone = LoneMaster(configuration(), registry: registry("a"))
    lone.stores = false
    let effects = lone.say(.operatorCall(.markAgentGone("a"), request: 1), on: lone.open(.operator))
    #expect(marked(lone.advance(by: .minutes(2))) == [])
    for case .store(let token, _) in effects { lone.handle(.local(.stored(token))) }
    #expect(lone.master.recordedState.unreachable.isEmpty)
    #expect(lone.master.recordedState.maintenance.goneSince("a") != nil)
  }

  @Test func nothingIsSaidOfTasksOnAgentsThatMayComeBack() throws {
    var lone = LoneMaster(configuration(), registry: registry("a", "b"))
    let (id, session) = try aware(&lone)
    #expect(answer("a", &lone, id, on: session) == nil)
    #expect(answer(nil, &lone, id, on: session) == nil)
    #expect(answer("x", &lone, id, on: session) == .unknown, "no master has admitted it")
    _ = reregister("a", &lone)
    #expect(answer("a", &lone, id, on: session) == .gone)
    _ = lone.advance(by: .minutes(2))
    #expect(answer("b", &lone, id, on: session) == .unreachable)
    #expect(answer(nil, &lone, id, on: session) == .unknown)
  }

  @Test func withoutAWholeRegistryAnyAgentMayComeBack() throws {
    var lone = LoneMaster(configuration())
    let (id, session) = try aware(&lone)
    #expect(answer("x", &lone, id, on: session) == nil)
    _ = lone.advance(by: .minutes(2))
    #expect(answer("x", &lone, id, on: session) == .unknown)
  }

  @Test func whatWasUnreachableOrGoneStaysSo() throws {
    var state = registry("a", "b")
    state.apply(.markAgentUnreachable("a", since: 7))
    state.apply(.maintenance(.markGone("b", since: 8)))
    var lone = LoneMaster(configuration(), registry: state)
    let (id, session) = try aware(&lone)
    #expect(answer("a", &lone, id, on: session) == .unreachable)
    #expect(answer("b", &lone, id, on: session) == .goneByOperator)
    #expect(marked(lone.advance(by: .minutes(2))) == [])
    let refused = reregister("b", &lone)
    #expect(refused.contains { if case .send(.masterMessage(.shutdown), _) = $0 { true } else { false } })
  }

  @Test func agentsAreMarkedUnreachableAtTheRateThatIsSet() {
    var lone = LoneMaster(
      configuration { $0.agentRemovalInterval = .seconds(10) }, registry: registry("a", "b", "c"))
    #expect(marked(lone.advance(by: .seconds(61))) == ["a"])
    _ = reregister("b", &lone)
    #expect(marked(lone.advance(by: .seconds(8))) == [])
    #expect(marked(lone.advance(by: .seconds(2))) == ["c"], "b is back, and takes nobody's turn")
  }

  @Test func anAgentThatAnswersBeforeItsTurnIsKept() throws {
    var lone = LoneMaster(configuration { $0.agentRemovalInterval = .minutes(10) })
    let sessions = [lone.open(.agent), lone.open(.agent)]
    let ids = try sessions.map { try lone.registered("cpus:1", on: $0) }
    let lost = marked(lone.advance(by: .minutes(3)))
    #expect(lost.count == 1, "the other waits for its turn")
    let kept = try #require(ids.firstIndex { $0 != lost.first })
    lone.say(.agentMessage(.pong), on: sessions[kept])
    // It goes on to answer.
    for _ in 0..<40 {
      #expect(marked(lone.advance(by: .seconds(15))) == [])
      lone.say(.agentMessage(.pong), on: sessions[kept])
    }
    #expect(lone.master.metrics.slaveUnreachableCanceled == 1)
  }

  @Test func longUnreachableAgentsAndTheOldestOfTooManyAreForgotten() {
    var state = registry()
    for number in 0..<6 { state.apply(.markAgentUnreachable(AgentID("u\(number)"), since: Int64(number))) }
    state.apply(.maintenance(.markGone("g", since: 3)))
    let day = Span.minutes(24 * 60)
    var lone = LoneMaster(
      configuration {
        $0.registryMaxAgentCount = 4
        $0.registryMaxAgentAge = day
      }, registry: state)
    let pruned = { (effects: [MasterEffect]) in
      effects.compactMap { effect -> [AgentID]? in
        if case .store(_, .prune(let unreachable, let gone)) = effect { unreachable + gone } else { nil }
      }
    }
    #expect(pruned(lone.advance(by: .minutes(15))) == [["u0", "u1"]])
    #expect(pruned(lone.advance(by: .minutes(15))) == [])
    #expect(pruned(lone.advance(by: day)) == [["u2", "u3", "u4", "u5", "g"]])
    #expect(lone.master.recordedState.unreachable.isEmpty)
    #expect(lone.master.recordedState.maintenance.goneAgents.isEmpty)
  }
}
