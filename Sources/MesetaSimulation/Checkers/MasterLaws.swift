// What masters give away: no resource twice, no reserved one to strangers, no more than a quota allows.

import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Keeps the account of each master's present life, from what it says and is told.
struct MasterLaws {
  /// The time of what was told last.
  var now = Instant.zero
  /// What the clock shows of the master that handles something.
  var clock = Instant.zero
  /// What looked wrong in a master's batch, until it is known which of the frameworks are still there: what a master does
  /// to one that did not come back in time it may do without a word.
  private var suspicions: [(master: NodeID, excess: MasterAccount.Excess, text: String)] = []
  private var accounts: [MasterAccount] = []
  /// Which of them is that of a master, by the master's node.
  private var places: [Int?] = []
  private var agentNumbers = Numbers<AgentID>()
  /// The agent of which something was offered or used last.
  private(set) var touched: AgentID?
  private var limits: [RoleQuota] = []
  /// What is durable and the master has not heard of yet.
  private var unheard: [[RegistryOperation]] = []
  private var returning = ReturningAgents()

  // MARK: Masters

  mutating func began(_ master: NodeID) {
    var account = MasterAccount()
    for limit in limits { account.roles.set(limit.quota, of: limit.role) }
    if let place = place(of: master) {
      accounts[place] = account
    } else {
      places[growing: master.index, filledWith: nil] = accounts.count
      accounts.append(account)
    }
    unheard[growing: master.index, filledWith: []] = []
  }

  /// A write is durable: the next master begins with it, and this one goes by it once it has heard.
  mutating func stored(_ operation: RegistryOperation, by master: NodeID) {
    unheard[growing: master.index, filledWith: []].append(operation)
    guard case .updateQuotas(let quotas) = operation else { return }
    for quota in quotas {
      limits.removeAll { $0.role == quota.role }
      limits.append(quota)
    }
  }

  mutating func lostRegistry() { limits = [] }

  /// A master hears that the next of its writes is durable. Returns which that is.
  mutating func heard(_ master: NodeID) -> RegistryOperation? {
    guard unheard[growing: master.index, filledWith: []].first != nil else { return nil }
    let operation = unheard[master.index].removeFirst()
    switch operation {
    case .updateQuotas(let quotas):
      for quota in quotas { update(master) { $0.roles.set(quota.quota, of: quota.role) } }
    case .markAgentUnreachable(let id, _), .removeAgent(let id), .maintenance(.markGone(let id, _)):
      left(id, by: master)
    case .maintenance: update(master) { $0.refusals.removeAll() }  // Another plan is told in new offers.
    case .admitAgent, .updateAgent, .markAgentReachable, .updateWeights, .prune: break
    }
    return operation
  }

  /// Looks at what was suspicious in the batch of a master, of which it is known now which frameworks it has.
  mutating func settle(_ numbers: TaskNumbers, knows: (FrameworkID) -> Bool) -> String? {
    defer { suspicions = [] }
    for suspicion in suspicions {
      let isTrue = update(suspicion.master) { account -> Bool in
        account.endClaims { !knows(numbers.frameworks.names[$0.framework]) }
        return account.isTrue(suspicion.excess)
      }
      if isTrue == true { return suspicion.text }
    }
    return nil
  }

  var hasSuspicions: Bool { !suspicions.isEmpty }

  // MARK: Offers

  mutating func offered(
    _ offers: [Offer], by master: NodeID, to framework: Int, on session: SessionID, isDemanded: Bool
  ) -> String? {
    for offer in offers {
      if let problem = ReservationLaw.problem(with: offer.resources, in: offer.allocationRole) {
        return "offer \(offer.id): \(problem)"
      }
      let agent = agentNumbers.number(offer.agentID)
      touched = offer.agentID
      var refusedUntil: Instant?
      let excess = update(master) { [clock] account -> MasterAccount.Excess? in
        if !isDemanded {
          refusedUntil = account.refusedUntil(offer, agent: agent, framework: framework, at: clock)
        }
        return account.offered(offer, agent: agent, framework: framework, on: session)
      }
      if let excess = excess ?? nil { suspect(excess, of: master, "offer \(offer.id) of \(offer.resources)") }
      if let end = refusedUntil {
        return
          "offer \(offer.id) of \(offer.resources) comes \(end - clock) before its framework's filter ends"
      }
    }
    return nil
  }

  private mutating func role(_ name: String, _ master: NodeID) -> Int? {
    update(master) { $0.roles.number(name) }
  }

  mutating func rescinded(_ offer: OfferID, by master: NodeID) {
    update(master) { account in
      // It was declined later in the batch in which it ended: the master has set no filter. Which one that would have been is not
      // known here any more.
      if account.ended(offer) == nil { account.refusals.removeAll() }
    }
  }

  mutating func declined(
    _ offers: [OfferID], _ filters: Filters, by framework: Int, to master: NodeID
  ) {
    update(master) { [clock] account in
      for id in offers {
        guard let offer = account.ended(id, of: framework) else { continue }
        account.refusals.add(offer, seconds: filters.refuseSeconds, at: clock)
      }
    }
  }

  mutating func accepted(_ call: SchedulerCall.Accept, by framework: Int, to master: NodeID) {
    let converts = call.operations.contains(where: \.convertsResources)
    update(master) { [clock] account in
      for id in call.offerIDs {
        guard let offer = account.ended(id, of: framework) else { continue }
        account.refusals.addRest(of: offer, seconds: call.filters.refuseSeconds, at: clock)
        // What operations make of resources was never declined.
        if converts { account.refusals.forget(agent: offer.agent) }
      }
    }
  }

  /// A framework wants offers again, whatever it declined.
  mutating func wantsAgain(_ framework: Int, of master: NodeID) {
    update(master) { $0.refusals.forget(framework: framework) }
  }

  /// What there is of an agent has changed in itself.
  mutating func changed(_ agent: AgentID, at master: NodeID) {
    let agent = agentNumbers.number(agent)
    update(master) { $0.refusals.forget(agent: agent) }
  }

  mutating func subscribed(_ framework: Int, at master: NodeID) {
    update(master) {
      $0.subscribed(framework)
      $0.refusals.forget(framework: framework)
    }
  }

  mutating func closed(_ session: SessionID, at master: NodeID) { update(master) { $0.ended(session) } }

  // MARK: Frameworks and tasks

  /// A framework is over: the master has let go of all that it had.
  mutating func removed(_ framework: Int, by master: NodeID) {
    update(master) { $0.endClaims { $0.framework == framework } }
  }

  mutating func launched(
    _ task: Int, _ info: TaskInfo, of framework: Int, launchesExecutor: Bool, by master: NodeID
  ) -> String? {
    if let role = info.resources.first?.allocationRole,
      let problem = ReservationLaw.problem(with: info.resources, in: role)
    {
      return "task \(info.id): \(problem)"
    }
    let agent = agentNumbers.number(info.agentID)
    let excess = update(master) { account -> MasterAccount.Excess? in
      if launchesExecutor, info.hasExecutor, let executor = info.executor {
        account.launched(executor, framework: framework, agent: agent)
      }
      return account.launched(task, info, framework: framework, agent: agent)
    }
    if let excess = excess ?? nil { suspect(excess, of: master, "task \(info.id) of \(info.resources)") }
    return nil
  }

  /// An agent has told a master that a task holds nothing any more.
  mutating func ended(_ task: Int, on agent: AgentID, toldTo master: NodeID) {
    let agent = agentNumbers.number(agent)
    let node = update(master) { account -> NodeID? in
      account.ended(task, on: agent)
      return account.agents[growing: agent, filledWith: nil]?.node
    }
    if let node = node ?? nil { returning.ended(task, on: node, toldTo: master) }
  }

  mutating func ended(_ executor: ExecutorID, of framework: Int, on agent: AgentID, toldTo master: NodeID) {
    let name = MasterAccount.ExecutorName(
      framework: framework, agent: agentNumbers.number(agent), executor: executor)
    let node = update(master) { account -> NodeID? in
      account.ended(name)
      return account.agents[growing: name.agent, filledWith: nil]?.node
    }
    if let node = node ?? nil { returning.ended(name, on: node, toldTo: master) }
  }

  private mutating func suspect(_ excess: MasterAccount.Excess, of master: NodeID, _ what: String) {
    guard let account = account(of: master) else { return }
    let text: String
    switch excess {
    case .unknownAgent(let agent):
      text = "\(what): the master has not registered agent \(agentNumbers.names[agent])"
    case .agent(let number, _):
      guard let agent = account.agents[number] else { return }
      text =
        "\(what): of agent \(agentNumbers.names[number]) with \(agent.total), \(agent.offered) are offered and "
        + "\(agent.used) used"
    case .role(let role, _):
      text = "\(what): role \(account.roles.names[role]) has more than its quota allows"
    }
    suspicions.append((master, excess, text))
  }

  // MARK: Agents

  /// A master gives an agent up: nothing is offered or used of it any more.
  mutating func left(_ id: AgentID, by master: NodeID) {
    let agent = agentNumbers.number(id)
    update(master) {
      $0.left(agent)
      $0.refusals.forget(agent: agent)
    }
  }

  mutating func registered(_ id: AgentID, _ node: NodeID, _ total: ResourceTally, by master: NodeID) {
    let agent = agentNumbers.number(id)
    update(master) { $0.registered(agent, node, total) }
  }

  /// An agent says to a master what runs on it.
  mutating func returns(_ agent: NodeID, _ reregistration: AgentReregistration, to master: NodeID) {
    returning.returns(agent, reregistration, to: master)
  }

  /// A master has taken that over.
  mutating func reregistered(
    _ id: AgentID, _ node: NodeID, _ total: ResourceTally, by master: NodeID,
    _ numbers: inout TaskNumbers
  ) {
    let agent = agentNumbers.number(id)
    update(master) { $0.refusals.forget(agent: agent) }
    guard let word = returning.take(node, by: master) else {
      return update(master) { $0.registered(agent, node, total) } ?? ()
    }
    var tasks: [(task: Int, claim: MasterAccount.Claim)] = []
    for record in word.said.tasks where !record.state.isTerminal {
      let task = numbers.task(record.info.id, of: record.frameworkID)
      if word.endedTasks.contains(task) { continue }
      let claim = claim(record.info.resources, numbers.framework(record.frameworkID), agent, master)
      tasks.append((task, claim))
    }
    var executors: [(name: MasterAccount.ExecutorName, claim: MasterAccount.Claim)] = []
    for executor in word.said.executors {
      guard let framework = executor.frameworkID.map({ numbers.framework($0) }) else { continue }
      let name = MasterAccount.ExecutorName(framework: framework, agent: agent, executor: executor.id)
      if word.endedExecutors.contains(name) { continue }
      executors.append((name, claim(executor.resources, framework, agent, master)))
    }
    update(master) { $0.reregistered(agent, node, total, tasks: tasks, executors: executors) }
  }

  private mutating func claim(
    _ resources: Resources, _ framework: Int, _ agent: Int, _ master: NodeID
  ) -> MasterAccount.Claim {
    let role = role(resources.first?.allocationRole ?? Role.anyone, master) ?? 0
    return .init(agent: agent, framework: framework, role: role, tally: ResourceTally(resources))
  }

  /// The agents of which a master has had the same on offer and in use for so long, and something left.
  func idle(_ master: NodeID, for span: Span, at time: Instant) -> [(agent: Int, id: AgentID)] {
    guard let account = account(of: master) else { return [] }
    return account.agents.enumerated().compactMap { number, agent in
      guard let agent, agent.isRegistered, agent.changed + span <= time else { return nil }
      let free = agent.total.amounts &- agent.offered.amounts &- agent.used.amounts
      // Less than this is a crumb, which a master may keep.
      return free[0] >= 100 && free[1] >= 64_000 ? (number, agentNumbers.names[number]) : nil
    }
  }

  /// Whether a master has had the same of an agent on offer and in use for so long.
  func isUnchanged(_ id: AgentID, _ master: NodeID, for span: Span, at time: Instant) -> Bool {
    guard let number = agentNumbers.find(id),
      let agent = account(of: master)?.agents[growing: number, filledWith: nil]
    else { return false }
    return agent.isRegistered && agent.changed + span <= time
  }

  /// Whether a framework has declined something of an agent, in any role, by a filter that has only just ended or has not.
  func hasRefused(_ agent: Int, _ framework: Int, of master: NodeID, at time: Instant) -> Bool {
    account(of: master)?.refusals.has(agent, framework, until: time) ?? false
  }

  /// Whether a master believes in a task that has not ended.
  func has(_ task: Int, _ master: NodeID) -> Bool {
    guard let place = place(of: master) else { return false }
    return task < accounts[place].tasks.count && accounts[place].tasks[task] != nil
  }

  /// Whether a master has the agent of a node.
  func has(_ node: NodeID, _ master: NodeID) -> Bool {
    guard let account = account(of: master) else { return false }
    return account.agents.contains { $0?.node == node && $0?.isRegistered == true }
  }

  @discardableResult
  private mutating func update<Result>(
    _ master: NodeID, _ change: (inout MasterAccount) -> Result
  ) -> Result? {
    guard let place = place(of: master) else { return nil }
    accounts[place].now = now
    return change(&accounts[place])
  }

  private func place(of master: NodeID) -> Int? { places[growing: master.index, filledWith: nil] }

  private func account(of master: NodeID) -> MasterAccount? { place(of: master).map { accounts[$0] } }
}

extension Operation {
  fileprivate var convertsResources: Bool {
    switch kind {
    case .launch, .launchGroup: false
    default: true
    }
  }
}
