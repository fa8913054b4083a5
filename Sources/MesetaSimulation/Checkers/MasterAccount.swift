// What a master gives away, as its messages tell it: offers that are out and tasks that it has launched, by agent and role.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// The account of one life of a master. It knows what was said, never what the master thinks: it lets go of something as
/// soon as the master may, and takes it on when the master says so.
struct MasterAccount {
  struct Agent {
    var node: NodeID
    var total: ResourceTally
    /// Held by live offers, and by tasks and executors.
    var offered = ResourceTally()
    var used = ResourceTally()
    /// When these changed last.
    var changed = Instant.zero
    /// False once it has left the cluster.
    var isRegistered = true

    /// Whether there is room for something beside what is held.
    func hasRoom(for tally: ResourceTally) -> Bool {
      if tally.rest.isEmpty {
        return total.hasRoom(for: tally.amounts, beside: offered.amounts &+ used.amounts)
      }
      var held = offered
      held += used
      return total.hasRoom(for: tally, beside: held)
    }
  }

  /// What a task or an executor holds.
  struct Claim {
    var agent: Int
    var framework: Int
    var role: Int
    var tally: ResourceTally
  }

  struct ExecutorName: Hashable {
    var framework: Int
    var agent: Int
    var executor: ExecutorID
  }

  /// The time of what was told last.
  var now = Instant.zero
  var agents: [Agent?] = []
  var offers = LiveOffers()
  var roles = RoleUses()
  /// By number. Nil for those that hold nothing.
  var tasks: [Claim?] = []
  var executors: [ExecutorName: Claim] = [:]
  var refusals = RefusedOffers()

  /// Returns which agent and role has more than there is, if there is one.
  mutating func offered(
    _ offer: Offer, agent: Int, framework: Int, on session: SessionID
  ) -> Excess? {
    let tally = ResourceTally(offer.resources)
    let role = roles.number(offer.allocationRole)
    guard agents[growing: agent, filledWith: nil] != nil, let number = offer.id.number else {
      return .unknownAgent(agent)
    }
    let excess = excess(of: tally, tally.unreserved, agent: agent, role: role)
    hold(tally, agent: agent, role: role, isOffer: true)
    offers.add(
      LiveOffer(
        agent: agent, framework: framework, session: session, role: role, tally: tally,
        resources: offer.resources), number)
    return excess
  }

  /// When the filter ends that should have kept an offer from a framework; nil if there is none.
  mutating func refusedUntil(_ offer: Offer, agent: Int, framework: Int, at time: Instant) -> Instant? {
    let role = roles.number(offer.allocationRole)
    return refusals.end(agent: agent, framework: framework, role: role, offer.resources, at: time)
  }

  /// An offer is no longer out. Returns what it was.
  @discardableResult
  mutating func ended(_ offer: OfferID, of framework: Int? = nil) -> LiveOffer? {
    guard let number = offer.number else { return nil }
    if let framework, offers.framework(of: number) != framework { return nil }
    guard let live = offers.remove(number) else { return nil }
    release(live.tally, agent: live.agent, role: live.role, isOffer: true)
    return live
  }

  /// The offers that were made on a session are over with it.
  mutating func ended(_ session: SessionID) { endOffers { $0.session == session } }

  /// A framework that subscribes again has no offers any more.
  mutating func subscribed(_ framework: Int) { endOffers { $0.framework == framework } }

  private mutating func endOffers(where isMeant: (LiveOffer) -> Bool) {
    for offer in offers.removeAll(where: isMeant) {
      release(offer.tally, agent: offer.agent, role: offer.role, isOffer: true)
    }
  }

  // MARK: Tasks

  /// The master has an agent run a task, for which offers were used up.
  mutating func launched(_ task: Int, _ info: TaskInfo, framework: Int, agent: Int) -> Excess? {
    guard agents[growing: agent, filledWith: nil] != nil else { return .unknownAgent(agent) }
    let tally = ResourceTally(info.resources)
    let role = roles.number(info.resources.first?.allocationRole ?? Role.anyone)
    // It was counted against the limits when it was offered.
    let excess = excess(of: tally, SIMD4(), agent: agent, role: role)
    claim(task, Claim(agent: agent, framework: framework, role: role, tally: tally))
    return excess
  }

  /// The same for the executor of a task.
  mutating func launched(_ executor: ExecutorInfo, framework: Int, agent: Int) {
    let role = roles.number(executor.resources.first?.allocationRole ?? Role.anyone)
    let name = ExecutorName(framework: framework, agent: agent, executor: executor.id)
    ended(name)
    let claim = Claim(
      agent: agent, framework: framework, role: role, tally: ResourceTally(executor.resources))
    executors[name] = claim
    hold(claim.tally, agent: agent, role: role, isOffer: false)
  }

  private mutating func claim(_ task: Int, _ claim: Claim) {
    ended(task)
    tasks[growing: task, filledWith: nil] = claim
    hold(claim.tally, agent: claim.agent, role: claim.role, isOffer: false)
  }

  /// A task holds nothing any more. With an agent: if it is there.
  mutating func ended(_ task: Int, on agent: Int? = nil) {
    guard task < tasks.count, let claim = tasks[task], agent == nil || claim.agent == agent else { return }
    tasks[task] = nil
    release(claim.tally, agent: claim.agent, role: claim.role, isOffer: false)
  }

  mutating func ended(_ executor: ExecutorName) {
    guard let claim = executors.removeValue(forKey: executor) else { return }
    release(claim.tally, agent: claim.agent, role: claim.role, isOffer: false)
  }

  /// Lets go of the claims of frameworks, or on agents, that are gone.
  mutating func endClaims(where isMeant: (Claim) -> Bool) {
    for task in tasks.indices { if let claim = tasks[task], isMeant(claim) { ended(task) } }
    // tidy: the order in which sums are made smaller does not matter
    for (name, claim) in executors where isMeant(claim) { ended(name) }
  }

  // MARK: Agents

  /// The master has admitted an agent that has nothing.
  mutating func registered(_ agent: Int, _ node: NodeID, _ total: ResourceTally) {
    if let known = agents[growing: agent, filledWith: nil], known.isRegistered { return }
    agents[growing: agent, filledWith: nil] = Agent(node: node, total: total, changed: now)
  }

  /// The master has an agent back: what runs there is what the agent names. What it does not name the master may keep in its
  /// account until it has heard more; it may be of resources that the agent does not have in that form.
  mutating func reregistered(
    _ agent: Int, _ node: NodeID, _ total: ResourceTally, tasks named: [(task: Int, claim: Claim)],
    executors running: [(name: ExecutorName, claim: Claim)]
  ) {
    registered(agent, node, total)
    agents[agent]?.total = total
    let (tasksThere, executorsThere) = (Set(named.map(\.task)), Set(running.map(\.name)))
    for task in tasks.indices where tasks[task]?.agent == agent && !tasksThere.contains(task) { ended(task) }
    for (task, claim) in named where tasks[growing: task, filledWith: nil] == nil { self.claim(task, claim) }
    // tidy: the order in which sums are made smaller does not matter
    for name in executors.keys where name.agent == agent && !executorsThere.contains(name) { ended(name) }
    for (name, claim) in running where executors[name] == nil {
      executors[name] = claim
      hold(claim.tally, agent: agent, role: claim.role, isOffer: false)
    }
  }

  /// An agent has left the cluster.
  mutating func left(_ agent: Int) {
    endClaims { $0.agent == agent }
    if agents[growing: agent, filledWith: nil] != nil { agents[agent]?.isRegistered = false }
  }

  // MARK: Sums

  /// Too much of something is given away with this.
  enum Excess {
    case unknownAgent(Int)
    case agent(Int, ResourceTally)
    case role(Int, SIMD4<Int64>)
  }

  /// What is wrong with giving something away beside what is held: of the agent, or in the role, for which `fresh` counts.
  private func excess(of tally: ResourceTally, _ fresh: SIMD4<Int64>, agent: Int, role: Int) -> Excess? {
    guard let hasRoom = agents[agent]?.hasRoom(for: tally) else { return .unknownAgent(agent) }
    if !hasRoom { return .agent(agent, tally) }
    return roles.isOver(role, with: tally.unreserved, fresh).map { .role($0, fresh) }
  }

  /// Whether it is still so, now that it is held.
  func isTrue(_ excess: Excess) -> Bool {
    switch excess {
    case .unknownAgent: return true
    case .agent(let number, let tally):
      guard let agent = agents[number] else { return false }
      var others = agent.offered
      others += agent.used
      if !tally.rest.isEmpty { return isDouble(number, agent.total.rest) }
      others -= tally
      return !agent.total.hasRoom(for: tally, beside: others)
    case .role(let role, let fresh): return roles.isOver(role, with: SIMD4(), fresh) != nil
    }
  }

  /// Whether something that cannot be told by its amount alone, as a port, is held twice on an agent.
  private func isDouble(_ agent: Int, _ total: Resources) -> Bool {
    var left = total
    var isDouble = false
    func take(_ tally: ResourceTally) {
      if !left.contains(tally.rest) { isDouble = true }
      left -= tally.rest
    }
    // tidy: whether something is there twice does not depend on the order
    offers.visit { if $0.agent == agent { take($0.tally) } }
    for case let claim? in tasks where claim.agent == agent { take(claim.tally) }
    for claim in executors.values where claim.agent == agent { take(claim.tally) }
    return isDouble
  }

  private mutating func hold(_ tally: ResourceTally, agent: Int, role: Int, isOffer: Bool) {
    agents[agent]?.changed = now
    if isOffer { agents[agent]?.offered += tally } else { agents[agent]?.used += tally }
    roles.add(tally.unreserved, to: role)
  }

  private mutating func release(_ tally: ResourceTally, agent: Int, role: Int, isOffer: Bool) {
    agents[agent]?.changed = now
    if isOffer { agents[agent]?.offered -= tally } else { agents[agent]?.used -= tally }
    roles.add(SIMD4() &- tally.unreserved, to: role)
  }
}
