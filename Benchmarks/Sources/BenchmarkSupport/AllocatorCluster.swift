// A cluster as the allocator sees it, and a master that does nothing but allocate.

package import MesetaAllocator
import MesetaMaster
package import MesetaModel
package import MesetaRuntime

/// Agents and frameworks in an allocator. Its cycles are the master's: in slices, each offer made into what travels.
package struct AllocatorCluster {
  package struct Size {
    package var agents: Int
    package var frameworks: Int
    package var roles: Int
    package var quota: Bool

    package init(agents: Int, frameworks: Int, roles: Int, quota: Bool = false) {
      self.agents = agents
      self.frameworks = frameworks
      self.roles = roles
      self.quota = quota
    }
  }

  package static let agentText = "cpus:24;mem:4096;disk:4096;ports:[31000-32000]"
  /// Of an agent, what a framework uses in the benchmark of declined offers: of the ports 15 single ones and a range.
  private static let usedText =
    "cpus:16;mem:2014;disk:1024;ports:["
    + (0..<15).map { "\(31000 + 2 * $0)-\(31000 + 2 * $0)," }.joined() + "31030-32000]"

  private var allocator = Allocator(Allocator.Options(maxOutstandingOffers: .max), seed: 1)
  private var agents: [AgentSlot] = []
  private var frameworks: [FrameworkSlot] = []
  /// The offers that are not answered.
  package private(set) var outstanding: [Allocation] = []
  /// How long adding all agents took, in nanoseconds.
  package private(set) var addingTime: Int64 = 0

  private let roleNames: [String]
  private let slice = MasterConfiguration().allocationSlice
  private var agentIDs: [AgentID] = []
  private var frameworkIDs: [FrameworkID] = []
  /// The offers that the last cycle made.
  private var offers: [Offer] = []
  private var offerNumber: UInt64 = 0

  /// - Parameter inUse: whether a part of each agent is in use by one of the frameworks.
  package init(_ size: Size, inUse: Bool = false) throws {
    roleNames = (0..<size.roles).map { "role-\($0)" }
    if size.quota { setQuotas(size) }
    for number in 0..<size.frameworks {
      frameworks.append(
        allocator.addFramework(
          roles: [roleNames[number % size.roles]], capabilities: [.multiRole, .partitionAware]))
      frameworkIDs.append(FrameworkID("framework-\(number)"))
    }
    // Each agent's resources are memory of their own, as when each comes with a message.
    let totals = try (0..<size.agents).map { _ in try Resources(parsing: Self.agentText) }
    agentIDs = (0..<size.agents).map { AgentID("agent-\($0)") }
    agents.reserveCapacity(size.agents)
    let start = Clock.now()
    for total in totals { add(total) }
    addingTime = Clock.now() - start
    guard inUse else { return }
    for number in agents.indices {
      let framework = number % size.frameworks
      allocator.addUsed(
        agents[number], frameworks[framework], role: roleNames[framework % size.roles],
        try Resources(parsing: Self.usedText))
    }
  }

  package mutating func add(_ total: Resources) { agents.append(allocator.addAgent(total: total)) }

  /// Of six roles five have half of their part of the cluster's agents, and one has twice of it, as guarantee and limit:
  /// with as many roles as agents, half an agent and two agents, as in Mesos's benchmark of quotas.
  private mutating func setQuotas(_ size: Size) {
    let half = size.agents * 500 / size.roles
    for (number, role) in roleNames.enumerated() {
      let thousandths = Int64(number % 6 == 5 ? 4 * half : half)
      let part = [("cpus", 24), ("mem", 4096), ("disk", 4096)].map {
        ResourceQuantity($0.0, Scalar(milli: thousandths * $0.1))
      }
      allocator.setQuota(role, Quota(guarantees: part, limits: part))
    }
  }

  // MARK: Cycles

  /// Lets the allocator work until it has nothing left to do, and makes its offers. Returns how long each call took
  /// together with the making of its offers, in nanoseconds.
  @discardableResult
  package mutating func slices(at now: Instant = .zero) -> (total: Int64, longest: Int64) {
    offers.removeAll(keepingCapacity: true)
    var (start, longest) = (Clock.now(), Int64(0))
    let first = start
    var isFinished = false
    while !isFinished {
      let made = outstanding.count
      isFinished = allocator.allocate(now: now, limit: slice) { outstanding.append($0) }
      for index in made..<outstanding.count { offers.append(describe(outstanding[index])) }
      let end = Clock.now()
      longest = max(longest, end - start)
      start = end
    }
    return (start - first, longest)
  }

  /// ``slices(at:)``, of which only the sum counts.
  @discardableResult
  package mutating func cycle(at now: Instant = .zero) -> Int64 { slices(at: now).total }

  /// As the master does it.
  private mutating func describe(_ made: Allocation) -> Offer {
    let role = allocator.roleName(made.role) ?? Role.anyone
    offerNumber += 1
    return Offer(
      id: OfferID(prefix: "benchmark", number: offerNumber),
      frameworkID: frameworkIDs[Int(made.framework.index)], agentID: agentIDs[Int(made.agent.index)],
      hostname: "localhost", resources: made.resources.allocated(to: role), allocationRole: role)
  }

  // MARK: What changes between cycles

  /// Declines all offers. Returns how long that took, in nanoseconds.
  @discardableResult
  package mutating func declineAll(refuse: Span? = nil, at now: Instant = .zero) -> Int64 {
    let start = Clock.now()
    for offer in outstanding { recover(offer, refuse, now) }
    let time = Clock.now() - start
    outstanding.removeAll(keepingCapacity: true)
    offers.removeAll(keepingCapacity: true)
    return time
  }

  /// Lets every framework decline all that is free of every agent. Returns how many offers were declined.
  ///
  /// Some agents at a time, which the processor's cache can hold, while the others are not active.
  package mutating func declineEverything(refuse: Span, at now: Instant = .zero) -> Int {
    declineAll(at: now)
    for agent in agents { allocator.setActive(agent, false) }
    var count = 0
    for start in stride(from: 0, to: agents.count, by: 100) {
      let some = agents[start..<min(start + 100, agents.count)]
      for agent in some { allocator.setActive(agent, true) }
      cycle(at: now)
      while !outstanding.isEmpty {
        count += outstanding.count
        declineAll(refuse: refuse, at: now)
        cycle(at: now)
      }
      for agent in some { allocator.setActive(agent, false) }
    }
    for agent in agents { allocator.setActive(agent, true) }
    cycle(at: now)
    return count
  }

  /// Declines the latest of the offers.
  package mutating func declineLast(refuse: Span? = nil) {
    if let offer = outstanding.popLast() { recover(offer, refuse, .zero) }
  }

  /// Declines each hundredth of the offers, other ones with each round.
  package mutating func declineHundredth(round: Int) {
    let stride = min(100, max(1, outstanding.count))
    var index = outstanding.count - 1 - round % stride
    while index >= 0 {
      recover(outstanding[index], nil, .zero)
      outstanding.swapAt(index, outstanding.count - 1)
      outstanding.removeLast()
      index -= stride
    }
  }

  /// A small task starts and ends on each hundredth of the agents, other ones with each round: there is as much free as
  /// before.
  package mutating func touchHundredth(round: Int) {
    let stride = min(100, agents.count)
    for index in Swift.stride(from: round % stride, to: agents.count, by: stride) { touch(index) }
  }

  package mutating func touch(_ agent: Int) {
    let framework = agent % frameworks.count
    let role = roleNames[framework % roleNames.count]
    guard
      let slot = allocator.addUsed(agents[agent], frameworks[framework], role: role, Self.smallTask),
      allocator.recoverUsed(agents[agent], frameworks[framework], slot, Self.smallTask)
    else { preconditionFailure("a task does not fit onto agent \(agent)") }
  }

  private static let smallTask: Resources = "cpus:1;mem:32"

  private mutating func recover(_ offer: Allocation, _ refuse: Span?, _ now: Instant) {
    let isRecovered = allocator.recoverOffered(
      offer.agent, offer.framework, offer.role, offer.resources, refuse: refuse, now: now)
    precondition(isRecovered, "what is declined was not offered")
  }
}
