// What agents and frameworks of a fork do.

import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Fork {
  mutating func deliver(_ message: Message, to session: SessionID) {
    switch (parties[session], message) {
    case (.agent, .masterMessage(let message)): agent(session, message)
    case (.framework(let number), .schedulerEvent(let event)): framework(number, event)
    default: break
    }
  }

  func isAgent(_ session: SessionID, _ id: AgentID) -> Bool {
    if case .agent(id) = parties[session] { true } else { false }
  }

  /// An agent is lost.
  mutating func leave(_ session: SessionID) -> [MasterInput] {
    agents.removeAll { $0.session == session }
    parties[session] = nil  // What ran on it is lost when the master says so.
    return [.closed(session, reason: "it is lost")]
  }

  // MARK: Agents

  private mutating func agent(_ session: SessionID, _ message: MasterMessage) {
    switch message {
    case .registered(let id, _): parties[session] = .agent(id)
    case .ping: send(.agentMessage(.pong), from: session)
    case .runTask(let framework, let info, _): if let id = framework.id { run(info, of: id, on: session) }
    case .killTask(let framework, let task, _): end(FrameworkTask(framework, task), .killed)
    case .shutdown: _ = leave(session)
    default: break
    }
  }

  private mutating func run(_ info: TaskInfo, of framework: FrameworkID, on session: SessionID) {
    let key = FrameworkTask(framework, info.id)
    guard running[key] != nil else { return }
    running[key]?.session = session
    update(key, info, .running, on: session)
    if let span = running[key]?.runTime { events.add(.ends(key), at: now + max(span, .milliseconds(2))) }
  }

  /// A task ends by itself, or is killed.
  mutating func end(_ key: FrameworkTask, _ state: TaskState) {
    guard let task = running[key], parties[task.session] != nil else { return }
    stop(key, task)
    measures.finished(task.role, framework: task.framework)
    update(key, task.info, state, on: task.session)
    if let executor = task.info.executor, case .agent(let id?) = parties[task.session] {
      // An executor of its own goes with its last task.
      let isLast = !running.contains {
        $0.value.session == task.session && $0.key.frameworkID == key.frameworkID
          && $0.value.info.executor?.id == executor.id
      }
      if isLast {
        send(.agentMessage(.exitedExecutor(id, key.frameworkID, executor.id, status: 0)), from: task.session)
      }
    }
  }

  private mutating func stop(_ key: FrameworkTask, _ task: Running) {
    running[key] = nil
    measures.stopped(task.resources, role: task.role, framework: task.framework)
  }

  private mutating func update(
    _ key: FrameworkTask, _ info: TaskInfo, _ state: TaskState, on session: SessionID
  ) {
    guard case .agent(let id?) = parties[session] else { return }
    lastNumber += 1
    let status = TaskStatus(
      taskID: key.taskID, state: state, source: .executor, agentID: id, executorID: info.executorID,
      uuid: UUID(random: lastNumber, lastNumber))
    send(
      .agentMessage(.statusUpdate(StatusUpdate(key.frameworkID, status, latestState: state))), from: session)
  }

  // MARK: Frameworks

  mutating func say(_ kind: SchedulerCall.Kind, _ number: Int) {
    guard let session = frameworks[number].session, let id = frameworks[number].id else { return }
    send(.schedulerCall(SchedulerCall(frameworkID: id, kind), request: 0), from: session)
  }

  private mutating func framework(_ number: Int, _ event: SchedulerEvent) {
    switch event {
    case .subscribed(let id, _, _):
      frameworks[number].id = id
      wants(number)
    case .offers(let offers): for offer in offers { answer(offer, number) }
    case .update(let status): take(status, number)
    default: break
    }
  }

  /// A framework begins to want something more.
  mutating func wants(_ number: Int) {
    if let next = frameworks[number].nextWanted(after: now) {
      events.add(.wants(framework: number), at: next)
    }
    if frameworks[number].revives(at: now) { say(.revive(roles: []), number) }
  }

  private mutating func answer(_ offer: Offer, _ number: Int) {
    guard let framework = frameworks[number].id else { return }
    var rest = offer.resources
    var tasks: [TaskInfo] = []
    for (place, wanted) in frameworks[number].take(from: &rest, role: offer.allocationRole, at: now) {
      lastNumber += 1
      let info = wanted.task.info.with {
        $0.id = TaskID("\(wanted.task.info.id.value)#\(lastNumber)")
        $0.agentID = offer.agentID
        $0.resources = wanted.resources
      }
      tasks.append(info)
      running[FrameworkTask(framework, info.id)] = Running(
        session: SessionID(0), framework: number, place: place, role: offer.allocationRole,
        resources: wanted.resources,
        info: info, runTime: wanted.task.runTime)
      measures.launched(wanted.task, number, waited: now - wanted.since)
      measures.started(wanted.resources, role: offer.allocationRole, framework: number)
    }
    let filters = Filters(refuseSeconds: frameworks[number].demand.refuseSeconds)
    if tasks.isEmpty {
      say(.decline(offerIDs: [offer.id], filters: filters), number)
    } else {
      say(.accept(.init([offer.id], [Operation(.launch(tasks))], filters: filters)), number)
    }
    if !frameworks[number].wantsAny(at: now), frameworks[number].suppresses() {
      say(.suppress(roles: []), number)
    }
  }

  private mutating func take(_ status: TaskStatus, _ number: Int) {
    if let uuid = status.uuid, let agent = status.agentID {
      say(.acknowledge(.init(agentID: agent, taskID: status.taskID, uuid: uuid)), number)
    }
    guard let id = frameworks[number].id, status.state.isTerminal || status.state == .unreachable else {
      return
    }
    let key = FrameworkTask(id, status.taskID)
    guard let task = running[key] else { return }
    stop(key, task)
    measures.lost(task.role, framework: number)
    if let place = task.place {
      frameworks[number].want(again: place, at: now)
      wants(number)
    }
  }
}
