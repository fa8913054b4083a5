// ACCEPT: a framework says what to do with offers that it got.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  mutating func accept<E: MasterEffects>(
    _ call: SchedulerCall.Accept, of key: FrameworkKey, at time: Time, _ effects: inout E
  ) {
    switch take(call.offerIDs, of: key) {
    case .failure(let problem):
      marks.insert(.offerGoneWhenAccepted)
      for id in Set(call.offerIDs).sorted(by: { $0.value < $1.value }) {
        // What was still valid among them is used up all the same.
        guard let offer = offers.take(id, from: key) else { continue }
        recover(offer, offer.resources, refuse: nil, at: time)
        allocation.want()
      }
      for operation in call.operations {
        for task in operation.tasks {
          report(
            task, of: key, state: .dropped, reason: .invalidOffers,
            "Task launched with invalid offers: \(problem.text)", at: time, &effects)
        }
        failOperation(
          operation, "Operation attempted with invalid offers: \(problem.text)", of: key, &effects)
      }
    case .success(let taken):
      carryOut(call, taken, of: key, at: time, &effects)
    }
  }

  private struct OfferProblem: Error { var text: String }

  /// Checks that offers can be used together; they stay in the book unless all can.
  private mutating func take(
    _ ids: [OfferID], of key: FrameworkKey
  ) -> Result<[OfferEntry], OfferProblem> {
    guard !ids.isEmpty else { return .failure(OfferProblem(text: "No offers specified")) }
    // Nothing stands beside the only one that it would have to go with.
    if ids.count == 1, let offer = offers.take(ids[0], from: key) { return .success([offer]) }
    if ids.count > 1, let id = ids.repeated.first {
      return .failure(OfferProblem(text: "Duplicate offer \(id) in offer list"))
    }
    var taken: [OfferEntry] = []
    for id in ids {
      guard let offer = offers.offer(id) else {
        return .failure(OfferProblem(text: "Offer \(id) is no longer valid"))
      }
      taken.append(offer)
    }
    for (id, offer) in zip(ids, taken) {
      if let problem = problem(with: offer, id, beside: taken[0], of: key) {
        return .failure(OfferProblem(text: problem))
      }
    }
    for id in ids { offers.remove(id) }
    return .success(taken)
  }

  /// Why an offer cannot be used by a framework together with the first of its call; nil if it can.
  private func problem(
    with offer: OfferEntry, _ id: OfferID, beside first: OfferEntry, of key: FrameworkKey
  ) -> String? {
    if offer.framework != key {
      return "Offer \(id) has invalid framework \(frameworks[valid: offer.framework].id) while framework "
        + "\(frameworks[valid: key].id) is expected"
    }
    if offer.role != first.role {
      return "Aggregated offers must be allocated to the same role. Offer \(id) uses role "
        + "'\(roleName(offer.role))' but another is using role '\(roleName(first.role))'"
    }
    if offer.agent != first.agent {
      return "Aggregated offers must belong to one single agent. Offer \(id) uses agent "
        + "\(agents[valid: offer.agent].id) and agent \(agents[valid: first.agent].id)"
    }
    return nil
  }

  private mutating func carryOut<E: MasterEffects>(
    _ call: SchedulerCall.Accept, _ taken: [OfferEntry], of key: FrameworkKey, at time: Time,
    _ effects: inout E
  ) {
    guard let first = taken.first else { return }
    count(.offersAccepted, of: key, taken.count)
    var remaining = first.resources
    for offer in taken.dropFirst() { remaining += withoutRepeated(offer, remaining, at: time) }
    let roleName = lookUpRoleName(first.role)
    let offered = remaining
    var (usesAnything, convertsAnything) = (false, false)
    for operation in call.operations {
      count(operation, of: key)
      switch operation.kind {
      case .launch(let infos):
        for info in infos {
          if operation.id != nil {
            report(
              info, of: key, state: .error, reason: .taskInvalid,
              "The 'id' field must not be set for LAUNCH operations", at: time, &effects)
          } else if launch(info, of: key, first, roleName, &remaining, at: time, &effects) {
            usesAnything = true
          }
        }
      case .launchGroup(_, let infos):
        for info in infos {
          report(
            info, of: key, state: .error, reason: .taskGroupInvalid,
            "Task groups are not supported by this version", at: time, &effects)
        }
      default:
        if operate(operation, of: key, first, &remaining, at: time, &effects) { convertsAnything = true }
      }
    }
    if convertsAnything {
      // What operations made and nothing used is offered again at once: the framework did not decline it.
      let converted = remaining - offered
      recover(first, converted, refuse: nil, at: time)
      remaining -= converted
    }
    recoverRest(
      remaining, of: taken, filters: call.filters, usesAnything: usesAnything || convertsAnything, at: time)
  }

  /// What an offer adds to others of its agent. Shared resources that are among those are given back at once.
  private mutating func withoutRepeated(
    _ offer: OfferEntry, _ others: Resources, at time: Time
  ) -> Resources {
    if offer.resources.isPlain { return offer.resources }
    let repeated = Resources(offer.resources.filter { $0.isShared && others.contains($0) })
    if repeated.isEmpty { return offer.resources }
    recover(offer, repeated, refuse: nil, at: time)
    return offer.resources - repeated
  }

  /// Gives back what the operations left of the offers, all on the first: they are of one agent, framework and role.
  private mutating func recoverRest(
    _ remaining: Resources, of taken: [OfferEntry], filters: Filters, usesAnything: Bool, at time: Time
  ) {
    guard let first = taken.first else { return }
    recover(first, remaining, refuse: filters.refusal, at: time)
    allocation.wantAtInterval()
    if usesAnything { allocation.want() }
  }

  /// Launches a task out of `remaining`; or says why not, and returns false.
  private mutating func launch<E: MasterEffects>(
    _ info: TaskInfo, of key: FrameworkKey, _ offer: OfferEntry, _ roleName: String,
    _ remaining: inout Resources, at time: Time, _ effects: inout E
  ) -> Bool {
    guard frameworks.contains(key), agents.contains(offer.agent),
      let session = agents[valid: offer.agent].session
    else {
      report(
        info, of: key, state: .dropped, reason: .agentDisconnected, "Agent disconnected", at: time, &effects)
      return false
    }
    let task = info.prepared(for: frameworks[valid: key].id, role: roleName)
    var needed = task.resources.allocated(to: nil)
    // An executor is large: it is looked at only where a task has one.
    let startsExecutor = task.hasExecutor && startsExecutor(for: task, of: key, on: offer.agent)
    if startsExecutor, let executor = task.executor { needed += executor.resources.allocated(to: nil) }
    let problem = TaskValidation.problem(
      with: task, needed: needed, available: remaining, role: roleName, of: frameworks[valid: key].id,
      namesake: namesake(of: task.id, key), on: agents[valid: offer.agent].id,
      running: agents[valid: offer.agent].executor(of: task, key))
    if let problem {
      report(info, of: key, state: .error, reason: .taskInvalid, problem, at: time, &effects)
      return false
    }
    let user = task.user ?? frameworks[valid: key].info.user
    guard authorizer.isAllowed(frameworks[valid: key].principal, .runTask, on: .user(user)) else {
      report(
        info, of: key, state: .error, reason: .taskUnauthorized, "Not authorized to launch as user '\(user)'",
        at: time, &effects)
      return false
    }
    take(needed, of: key, offer, &remaining)
    if startsExecutor, let executor = task.executor {
      addExecutor(executor, of: key, on: offer.agent, role: offer.role)
    }
    let added = addTask(task, of: key, on: offer.agent, role: offer.role)
    if effects.isWatched {
      effects.announce(.taskAdded(describe(tasks[valid: added], of: frameworks[valid: key].id)))
    }
    metrics.tasksLaunched += 1
    let launchesExecutor = startsExecutor || !task.hasExecutor
    effects.send(
      .masterMessage(.runTask(frameworks[valid: key].info, task, launchesExecutor: launchesExecutor)),
      to: session)
    return true
  }

  /// Has a task use what it needs. Shared volumes stay offered, for further tasks of the call.
  private mutating func take(
    _ needed: Resources, of key: FrameworkKey, _ offer: OfferEntry, _ remaining: inout Resources
  ) {
    let (agent, framework) = (agents[valid: offer.agent].slot, frameworks[valid: key].slot)
    let shared = needed.isPlain ? Resources() : Resources(needed.filter(\.isShared))
    let exclusive = shared.isEmpty ? needed : needed - shared
    remaining -= exclusive
    let isUsed = allocator.use(agent, framework, offer.role, exclusive)
    assert(isUsed, "the offer held less than what was left of it")
    if !shared.isEmpty { allocator.addUsed(agent, framework, role: roleName(offer.role), shared) }
  }

  // What follows is mutating, so that it looks where the tables stand: what is not is handed a copy of the whole master.

  /// Whether the task has an executor of its own that does not run on the agent yet.
  private mutating func startsExecutor(
    for task: TaskInfo, of key: FrameworkKey, on agent: AgentKey
  ) -> Bool {
    guard let executor = task.executor else { return false }
    return !agents[valid: agent].runs(executor.id, of: key)
  }

  private mutating func namesake(of id: TaskID, _ key: FrameworkKey) -> TaskValidation.Namesake? {
    if frameworks[valid: key].tasks[id] != nil { return .known }
    return frameworks[valid: key].unreachableTasks[id] != nil ? .unreachable : nil
  }

  /// Tells a framework that something became of a task that was never there.
  private mutating func report<E: MasterEffects>(
    _ task: TaskInfo, of key: FrameworkKey, state: TaskState, reason: TaskStatus.Reason, _ message: String,
    at time: Time, _ effects: inout E
  ) {
    let isAware = frameworks[key]?.isPartitionAware ?? false
    let state = state == .dropped && !isAware ? TaskState.lost : state
    countEnd(in: state, .master, reason, of: key)
    send(
      .update(
        TaskStatus(
          taskID: task.id, state: state, source: .master,
          reason: reason, message: message, agentID: task.agentID, timestamp: time.timestamp)),
      to: key, &effects)
  }
}

extension Operation {
  /// The tasks that the operation would launch.
  var tasks: [TaskInfo] {
    switch kind {
    case .launch(let tasks), .launchGroup(_, let tasks): tasks
    default: []
    }
  }
}

extension TaskInfo {
  /// The task with what Mesos fills in for a framework that left it out: the role that its resources are allocated
  /// to, and the framework of its executor.
  fileprivate func prepared(for framework: FrameworkID, role: String) -> TaskInfo {
    let lacksRole = resources.contains { $0.allocationRole == nil }
    let lacksFramework = executor.map { $0.frameworkID == nil } ?? false
    let lacksExecutorRole = executor.map { $0.resources.contains { $0.allocationRole == nil } } ?? false
    guard lacksRole || lacksFramework || lacksExecutorRole else { return self }
    func filled(_ resources: Resources) -> Resources {
      resources.map { if $0.allocationRole == nil { $0.allocationRole = role } }
    }
    return with { fields in
      fields.resources = filled(fields.resources)
      if var executor = fields.executor {
        executor.frameworkID = executor.frameworkID ?? framework
        executor.resources = filled(executor.resources)
        fields.executor = executor
      }
    }
  }
}

extension Time {
  /// The wall clock in seconds since the Unix epoch, as status updates carry it.
  var timestamp: Double { Double(wall) / 1e9 }
}
