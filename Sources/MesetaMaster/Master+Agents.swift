// Agents register, come back, are pinged, and go.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  mutating func receive<E: MasterEffects>(
    _ message: AgentMessage, from session: SessionID, _ entry: Session, at time: Time, _ effects: inout E
  ) {
    switch message {
    case .register(let registration):
      count(.messagesRegisterSlave)
      register(registration, from: session, entry, at: time, &effects)
    case .reregister(let returning):
      count(.messagesReregisterSlave)
      reregister(returning, from: session, entry, at: time, &effects)
    default:
      guard case .agent(let key) = entry.binding else {
        metrics.droppedMessages += 1  // Sent before the registration is through, or after the removal.
        marks.insert(.messageBeforeRegistration)
        return
      }
      receive(message, fromAgent: key, at: time, &effects)
    }
  }

  private mutating func receive<E: MasterEffects>(
    _ message: AgentMessage, fromAgent key: AgentKey, at time: Time, _ effects: inout E
  ) {
    switch message {
    case .pong:
      agents.update(key) { $0.pings.pong() }
    case .statusUpdate(let update):
      count(.messagesStatusUpdate)
      forward(update, fromAgent: key, &effects)
    case .exitedExecutor(let agentID, let frameworkID, let executor, let status):
      count(.messagesExitedExecutor)
      // An agent that is asked about it twice answers twice.
      guard let framework = frameworksByID[frameworkID], agents[valid: key].runs(executor, of: framework)
      else { return marks.insert(.executorEndedAgain) }
      removeExecutor(executor, of: framework, on: key)
      send(.failure(agentID: agentID, executorID: executor, status: status), to: framework, &effects)
    case .executorMessage(let agentID, let frameworkID, let executor, let data):
      count(.messagesExecutorToFramework)
      guard let framework = frameworksByID[frameworkID] else {
        return count(.invalidExecutorToFrameworkMessages)
      }
      count(.validExecutorToFrameworkMessages)
      send(.message(agentID: agentID, executorID: executor, data: data), to: framework, &effects)
    case .updateOperationStatus(let update): receive(update, fromAgent: key, at: time, &effects)
    case .updateResources(let checkpointed, let version):
      updateResources(of: key, checkpointed: checkpointed, version: version, at: time, &effects)
    case .updateOversubscribed(let resources):
      updateOversubscribed(resources, ofAgent: key, at: time, &effects)
    case .unregister:
      count(.messagesUnregisterSlave)
      beginRemoval(of: key, reason: "the agent unregistered", &effects)
    case .register, .reregister:
      break
    }
  }

  // MARK: Registration

  private mutating func register<E: MasterEffects>(
    _ registration: AgentRegistration, from session: SessionID, _ entry: Session, at time: Time,
    _ effects: inout E
  ) {
    switch entry.binding {
    case .agent(let key):  // The answer was lost: say it again.
      marks.insert(.registrationAnsweredAgain)
      if let agent = agents[key] { welcome(agent, on: session, &effects) }
    case .registering:
      marks.insert(.registrationRepeatedWhileWritten)  // It is answered when it is written down.
    case .framework, .nobody:
      guard mayJoin(registration, session, entry, at: time, &effects) else { return }
      var registration = registration
      let id = AgentID("\(info.id)-S\(nextAgentNumber)")
      nextAgentNumber += 1
      registration.info.id = id
      sessions[session]?.binding = .registering(id)
      let pending = PendingAgent(
        session: session, id: id, registration: registration,
        machine: machine(of: registration, entry.peer), returning: nil)
      effects.store(registry.begin(.admit(pending)), .admitAgent(registration.info))
    }
  }

  private mutating func reregister<E: MasterEffects>(
    _ returning: AgentReregistration, from session: SessionID, _ entry: Session, at time: Time,
    _ effects: inout E
  ) {
    guard let id = returning.registration.info.id else {
      drop(session, reason: "a re-registration needs the agent's id", at: time, &effects)
      return
    }
    if case .registering = entry.binding { return marks.insert(.returnRepeatedWhileWritten) }
    var known: AgentKey?
    if case .agent(let key) = entry.binding {
      guard agents[valid: key].id == id else {
        let problem =
          "this session is agent \(agents[valid: key].id)'s: another agent needs a session of its own"
        refuse(problem, session, entry, at: time, &effects)
        return
      }
      known = key
    }
    guard mayJoin(returning.registration, session, entry, at: time, &effects) else { return }
    let pending = PendingAgent(
      session: session, id: id, registration: returning.registration,
      machine: machine(of: returning.registration, entry.peer), returning: returning)
    if let known {
      marks.insert(.returnRepeated)
      if agents[valid: known].departure != nil { return }
      // The answer is late, or the session is about to end. What the agent says is taken in its order: after a write, it would
      // bring back what has ended meanwhile. There is nothing to write unless the agent has changed.
      if agents[valid: known].info == returning.registration.info {
        return admit(pending, at: time, &effects)
      }
    } else {
      sessions[session]?.binding = .registering(id)
    }
    let admission = admission(of: id, returning.registration.info)
    _ = absentAgents.decide(id)
    effects.store(registry.begin(.admit(pending)), admission)
  }

  /// What the registry has to write for an agent that is back, after what it has been told to write before.
  private mutating func admission(of id: AgentID, _ info: AgentInfo) -> RegistryOperation {
    guard let key = agentsByID[id] else {
      if unreachableAgents[id] != nil { return .markAgentReachable(info) }
      return absentAgents.contains(id) ? .updateAgent(info) : .admitAgent(info)
    }
    switch agents[valid: key].departure {
    case nil: return .updateAgent(info)
    case .unreachable:
      marks.insert(.returnOvertookUnreachable)
      return .markAgentReachable(info)
    case .removal, .gone:
      marks.insert(.returnOvertookRemoval)
      return .admitAgent(info)
    }
  }

  /// The machine by the name that the agent gives it, and the address that it is seen at.
  private func machine(of registration: AgentRegistration, _ peer: Peer) -> MachineID {
    let ip = peer.ip ?? ""
    return MachineID(hostname: registration.info.hostname, ip: ip.isIPv4Address ? ip : "")
  }

  /// Whether it is being written down that an agent may not join. That may come to nothing, and an agent that is turned away
  /// ends with its tasks: it is not answered, and asks again.
  private func isBeingExcluded(_ registration: AgentRegistration, _ entry: Session) -> Bool {
    if let id = registration.info.id, isBeingMarkedGone(id) { return true }
    let decided = decidedMaintenance.machines
    guard let machine = decided.machine(of: machine(of: registration, entry.peer)) else { return false }
    return decided.isDown(machine) && !maintenance.machines.isDown(machine)
  }

  private mutating func mayJoin<E: MasterEffects>(
    _ registration: AgentRegistration, _ session: SessionID, _ entry: Session, at time: Time,
    _ effects: inout E
  ) -> Bool {
    if isBeingExcluded(registration, entry) {
      marks.insert(.agentWaitsForDecision)
      return false
    }
    var problem: String?
    if !authorizer.isAllowed(entry.peer.principal, .registerAgent, on: .cluster) {
      problem = "this agent is not authorized to register"
    } else if let id = registration.info.id, let bad = Identifier.problem(with: id.value) {
      problem = "the agent's id is not valid: \(bad)"
    } else if let resource = registration.info.resources.first(where: { $0.allocationRole != nil }) {
      problem = "the agent's resource \(resource) is allocated already"
    } else if let id = registration.info.id, decidedMaintenance.goneSince(id) != nil {
      problem = Self.markedGone
      marks.insert(.goneAgentTurnedAway)
    } else if let machine = decidedMaintenance.machines.machine(of: machine(of: registration, entry.peer)),
      decidedMaintenance.machines.isDown(machine)
    {
      problem = "Machine is `DOWN`: \(machine) is under maintenance"
      marks.insert(.downMachineTurnedAway)
    } else {
      do throws(IncompatibleResources) { _ = try registration.total } catch { problem = "\(error)" }
    }
    guard let problem else { return true }
    refuse(problem, session, entry, at: time, &effects)
    return false
  }

  private mutating func refuse<E: MasterEffects>(
    _ problem: String, _ session: SessionID, _ entry: Session, at time: Time, _ effects: inout E
  ) {
    effects.send(.masterMessage(.shutdown(problem)), to: session)
    effects.log(.warning, "refused the agent at \(entry.peer.address): \(problem)")
    drop(session, reason: problem, at: time, &effects)
  }

  /// A write to the registry is durable: what waited for it happens now.
  mutating func stored<E: MasterEffects>(_ token: StorageToken, at time: Time, _ effects: inout E) {
    switch registry.complete(token) {
    case .admit(let pending): admit(pending, at: time, &effects)
    case .markUnreachable(let key): removeUnreachable(key, at: time, &effects)
    case .markAbsentUnreachable(let id, let since): absentIsUnreachable(id, since: since, &effects)
    case .removeAgent(let key, let reason): removeAgent(key, reason: reason, at: time, &effects)
    case .updateQuotas(let quotas, let request): setQuotas(quotas, request, at: time, &effects)
    case .updateWeights(let weights, let request): setWeights(weights, request, at: time, &effects)
    case .maintenance(let operation, let request): carryOut(operation, request, at: time, &effects)
    case .prune(let unreachable, let gone): pruned(unreachable: unreachable, gone: gone)
    case nil: assertionFailure("the registry completed \(token), which is not the next write")
    }
  }

  private mutating func admit<E: MasterEffects>(
    _ pending: PendingAgent, at time: Time, _ effects: inout E
  ) {
    let wasUnreachable = unreachableAgents.remove(pending.id) != nil
    absentAgents.remove(pending.id)
    count(pending.returning == nil ? .slaveRegistrations : .slaveReregistrations)
    let key: AgentKey
    if let known = agentsByID[pending.id] {
      key = known
      rejoin(known, pending, at: time, &effects)
    } else {
      key = add(pending, at: time)
    }
    // Given up while its return was being written down: nothing else becomes of it.
    if isBeingMarkedGone(pending.id) { agents[valid: key].departure = .gone }
    let isNew = agents[valid: key].session == nil && agents[valid: key].reregisteredTime == nil
    // The session may be gone by now: then the agent is known, and disconnected.
    if let binding = sessions[pending.session]?.binding,
      binding == .registering(pending.id) || binding == .agent(key)
    {
      sessions[pending.session]?.binding = .agent(key)
      agents.update(key) { $0.session = pending.session }
    } else {
      marks.insert(.sessionGoneWhileAdmitted)
    }
    if let returning = pending.returning {
      takeOver(returning, of: key, wasUnreachable: wasUnreachable, at: time, &effects)
    } else if let agent = agents[key], let session = agent.session {
      welcome(agent, on: session, &effects)
    }
    guard let agent = agents[key] else { return }
    updateUnavailability(of: key, at: time, &effects)
    allocator.setActive(agent.slot, isOffered(key) && agent.departure == nil)
    continueDrain(of: key, at: time, &effects)
    if effects.isWatched, isNew { effects.announce(.agentAdded(describe(agents[valid: key]))) }
    allocation.want()
    effects.log(
      .info,
      "agent \(agent.id) on \(agent.info.hostname) \(pending.returning == nil ? "registered" : "is back")"
        + " with \(agent.info.resources)")
  }

  private mutating func add(_ pending: PendingAgent, at time: Time) -> AgentKey {
    let info = pending.registration.info
    let slot = allocator.addAgent(
      total: (try? pending.registration.total) ?? info.resources, domain: info.domain,
      hostname: info.hostname, attributes: info.attributes)
    allocator.setActive(slot, false)
    let key = agents.insert(
      AgentEntry(
        registration: pending.registration, id: pending.id, registeredTime: time.wall, session: nil,
        slot: slot, pings: PingMonitor(limit: configuration.maxAgentPingTimeouts), machine: pending.machine))
    agentsByID[pending.id] = key
    while agentsByAccount.count <= Int(slot.index) { agentsByAccount.append(nil) }
    agentsByAccount[Int(slot.index)] = key
    // Spread, so that agents that registered together are not pinged together.
    let jitter = Span(
      nanoseconds: Int64(generator.below(UInt64(max(1, configuration.agentPingTimeout.nanoseconds)))))
    deadlines.add(.ping(key), at: time.monotonic + jitter)
    return key
  }

  /// An agent that is known registers again: its last session, if there still is one, is over.
  private mutating func rejoin<E: MasterEffects>(
    _ key: AgentKey, _ pending: PendingAgent, at time: Time, _ effects: inout E
  ) {
    guard let agent = agents[key] else { return }
    if let old = agent.session, old != pending.session {
      marks.insert(.agentReturnedOnAnotherSession)
      effects.close(old, reason: "the agent registered again from elsewhere")
      sessions[old] = nil
    }
    rescindOffers(ofAgent: key, at: time, &effects)
    // While the version stays, operations are on their way that the agent did not know of when it spoke.
    let version = pending.registration.resourceVersion
    if version == nil || version != agent.registration.resourceVersion,
      let total = try? pending.registration.total
    {
      // What it oversubscribes it says anew.
      allocator.updateAgent(agent.slot, total: total)
    }
    allocator.setTraits(agent.slot, AgentTraits(pending.registration.info))
    agents.update(key) {
      $0.session = nil
      $0.registration = pending.registration
      $0.machine = pending.machine
      $0.reregisteredTime = time.wall
      $0.pings.pong()
    }
  }

  private func welcome<E: MasterEffects>(_ agent: AgentEntry, on session: SessionID, _ effects: inout E) {
    effects.send(
      .masterMessage(.registered(agent.id, pingTimeout: totalPingTimeout.nanoseconds)), to: session)
  }

  /// After so long without a ping an agent looks for a new master.
  var totalPingTimeout: Span { configuration.agentPingTimeout * configuration.maxAgentPingTimeouts }

  // MARK: Pings

  mutating func pingElapsed<E: MasterEffects>(_ key: AgentKey, at time: Time, _ effects: inout E) {
    guard let agent = agents[key], agent.departure == nil else { return }
    let action = agents.update(key) { $0.pings.elapsed() }
    if action == .giveUp, !agent.isRemovalQueued {
      agents.update(key) { $0.isRemovalQueued = true }
      count(.slaveUnreachableScheduled)
      removals.add(.silent(key))
      removeUnreachableAgents(at: time, &effects)
      if agents[key]?.departure != nil { return }
    }
    if let session = agent.session { effects.send(.masterMessage(.ping(isConnected: true)), to: session) }
    deadlines.add(.ping(key), at: time.monotonic + configuration.agentPingTimeout)
  }

  mutating func disconnect<E: MasterEffects>(
    _ key: AgentKey, reason: String, at time: Time, _ effects: inout E
  ) {
    guard let agent = agents[key] else { return }
    agents.update(key) { $0.session = nil }
    allocator.setActive(agent.slot, false)
    effects.log(.warning, "agent \(agent.id) on \(agent.info.hostname) disconnected: \(reason)")
    rescindOffers(ofAgent: key, at: time, &effects)
  }
}
