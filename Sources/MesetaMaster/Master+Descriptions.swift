// What readers are told of agents, frameworks, tasks and executors.

import DequeModule
import MesetaAllocator
package import MesetaModel
public import MesetaProtocol
import MesetaRuntime

extension Master {
  /// When the master started, in nanoseconds since the Unix epoch.
  public var startedAt: Int64 { startTime.wall }

  /// All that there is.
  public func describeCluster() -> ClusterDescription {
    ClusterDescription(
      agents: describeAgents(), recoveredAgents: absentAgents.all, frameworks: describeFrameworks(),
      tasks: describeTasks() + describeUnreachableTasks(), executors: describeExecutors())
  }

  /// The agents that are registered, in the order of their slots.
  public func describeAgents() -> [AgentDescription] {
    var descriptions: [AgentDescription] = []
    agents.visit { _, agent in descriptions.append(describe(agent)) }
    return descriptions
  }

  func describe(_ agent: AgentEntry) -> AgentDescription {
    var (allocated, offered) = (Resources(), Resources())
    allocator.visitHoldings(of: agent.slot) { role, held, used in
      let name = roleName(role)
      allocated += used.allocated(to: name)
      offered += held.allocated(to: name)
    }
    var description = AgentDescription(
      agent.info, isActive: agent.session != nil && maintenance.standing(agent.id) == nil,
      version: agent.registration.version, nativeAddress: agent.registration.nativeAddress,
      registeredTime: agent.registeredTime, allocated: allocated, offered: offered,
      total: allocator.total(agent.slot),
      standing: maintenance.standing(agent.id), drainStartTime: agent.drainStartTime)
    description.info.id = agent.id
    description.reregisteredTime = agent.reregisteredTime
    description.capabilities = agent.registration.capabilities
    return description
  }

  /// How many agents are registered: those that are offered, the others, and those that went unreachable.
  package var agentCounts: (active: Int, inactive: Int, unreachable: Int) {
    var active = 0
    agents.visit { _, agent in
      if agent.session != nil, maintenance.standing(agent.id) == nil { active += 1 }
    }
    return (active, agents.count - active, unreachableAgents.count)
  }

  /// The frameworks that are there, then those that are over.
  public func describeFrameworks() -> [FrameworkDescription] {
    var descriptions: [FrameworkDescription] = []
    visitFrameworks { descriptions.append($0.description) }
    return descriptions
  }

  /// Looks at the frameworks that are there, then at those that are over; or at the one with an id.
  package func visitFrameworks(_ id: FrameworkID? = nil, _ body: (FrameworkReading) -> Void) {
    frameworks.visit { key, framework in
      if let id, framework.id != id { return }
      body(FrameworkReading(framework, key, self))
    }
    for (name, framework) in completedFrameworks.entries where id == nil || name == id {
      body(FrameworkReading(framework, name))
    }
  }

  /// The custom executors that run, by their agents.
  public func describeExecutors() -> [ExecutorDescription] {
    var descriptions: [ExecutorDescription] = []
    agents.visit { _, agent in
      descriptions += agent.executors.entries.map { ExecutorDescription($0.info, on: agent.id) }
    }
    return descriptions
  }

  /// The tasks that are there, then those that ended, as far as they are kept.
  public func describeTasks() -> [TaskDescription] {
    var descriptions: [TaskDescription] = []
    tasks.visit { _, task in
      guard frameworks.contains(task.framework) else { return }
      descriptions.append(describe(task, of: frameworks[valid: task.framework].id))
    }
    visitFrameworks { framework in framework.visitCompletedTasks { descriptions.append($0) } }
    return descriptions
  }

  /// The tasks whose agents went unreachable, as far as they are kept.
  public func describeUnreachableTasks() -> [TaskDescription] {
    var descriptions: [TaskDescription] = []
    visitFrameworks { framework in framework.visitUnreachableTasks { descriptions.append($0) } }
    return descriptions
  }

  func describe(_ task: TaskEntry, of framework: FrameworkID) -> TaskDescription {
    TaskDescription(
      TaskRecord(
        framework, task.info, state: task.state, statusUpdateState: task.statusUpdateState,
        statusUpdateUUID: task.statusUpdateUUID), statuses: task.statuses.statuses(of: task.info))
  }

  /// What the tasks and executors of a framework hold. O(tasks).
  fileprivate func used(by framework: FrameworkEntry, _ key: FrameworkKey) -> Resources {
    var sum = Resources()
    for key in framework.taskOrder where tasks.contains(key) && tasks[valid: key].holdsResources {
      sum += tasks[valid: key].info.resources
    }
    for agent in framework.executorAgents.keys.sorted() {
      for executor in agents[agent]?.executors.entries(of: key) ?? [] { sum += executor.info.resources }
    }
    return sum
  }

  fileprivate func offers(to framework: FrameworkEntry, _ key: FrameworkKey) -> [FrameworkReading.Offer] {
    offers.identifiers(ofFramework: key).compactMap { id in
      guard let offer = offers.offer(id), agents.contains(offer.agent) else { return nil }
      let role = roleName(offer.role)
      return FrameworkReading.Offer(
        id: id, agentID: agents[valid: offer.agent].id, role: role,
        resources: offer.resources.allocated(to: role))
    }
  }
}

/// A framework in a master that somebody reads in, and what belongs to it.
package struct FrameworkReading {
  /// Resources that are on offer to the framework.
  package struct Offer: Sendable {
    package let id: OfferID
    package let agentID: AgentID
    package let role: String
    package let resources: Resources
  }

  private enum Source {
    case live(FrameworkEntry, FrameworkKey, Master)
    case completed(CompletedFramework)
  }

  package let id: FrameworkID
  private let source: Source

  init(_ framework: FrameworkEntry, _ key: FrameworkKey, _ master: Master) {
    id = framework.id
    source = .live(framework, key, master)
  }

  fileprivate init(_ framework: CompletedFramework, _ id: FrameworkID) {
    self.id = id
    source = .completed(framework)
  }

  package var isCompleted: Bool {
    if case .completed = source { true } else { false }
  }

  /// O(tasks).
  package var description: FrameworkDescription {
    switch source {
    case .live(let framework, let key, let master):
      var offered = Resources()
      for offer in master.offers(to: framework, key) { offered += offer.resources }
      var description = FrameworkDescription(
        framework.info, isConnected: framework.session != nil, isCompleted: false,
        registeredTime: framework.registeredTime, allocated: master.used(by: framework, key),
        offered: offered, offerConstraints: framework.offerConstraints)
      description.isRecovered = framework.isRecovered
      description.reregisteredTime = framework.reregisteredTime
      return description
    case .completed(let framework):
      var description = FrameworkDescription(
        framework.info, isConnected: false, isCompleted: true, registeredTime: framework.registeredTime,
        allocated: Resources(), offered: Resources(), offerConstraints: framework.offerConstraints)
      description.reregisteredTime = framework.reregisteredTime
      description.unregisteredTime = framework.unregisteredTime
      return description
    }
  }

  package var offers: [Offer] {
    guard case .live(let framework, let key, let master) = source else { return [] }
    return master.offers(to: framework, key)
  }

  package var executors: [ExecutorDescription] {
    guard case .live(let framework, let key, let master) = source else { return [] }
    return framework.executorAgents.keys.sorted().flatMap { agent in
      (master.agents[agent]?.executors.entries(of: key) ?? []).map {
        ExecutorDescription($0.info, on: master.agents[valid: agent].id)
      }
    }
  }

  package func visitTasks<Failure: Error>(
    _ body: (TaskDescription) throws(Failure) -> Void
  ) throws(Failure) {
    guard case .live(let framework, _, let master) = source else { return }
    for key in framework.taskOrder where master.tasks.contains(key) {
      try body(master.describe(master.tasks[valid: key], of: id))
    }
  }

  package func visitUnreachableTasks<Failure: Error>(
    _ body: (TaskDescription) throws(Failure) -> Void
  ) throws(Failure) {
    guard case .live(let framework, _, _) = source else { return }
    for (_, task) in framework.unreachableTasks.entries { try body(task.describe(of: id)) }
  }

  /// The oldest first.
  package func visitCompletedTasks<Failure: Error>(
    _ body: (TaskDescription) throws(Failure) -> Void
  ) throws(Failure) {
    switch source {
    case .live(let framework, _, _): for task in framework.completedTasks { try body(task.describe(of: id)) }
    case .completed(let framework): for task in framework.tasks { try body(task.describe(of: id)) }
    }
  }
}
