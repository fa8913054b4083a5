// The laws of what is written down, and of answers to RECONCILE, notice what breaks them, and nothing else.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster
@testable import MesetaSimulation

@Suite struct MemoryLawTests {
  private var watch = Watch()

  // MARK: Operators

  @Test mutating func successIsSaidOnceItIsWrittenDown() {
    let call = OperatorCall.updateWeights([RoleWeight(role: "a", weight: 2)])
    watch.say(.operatorCall(call, request: 5), watch.operatorNode, watch.master)
    watch.store(.updateWeights([RoleWeight(role: "a", weight: 2)]))
    watch.say(.operatorResponse(.done, request: 5), watch.master, watch.operatorNode)
    #expect(watch.problem == nil)
    watch.say(.operatorCall(call, request: 6), watch.operatorNode, watch.master)
    watch.say(.operatorResponse(.done, request: 6), watch.master, watch.operatorNode)
    #expect(watch.problem?.contains("UPDATE_WEIGHTS is done, and it was not written down") == true)
  }

  @Test mutating func whatIsSoAlreadyNeedNotBeWritten() {
    watch.store(.maintenance(.deactivate(watch.agentID)))
    watch.say(.operatorCall(.deactivateAgent(watch.agentID), request: 1), watch.operatorNode, watch.master)
    watch.say(.operatorResponse(.done, request: 1), watch.master, watch.operatorNode)
    #expect(watch.problem == nil)
  }

  @Test mutating func whatWasWrittenDownIsThere() {
    var admitted = watch.registration.info
    admitted.id = watch.agentID
    let weight = RoleWeight(role: "a", weight: 2)
    let quota = RoleQuota("a", Quota(limits: [ResourceQuantity("cpus", Scalar(2))]))
    let operations: [RegistryOperation] = [
      .updateWeights([weight]), .updateQuotas([quota]), .maintenance(.deactivate(watch.agentID)),
      .maintenance(.markGone("M-S7", since: 1)),
    ]
    for operation in operations { watch.store(operation) }
    for lost in operations.indices {
      var state = RegistryState()
      state.apply(.admitAgent(admitted))
      for (index, operation) in operations.enumerated() where index != lost { state.apply(operation) }
      #expect(watch.checks.settings.problem(with: state.recorded) != nil)
      state.apply(operations[lost])
      #expect(watch.checks.settings.problem(with: state.recorded) == nil)
    }
  }

  @Test mutating func agentsThatWereWrittenDownAreThere() {
    var other = watch.registration.info
    other.id = "M-S1"
    var admitted = watch.registration.info
    admitted.id = watch.agentID
    let operations: [RegistryOperation] = [
      .admitAgent(admitted), .admitAgent(other), .markAgentUnreachable("M-S1", since: 1),
    ]
    for operation in operations { watch.store(operation) }
    var state = RegistryState()
    #expect(watch.checks.settings.problem(with: state.recorded)?.contains("written down as admitted") == true)
    state.apply(operations[0])
    #expect(
      watch.checks.settings.problem(with: state.recorded)?.contains("written down as unreachable") == true)
    for operation in operations[1...] { state.apply(operation) }
    #expect(watch.checks.settings.problem(with: state.recorded) == nil)
    let ids = state.recorded.agentIDs
    let twice = RecordedState(
      roles: state.roles, maintenance: state.maintenance, unreachableAgents: state.unreachableAgents,
      agentIDs: ids + ids)
    #expect(watch.checks.settings.problem(with: twice)?.contains("twice") == true)
    watch.store(.prune(unreachable: ["M-S1"], gone: []))
    #expect(
      watch.checks.settings.problem(with: state.recorded)?.contains("is unreachable for the master") == true)
    watch.store(.removeAgent(watch.agentID))
    #expect(watch.checks.settings.problem(with: state.recorded)?.contains("the master waits for it") == true)
    #expect(watch.checks.settings.problem(with: RegistryState().recorded) == nil)
  }

  @Test mutating func anAgentIsRegisteredOnceThatIsWrittenDown() {
    watch.say(.masterMessage(.registered("M-S1", pingTimeout: 1)), watch.master, watch.agent)
    #expect(watch.problem?.contains("told that it is registered before that is written down") == true)
  }

  @Test mutating func anAgentIsBackOnceItsMasterHasHeardThatItIsWrittenDown() {
    var info = watch.registration.info
    info.id = watch.agentID
    let back = Message.masterMessage(.reregistered(watch.agentID, pingTimeout: 1, reconcile: .init()))
    watch.store(.markAgentUnreachable(watch.agentID, since: 1))
    // The master hears in one batch of the return and of the next end, which are both durable by then.
    watch.checks.stored(.registry(.markAgentReachable(info)), by: watch.master)
    watch.checks.stored(.registry(.markAgentUnreachable(watch.agentID, since: 2)), by: watch.master)
    let heard = NodeInput<Local>.local(.stored(StorageToken(1)))
    watch.handle([heard, heard], by: watch.master)
    watch.checks.sent(back, from: watch.master, to: watch.agent, on: watch.session, at: watch.time)
    #expect(watch.problem == nil)
    watch.say(back, watch.master, watch.agent)
    #expect(watch.problem?.contains("told that it is back before that is written down") == true)
  }

  @Test mutating func whatIsDurableCountsOnceTheMasterHasHeardOfIt() {
    var info = watch.registration.info
    info.id = "M-S1"
    watch.checks.stored(.registry(.admitAgent(info)), by: watch.master)
    watch.say(.masterMessage(.registered("M-S1", pingTimeout: 1)), watch.master, watch.agent)
    #expect(watch.problem?.contains("told that it is registered before that is written down") == true)
  }

  // MARK: Agents and frameworks

  @Test mutating func anAgentComesBackAsWhatItHasWrittenDown() {
    watch.checks.stored(.checkpoint(AgentCheckpoint(agentID: watch.agentID)), by: watch.agent)
    var registration = watch.registration
    registration.info.id = watch.agentID
    let returning = AgentReregistration(registration, tasks: [], executors: [], frameworks: [])
    watch.say(.agentMessage(.reregister(returning)), watch.agent, watch.master)
    #expect(watch.problem == nil)
    watch.say(.agentMessage(.register(watch.registration)), watch.agent, watch.master)
    #expect(watch.problem?.contains("registers as a new one") == true)
  }

  @Test mutating func anAgentWithoutItsDiskIsANewOne() {
    watch.checks.stored(.checkpoint(AgentCheckpoint(agentID: watch.agentID)), by: watch.agent)
    watch.checks.wentDown(watch.agent)
    watch.checks.lostDisk(watch.agent)
    watch.checks.cameUp(watch.agent)
    watch.say(.agentMessage(.register(watch.registration)), watch.agent, watch.master)
    #expect(watch.problem == nil)
  }

  @Test mutating func anAgentComesBackWithItsReservations() {
    let reserved = Resource(
      "cpus", .scalar(Scalar(1)), traits: ResourceTraits(reservations: [Reservation(.dynamic, role: "eng")]))
    watch.checks.stored(
      .checkpoint(AgentCheckpoint(agentID: watch.agentID, resources: Resources([reserved]))), by: watch.agent)
    watch.checks.cameUp(watch.agent)
    var registration = watch.registration
    registration.info.id = watch.agentID
    let returning = AgentReregistration(registration, tasks: [], executors: [], frameworks: [])
    watch.say(.agentMessage(.reregister(returning)), watch.agent, watch.master)
    #expect(watch.problem?.contains("has written down") == true)
  }

  @Test mutating func anOperationIsReportedOnceItIsWrittenDown() {
    let uuid = UUID(high: 1, low: 2)
    let status = OperationStatus(operationID: "o", state: .finished, uuid: UUID(high: 3, low: 4))
    let update = OperationUpdate(uuid, frameworkID: watch.frameworkID, status)
    let record = OperationRecord(
      uuid, frameworkID: watch.frameworkID, agentID: watch.agentID, Operation(.unreserve("cpus:1")),
      status: status)
    watch.checks.stored(
      .checkpoint(AgentCheckpoint(agentID: watch.agentID, operations: [record])), by: watch.agent)
    watch.say(.agentMessage(.updateOperationStatus(update)), watch.agent, watch.master)
    #expect(watch.problem == nil)
    watch.checks.stored(.checkpoint(AgentCheckpoint(agentID: watch.agentID)), by: watch.agent)
    watch.say(.agentMessage(.updateOperationStatus(update)), watch.agent, watch.master)
    #expect(watch.problem?.contains("reported as finished, and that is not written down") == true)
  }

  @Test mutating func aFrameworkComesBackAsWhatItHasWrittenDown() {
    let new = SchedulerCall(frameworkID: nil, .subscribe(.init(FrameworkInfo(name: "f"))))
    watch.say(.schedulerCall(new, request: 0), watch.framework, watch.master)
    #expect(watch.problem == nil)
    watch.checks.persisted(watch.framework)
    watch.say(.schedulerCall(new, request: 0), watch.framework, watch.master)
    #expect(watch.problem?.contains("subscribes as a new one") == true)
  }

  // MARK: Reconciliation

  private mutating func answer(_ state: TaskState) {
    let status = TaskStatus(taskID: "t", state: state, source: .master, reason: .reconciliation)
    watch.say(.schedulerEvent(.update(status)), watch.master, watch.framework)
  }

  @Test(arguments: [TaskState.lost, .gone, .unknown, .unreachable])
  mutating func aTaskThatRunsIsNotGone(state: TaskState) {
    watch.launch(watch.task("t"))
    watch.run("t")
    answer(state)
    #expect(watch.problem?.contains("by the answer to RECONCILE, and runs on") == true)
  }

  @Test mutating func aTaskThatRunsWhereTheMasterCannotSeeMayBeGone() {
    watch.launch(watch.task("t"))
    watch.run("t")
    watch.store(.markAgentUnreachable(watch.agentID, since: 0))
    answer(.unreachable)
    #expect(watch.problem == nil)
  }

  @Test mutating func aTaskWhoseEndWasToldDoesNotRun() {
    watch.launch(watch.task("t"))
    watch.run("t")
    answer(.running)
    #expect(watch.problem == nil)
    watch.end("t")
    watch.report(watch.status("t", .finished, 1))
    answer(.finished)
    #expect(watch.problem == nil)
    answer(.running)
    #expect(watch.problem?.contains("its framework was sent the end of it before") == true)
  }
}

extension RegistryState {
  /// What a master goes by that has read this and has none of the agents back.
  fileprivate var recorded: RecordedState {
    RecordedState(
      roles: roles, maintenance: maintenance, unreachableAgents: unreachableAgents,
      agentIDs: agents.all.compactMap(\.id))
  }
}
