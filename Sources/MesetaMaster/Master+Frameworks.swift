// Frameworks come, go, and come back.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  mutating func subscribe<E: MasterEffects>(
    _ call: SchedulerCall.Subscribe, request: RequestID, from session: SessionID, at time: Time,
    _ effects: inout E
  ) {
    guard let entry = sessions[session] else { return }
    var call = call
    // A session is one framework's: what subscribes on it again without an id is that framework.
    call.framework.id = call.framework.id ?? framework(of: entry)
    call.framework.principal = call.framework.principal ?? entry.peer.principal?.name
    effects.respond(request, .accepted)
    count(call.framework.id == nil ? .messagesRegisterFramework : .messagesReregisterFramework)
    let constraints: OfferConstraintsFilter
    switch admit(call, of: entry) {
    case .success(let filter): constraints = filter
    case .failure(let refusal):
      effects.send(.schedulerEvent(.error(refusal.reason)), to: session)
      effects.log(.warning, "refused the subscription of \(call.framework.name): \(refusal.reason)")
      drop(session, reason: refusal.reason, at: time, &effects)
      return
    }
    let key: FrameworkKey
    if let id = call.framework.id, let known = frameworksByID[id] {
      key = known
      resubscribe(known, call, constraints, session: session, at: time, &effects)
    } else {
      key = add(call, constraints, at: time)
    }
    bind(key, to: session, at: time, &effects)
    announce(key, &effects)
  }

  private mutating func bind<E: MasterEffects>(
    _ key: FrameworkKey, to session: SessionID, at time: Time, _ effects: inout E
  ) {
    sessions[session]?.binding = .framework(key)
    let principal = sessions[session]?.peer.principal
    frameworks.update(key) {
      $0.session = session
      $0.principal = principal
    }
    guard let framework = frameworks[key] else { return }
    allocator.setActive(framework.slot, true)
    count(.calls, of: key)
    count(.callsSubscribe, of: key)
    send(
      .subscribed(
        framework.id, heartbeatInterval: configuration.heartbeatInterval.inSeconds, master: info),
      to: key, &effects)
    effects.send(.schedulerEvent(.heartbeat), to: session)  // As Mesos: the first of many.
    count(.heartbeat, of: key)
    frameworks[valid: key].isQuiet = true
    startHeartbeats(of: key, at: time)
    allocation.want()
    effects.log(.info, "framework \(framework.id) (\(framework.info.name)) subscribed")
  }

  /// Tells those who watch the cluster that a framework is there, or has changed.
  func announce<E: MasterEffects>(_ key: FrameworkKey, _ effects: inout E) {
    guard effects.isWatched, let framework = frameworks[key] else { return }
    let description = FrameworkReading(framework, key, self).description
    // One that has never been away is new: it is on its first session, or came with an agent.
    let isNew = framework.disconnections == 0
    effects.announce(isNew ? .frameworkAdded(description) : .frameworkUpdated(description))
  }

  /// The framework that a session is subscribed as.
  private func framework(of entry: Session) -> FrameworkID? {
    guard case .framework(let key) = entry.binding, frameworks.contains(key) else { return nil }
    return frameworks[valid: key].id
  }

  private struct Refusal: Error {
    let reason: String
  }

  /// Says which agents a subscription excludes, unless something is wrong with it.
  private func admit(
    _ call: SchedulerCall.Subscribe, of entry: Session
  ) -> Result<OfferConstraintsFilter, Refusal> {
    if let problem = problem(with: call, of: entry) { return .failure(Refusal(reason: problem)) }
    return compile(call.offerConstraints).mapError { Refusal(reason: "\($0)") }
  }

  func compile(_ constraints: OfferConstraints) -> Result<OfferConstraintsFilter, InvalidOfferConstraints> {
    Result { () throws(InvalidOfferConstraints) in
      try OfferConstraintsFilter(constraints, limits: configuration.offerConstraints)
    }
  }

  /// What is wrong with a subscription; nil if nothing is.
  private func problem(with call: SchedulerCall.Subscribe, of entry: Session) -> String? {
    if let problem = call.problem ?? call.problemWithRoles { return problem }
    if let subscribed = framework(of: entry), call.framework.id != subscribed {
      return "This session is subscribed as framework \(subscribed): another one needs a session of its own"
    }
    let roles = call.framework.subscribedRoles
    if let allowed = configuration.roles {
      let strangers = roles.filter { !allowed.contains($0) }
      if !strangers.isEmpty { return "Roles \(strangers.braced) are not present in the master's --roles" }
    }
    if let id = call.framework.id {
      if isRemoved(id) { return "Framework has been removed" }
      if let known = frameworksByID[id].flatMap({ frameworks[$0] }),
        known.info.principal != call.framework.principal
      {
        return "Changing framework's principal is not allowed."
      }
    }
    for role in roles where !authorizer.isAllowed(entry.peer.principal, .registerFramework, on: .role(role)) {
      return "Not authorized to use the role '\(role)'"
    }
    return nil
  }

  private mutating func add(
    _ call: SchedulerCall.Subscribe, _ constraints: OfferConstraintsFilter, at time: Time
  ) -> FrameworkKey {
    var framework = call.framework
    let id = framework.id ?? newFrameworkID()
    framework.id = id
    let slot = allocator.addFramework(
      roles: framework.subscribedRoles, suppressed: call.suppressedRoles,
      capabilities: framework.capabilities, offerFilters: framework.offerFilters, constraints: constraints)
    let key = frameworks.insert(
      FrameworkEntry(
        info: framework, id: id, registeredTime: time.wall, session: nil, slot: slot,
        suppressedRoles: call.suppressedRoles, offerConstraints: call.offerConstraints,
        unreachableTasks: BoundedHistory(limit: configuration.maxUnreachableTasksPerFramework)))
    resetCounters(of: key)
    principalCalls.added(frameworks[valid: key])
    frameworksByID[id] = key
    while frameworksByAccount.count <= Int(slot.index) { frameworksByAccount.append(nil) }
    frameworksByAccount[Int(slot.index)] = key
    return key
  }

  /// Adds a framework whose tasks came back with their agent before it did.
  mutating func addRecovered(_ framework: FrameworkInfo, at time: Time) -> FrameworkKey {
    let key = add(SchedulerCall.Subscribe(framework), .none, at: time)
    frameworks.update(key) { allocator.setActive($0.slot, false) }
    let timeout = max(
      Span(clampingSeconds: framework.failoverTimeout) ?? .zero, configuration.agentReregisterTimeout)
    addFailover(of: key, at: time.monotonic + timeout)
    return key
  }

  private mutating func newFrameworkID() -> FrameworkID {
    let number = String(nextFrameworkNumber)
    nextFrameworkNumber += 1
    return FrameworkID("\(info.id)-\(String(repeating: "0", count: max(0, 4 - number.count)))\(number)")
  }

  private mutating func resubscribe<E: MasterEffects>(
    _ key: FrameworkKey, _ call: SchedulerCall.Subscribe, _ constraints: OfferConstraintsFilter,
    session: SessionID, at time: Time, _ effects: inout E
  ) {
    guard let known = frameworks[key] else { return }
    if let old = known.session, old != session {
      marks.insert(.frameworkTookOver)
      effects.send(.schedulerEvent(.error("Framework failed over")), to: old)
      count(.error(""), of: key)
      effects.close(old, reason: "the framework subscribed again from elsewhere")
      sessions[old] = nil
    }
    if known.session == nil { marks.insert(.frameworkReturnedInTime) }
    withdrawDemands(of: key)
    discardOffers(ofFramework: key, at: time)
    reconciliations.removeAll(of: key)
    update(key, call, constraints, &effects)
    frameworks[valid: key].reregisteredTime = time.wall
    frameworks.update(key) { $0.disconnections += 1 }  // the clock of the last disconnection no longer counts
  }

  /// Takes over what a framework says of itself anew. User and checkpointing stay as they were.
  mutating func update<E: MasterEffects>(
    _ key: FrameworkKey, _ call: SchedulerCall.Subscribe, _ constraints: OfferConstraintsFilter,
    _ effects: inout E
  ) {
    guard let known = frameworks[key] else { return }
    var framework = call.framework
    framework.id = known.id
    framework.user = known.info.user
    framework.checkpoint = known.info.checkpoint
    if framework.principal == nil { framework.principal = known.info.principal }
    let isChanged = framework != known.info
    frameworks.update(key) {
      $0.info = framework
      $0.suppressedRoles = call.suppressedRoles
      $0.offerConstraints = call.offerConstraints
    }
    allocator.updateFramework(
      known.slot, roles: framework.subscribedRoles, suppressed: call.suppressedRoles,
      capabilities: framework.capabilities, offerFilters: framework.offerFilters, constraints: constraints)
    allocation.want()
    guard isChanged else { return }
    for agent in agentsRunning(known) {
      if let session = agents[agent]?.session {
        effects.send(.masterMessage(.updateFramework(framework)), to: session)
      }
    }
  }

  /// The agents on which the framework has tasks or executors, each once, in a fixed order.
  func agentsRunning(_ framework: FrameworkEntry) -> [AgentKey] {
    var found = Set(framework.executorAgents.keys)
    for task in framework.taskOrder {
      if let agent = tasks[task]?.agent { found.insert(agent) }
    }
    return found.sorted()
  }

  mutating func disconnect<E: MasterEffects>(
    _ key: FrameworkKey, reason: String, at time: Time, _ effects: inout E
  ) {
    guard let framework = frameworks[key], framework.session != nil else { return }
    frameworks.update(key) {
      $0.session = nil
      $0.disconnections += 1
    }
    withdrawDemands(of: key)
    allocator.setActive(framework.slot, false)
    discardOffers(ofFramework: key, at: time)
    reconciliations.removeAll(of: key)
    let timeout = Span(clampingSeconds: framework.info.failoverTimeout) ?? .zero
    effects.log(
      .info, "framework \(framework.id) disconnected (\(reason)); it has \(timeout) to come back")
    announce(key, &effects)
    addFailover(of: key, at: time.monotonic + timeout)
  }

  /// Gives a framework that is disconnected until then to come back.
  private mutating func addFailover(of key: FrameworkKey, at end: Instant) {
    deadlines.add(.failover(key, disconnection: frameworks[valid: key].disconnections), at: end)
    // It may end in a year, and a framework may come and go many times before.
    let most = agents.count + 2 * frameworks.count
    guard deadlines.count > 2 * most + 1024 else { return }
    deadlines.keep { [agents, frameworks] deadline in
      switch deadline {
      case .ping(let agent): agents.contains(agent)
      case .heartbeat(let framework): frameworks.contains(framework)
      case .failover(let framework, let disconnection):
        frameworks.contains(framework) && frameworks[valid: framework].session == nil
          && frameworks[valid: framework].disconnections == disconnection
      case .agentReturn, .registryPruning: true
      }
    }
  }

  mutating func failoverElapsed<E: MasterEffects>(
    _ key: FrameworkKey, disconnection: UInt64, at time: Time, _ effects: inout E
  ) {
    guard let framework = frameworks[key], framework.session == nil,
      framework.disconnections == disconnection
    else { return }
    marks.insert(.frameworkExpired)
    effects.log(.info, "framework \(framework.id) did not come back in time")
    remove(key, at: time, &effects)
  }

  // MARK: Heartbeats

  /// Sees to it that there is one heartbeat to come, however often the framework subscribes.
  private mutating func startHeartbeats(of key: FrameworkKey, at time: Time) {
    guard !frameworks[valid: key].hasHeartbeat else { return }
    frameworks[valid: key].hasHeartbeat = true
    deadlines.add(.heartbeat(key), at: time.monotonic + configuration.heartbeatInterval)
  }

  mutating func heartbeatElapsed<E: MasterEffects>(
    _ key: FrameworkKey, at time: Time, _ effects: inout E
  ) {
    guard frameworks.contains(key) else { return }
    frameworks[valid: key].hasHeartbeat = false
    guard let session = frameworks[valid: key].session else { return }
    if frameworks[valid: key].isQuiet {
      effects.send(.schedulerEvent(.heartbeat), to: session)
      count(.heartbeat, of: key)
    }
    frameworks[valid: key].isQuiet = true
    startHeartbeats(of: key, at: time)
  }

  /// Whether this master has ended the framework.
  func isRemoved(_ id: FrameworkID) -> Bool { removedFrameworks[id] != nil }

  /// Ends a framework: its tasks are killed, its resources freed, its id is never accepted again.
  mutating func remove<E: MasterEffects>(_ key: FrameworkKey, at time: Time, _ effects: inout E) {
    guard let framework = frameworks[key] else { return }
    withdrawDemands(of: key)
    discardOffers(ofFramework: key, at: time)
    reconciliations.removeAll(of: key)
    for agent in agentsRunning(framework) {
      if let session = agents[agent]?.session {
        effects.send(.masterMessage(.shutdownFramework(framework.id)), to: session)
      }
    }
    while let task = frameworks[key]?.taskOrder.last {
      if let entry = tasks[task], !entry.state.isTerminal {
        marks.insert(.frameworkRemovedWithTasks)
        tasks.update(task) { $0.state = .killed }
        countEnd(in: .killed, nil, nil, of: key)
        if effects.isWatched {
          let status = TaskStatus(
            taskID: entry.info.id, state: .killed, source: .master, reason: .frameworkRemoved,
            message: "Framework \(framework.id) removed", agentID: entry.info.agentID,
            timestamp: time.timestamp)
          effects.announce(.taskUpdated(framework.id, status, .killed))
        }
      }
      removeTask(task)
    }
    for agent in framework.executorAgents.keys.sorted() {
      for executor in agents[valid: agent].executors.entries(of: key) {
        removeExecutor(executor.info.id, of: key, on: agent)
      }
    }
    if let session = framework.session {
      effects.close(session, reason: "the framework was removed")
      sessions[session] = nil
    }
    let history = frameworks[valid: key].completedTasks  // with the tasks that have just been killed
    allocator.removeFramework(framework.slot)
    frameworksByAccount[Int(framework.slot.index)] = nil
    frameworksByID[framework.id] = nil
    principalCalls.removed(framework, frameworkCounters[Int(key.index)])
    frameworks.remove(key)
    removedFrameworks.insert(framework.id, time.wall)
    completedFrameworks.insert(
      framework.id,
      CompletedFramework(
        info: framework.info, registeredTime: framework.registeredTime,
        reregisteredTime: framework.reregisteredTime, unregisteredTime: time.wall,
        offerConstraints: framework.offerConstraints, tasks: history))
    allocation.want()
    if effects.isWatched { effects.announce(.frameworkRemoved(framework.info)) }
    effects.log(.info, "framework \(framework.id) is removed")
  }
}
