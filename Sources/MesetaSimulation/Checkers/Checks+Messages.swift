// Who has to know of which message.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Checks {
  /// A node says something, which may get lost.
  mutating func sent(
    _ message: Message, from: NodeID, to: NodeID, on session: SessionID, at time: Instant
  ) {
    now = time
    switch message {
    case .schedulerEvent(let event):
      // Whoever is no master may say anything; nobody believes it.
      if nodes[from.index].role == .master { sent(event, by: from, to: to, on: session, at: time) }
    case .masterMessage(let message):
      if nodes[from.index].role == .master { sent(message, by: from, to: to, on: session) }
    case .agentMessage(let message): sent(message, by: from, to: to, on: session, at: time)
    case .schedulerCall(let call, _): sent(call, by: from)
    case .executorEvent(.launch(let info)): launches(info, by: from, under: to)
    case .executorCall(let call, _): sent(call, by: from)
    case .operatorResponse(.done, let request): fail(settings.done(request, on: session))
    case .failed(_, let request): settings.failed(request, on: session)
    default: break
    }
  }

  /// A node begins to handle what it was told.
  ///
  /// - Parameter clock: What its own clock shows.
  mutating func beginBatch(of node: NodeID, at time: Instant, clock: Instant) {
    now = time
    if nodes[node.index].role == .master {
      masters.clock = clock
      admissions.beganBatch(node)
    }
  }

  /// A node is about to handle all that.
  mutating func handle(_ inputs: inout [NodeInput<Local>], by node: NodeID) {
    // Each is taken out and put back: it would be copied to be looked at within the array.
    var input = NodeInput<Local>.wake
    for place in inputs.indices {
      swap(&input, &inputs[place])
      handles(input, by: node)
      swap(&input, &inputs[place])
    }
  }

  /// A node is about to handle an input.
  mutating func handles(_ input: NodeInput<Local>, by node: NodeID) {
    switch input {
    case .received(let session, _, let message): hears(message, node, on: session)
    case .local(.stored):
      guard nodes[node.index].role == .master, let operation = masters.heard(node) else { return }
      admissions.heard(operation, by: node)
    default: break
    }
  }

  /// A node handles a message.
  mutating func hears(_ message: Message, _ node: NodeID, on session: SessionID) {
    switch message {
    case .schedulerEvent(.update(let status)): told(status, node, on: session)
    case .schedulerCall(let call, _): hears(call, master: node, on: session)
    case .agentMessage(let message): hears(message, master: node)
    case .masterMessage(let message): hears(message, agent: node)
    case .executorEvent(.launch(let info)): starts(info, under: node)
    case .operatorCall(let call, let request):
      settings.asked(call, request: request, on: session)
      if case .teardown(let id) = call { masters.removed(numbers.framework(id), by: node) }
    default: break
    }
  }

  // MARK: From a master

  private mutating func sent(
    _ event: SchedulerEvent, by master: NodeID, to node: NodeID, on session: SessionID, at time: Instant
  ) {
    switch event {
    case .offers(let offers), .demandMet(_, let offers):
      guard let first = offers.first else { return }
      // A session that a crash has broken may still be thought to be another framework's of that node.
      let framework = numbers.framework(first.frameworkID)
      let isDemanded = if case .demandMet = event { true } else { false }
      fail(
        masters.offered(
          offers, by: master, to: framework, on: session, isDemanded: isDemanded))
    case .rescind(let offer): masters.rescinded(offer, by: master)
    case .subscribed(let id, _, _):
      let framework = numbers.framework(id)
      nodes[node.index].framework = framework
      subscriptions.subscribed(framework, on: session, at: master)
      masters.subscribed(framework, at: master)
    case .update(let status): passes(status, master, to: node, on: session)
    default: break
    }
  }

  private mutating func passes(
    _ status: TaskStatus, _ master: NodeID, to node: NodeID, on session: SessionID
  ) {
    guard let framework = framework(of: node, on: session) else { return }
    if status.uuid != nil, status.source != .master {
      let task = numbers.task(status.taskID, ofFramework: framework)
      fail(task, streams.passed(status, of: task))
      reconciliation.passed(status, of: task)
    } else if status.reason == .reconciliation, status.source == .master, isLatest(master) {
      let task = numbers.task(status.taskID, ofFramework: framework)
      let run = runs[task]
      let isThere = run.agent.map { masters.has($0, master) } ?? false
      fail(task, reconciliation.problem(with: status, to: task, run, isAgentThere: isThere))
    }
  }

  private mutating func sent(
    _ message: MasterMessage, by master: NodeID, to agent: NodeID, on session: SessionID
  ) {
    switch message {
    case .registered(let id, _):
      if !admissions.has(id, master) {
        fail("agent \(id) is told that it is registered before that is written down")
      }
      admissions.named(session, id)
      masters.registered(id, agent, use.total(agent) ?? ResourceTally(), by: master)
      if admissions.isLeaving(id, master) { masters.left(id, by: master) }
    case .reregistered(let id, _, _):
      if !admissions.has(id, master) {
        fail("agent \(id) is told that it is back before that is written down")
      }
      masters.reregistered(id, agent, use.total(agent) ?? ResourceTally(), by: master, &numbers)
      if admissions.isLeaving(id, master) { masters.left(id, by: master) }
    case .runTask(let framework, let info, let launchesExecutor):
      guard let id = framework.id else {
        return fail("task \(info.id) is launched for a framework without an id")
      }
      let framework = numbers.framework(id)
      let task = numbers.task(info.id, ofFramework: framework)
      runs.sent(task, to: agent, at: now)
      streams.launched(task)
      reconciliation.launched(task)
      if runs[task].agent == nil { use.sent(task, ResourceTally(info.resources)) }
      fail(
        masters.launched(task, info, of: framework, launchesExecutor: launchesExecutor, by: master))
    case .acknowledge(let framework, let id, let uuid):
      let task = numbers.task(id, of: framework)
      fail(task, streams.returned(uuid, of: task))
    case .shutdownFramework(let id): masters.removed(numbers.framework(id), by: master)
    case .shutdown("Agent has been marked gone"):
      if let id = admissions.agent(on: session), !nodes[agent.index].isScripted, !settings.wasGivenUp(id) {
        fail("agent \(id) is told that it was given up before that is written down")
      }
    default: break
    }
  }

  private mutating func hears(_ message: MasterMessage, agent: NodeID) {
    switch message {
    case .acknowledge(let framework, let id, let uuid):
      streams.taken(uuid, of: numbers.task(id, of: framework), by: agent, at: now)
    case .killTask(let framework, let id, _):
      let task = numbers.task(id, of: framework)
      if runs[task].agent == agent { runs.killed(task, at: now) }
    case .shutdownFramework(let id):
      let framework = numbers.framework(id)
      for task in endRuns(on: agent, ofFramework: { $0 == framework }) { use.ended(task) }
      streams.ended(framework, { [numbers] in numbers.names[$0].framework == framework }, on: agent, at: now)
    case .shutdown:
      endRuns(on: agent) { _ in true }
      streams.ended(on: agent)
    case .drain: endRuns(on: agent) { _ in true }
    default: break
    }
  }

  /// What runs on an agent is to end. Returns the tasks.
  @discardableResult
  private mutating func endRuns(on agent: NodeID, ofFramework isMeant: (Int) -> Bool) -> [Int] {
    var tasks: [Int] = []
    runs.visitRunning { task, run in
      if run.agent == agent, isMeant(numbers.names[task].framework) { tasks.append(task) }
    }
    // One whose container is about to start is ended, too.
    tasks += runs.waiting(on: agent).filter { isMeant(numbers.names[$0].framework) }
    for task in tasks { runs.toldToEnd(task, at: now) }
    return tasks
  }

  // MARK: From an agent

  private mutating func sent(
    _ message: AgentMessage, by agent: NodeID, to master: NodeID, on session: SessionID, at time: Instant
  ) {
    switch message {
    case .statusUpdate(let update):
      let framework = numbers.framework(update.frameworkID)
      let task = numbers.task(update.status.taskID, ofFramework: framework)
      failUnlessScripted(
        agent, task, streams.sent(update.status, of: task, framework, by: agent, at: time))
      failUnlessScripted(agent, memory.works(agent))
    case .register(let registration):
      use.registered(registration.info.resources, on: agent)
      failUnlessScripted(agent, memory.registers(agent))
    case .reregister(let returning):
      use.registered(returning.registration.info.resources, on: agent)
      if let id = returning.registration.info.id { admissions.named(session, id) }
      masters.returns(agent, returning, to: master)
      failUnlessScripted(agent, memory.returns(agent, returning.registration))
      names(returning, agent)
    case .updateOperationStatus(let update): failUnlessScripted(agent, memory.reports(update, by: agent))
    default: break
    }
  }

  /// An agent that comes back names whatever runs on it, also what an earlier life has started.
  private mutating func names(_ returning: AgentReregistration, _ agent: NodeID) {
    let named = Set(returning.tasks.map { numbers.task($0.info.id, of: $0.frameworkID) })
    guard let task = runs.unnamed(on: agent, among: named) else { return }
    failUnlessScripted(agent, task, "runs on an agent that comes back without it")
  }

  private mutating func hears(_ message: AgentMessage, master: NodeID) {
    switch message {
    case .statusUpdate(let update):
      let task = numbers.task(update.status.taskID, of: update.frameworkID)
      streams.arrived(update.status, of: task)
      if update.latestState.isTerminal, let id = update.status.agentID {
        masters.ended(task, on: id, toldTo: master)
      }
    case .exitedExecutor(let id, let framework, let executor, _):
      masters.ended(executor, of: numbers.framework(framework), on: id, toldTo: master)
    case .reregister(let returning):
      // The master takes that over also where the agent has gone again, which hears nothing of it.
      guard let id = returning.registration.info.id else { return }
      for record in returning.tasks where record.state.isTerminal {
        masters.ended(numbers.task(record.info.id, of: record.frameworkID), on: id, toldTo: master)
      }
    case .updateOperationStatus(let update):
      if let id = update.status.agentID { masters.changed(id, at: master) }
    default: break
    }
  }

  // MARK: From a framework

  private mutating func sent(_ call: SchedulerCall, by node: NodeID) {
    switch call.kind {
    case .acknowledge(let acknowledge):
      guard let id = call.frameworkID else { return }
      let task = numbers.task(acknowledge.taskID, of: id)
      failUnlessScripted(node, task, streams.acknowledged(acknowledge.uuid, of: task))
    case .subscribe(let subscribe):
      failUnlessScripted(node, memory.subscribes(node, as: subscribe.framework.id))
    default: break
    }
  }

  private mutating func hears(_ call: SchedulerCall, master: NodeID, on session: SessionID) {
    guard let id = call.frameworkID else { return }
    let framework = numbers.framework(id)
    if case .acknowledge(let acknowledge) = call.kind {
      return streams.answered(acknowledge.uuid, of: numbers.task(acknowledge.taskID, ofFramework: framework))
    }
    // What comes from elsewhere is refused.
    guard subscriptions.last(framework, at: master) == session else { return }
    switch call.kind {
    case .decline(let offers, let filters):
      if call.problem == nil { masters.declined(offers, filters, by: framework, to: master) }
    case .accept(let accept): masters.accepted(accept, by: framework, to: master)
    case .revive, .updateFramework, .suppress: masters.wantsAgain(framework, of: master)
    case .teardown: masters.removed(framework, by: master)
    case .kill(let kill):
      let task = numbers.task(kill.taskID, ofFramework: framework)
      // A master that knows the task sees to it, if need be when the agent is back.
      if call.problem == nil, kill.agentID == nil, isLatest(master), masters.has(task, master),
        runs[task].agent != nil
      {
        runs.toldToEnd(task, at: now, isUnheard: true)
      }
    default: break
    }
  }

  private mutating func told(_ status: TaskStatus, _ node: NodeID, on session: SessionID) {
    guard let framework = nodes[node.index].framework else { return }
    let task = numbers.task(status.taskID, ofFramework: framework)
    // An instance whose place another has taken acknowledges what reaches it still.
    streams.told(status, of: task)
    guard self.framework(of: node, on: session) != nil else { return }
    if status.state == .finished, order.finished(task) { nodes[node.index].finished += 1 }
    fail(task, order.told(status, of: task))
  }

  /// The framework that a node has subscribed as on a session, if that is its last.
  private func framework(of node: NodeID, on session: SessionID) -> Int? {
    guard let framework = nodes[node.index].framework,
      subscriptions.last(framework) == session
    else { return nil }
    return framework
  }

  // MARK: Executors

  private mutating func launches(_ info: TaskInfo, by agent: NodeID, under executor: NodeID) {
    guard let framework = nodes[executor.index].framework else { return }
    let task = numbers.task(info.id, ofFramework: framework)
    if streams.hasEnded(task, on: agent) {
      fail(task, "is launched after its agent had reported the end of it")
    }
    fail(task, runs.launched(task))
  }

  private mutating func starts(_ info: TaskInfo, under executor: NodeID) {
    guard let framework = nodes[executor.index].framework, let agent = nodes[executor.index].agent else {
      return
    }
    begin(numbers.task(info.id, ofFramework: framework), on: agent, under: executor)
  }

  private mutating func sent(_ call: ExecutorCall, by executor: NodeID) {
    guard let agent = nodes[executor.index].agent else { return }
    let updates =
      switch call.kind {
      case .update(let status): [status]
      case .subscribe(_, let updates): updates
      default: [TaskStatus]()
      }
    for status in updates where status.state.isTerminal {
      let task = numbers.task(status.taskID, of: call.frameworkID)
      end(task, on: agent)
      runs.forget(task, under: executor)
    }
  }

  /// An executor runs on a machine.
  mutating func addedExecutor(_ node: NodeID, of framework: FrameworkID, on agent: NodeID) {
    nodes[node.index].framework = numbers.framework(framework)
    nodes[node.index].agent = agent
  }

  // MARK: Outcome

  private mutating func failUnlessScripted(_ node: NodeID, _ text: String?) {
    if !nodes[node.index].isScripted { fail(text) }
  }

  private mutating func failUnlessScripted(_ node: NodeID, _ task: Int, _ text: String?) {
    if !nodes[node.index].isScripted { fail(task, text) }
  }
}
