// What must hold between the tables of a master at any time.

import MesetaAllocator
package import MesetaModel
import MesetaRuntime

extension Master {
  /// Stops the program where what must hold at any time does not: a defect of the master, never of its inputs.
  /// O(everything).
  public func checkInvariants() {
    if let problem = brokenInvariant() { preconditionFailure(problem) }
  }

  /// What does not hold, if something does not. O(everything).
  package func brokenInvariant() -> String? {
    var audit = Audit(agents: agents.capacity)
    audit.problem = allocator.conservationViolation(&audit.allocated)
    // In place: a copy of each task, and of its framework and agent, costs more than all else here.
    addTasks(to: &audit)
    for index in 0..<frameworks.capacity {
      if let key = frameworks.key(at: index) { checkTasks(ofFramework: key, &audit) }
    }
    audit.expect(audit.owned == tasks.count, "a task has no owner")
    for index in 0..<agents.capacity {
      guard let key = agents.key(at: index) else { continue }
      audit.expect(
        agentsByID[agents[valid: key].id] == key, "agent \(agents[valid: key].id) is not found by its id")
      checkTasks(ofAgent: key, &audit)
      addExecutors(ofAgent: key, to: &audit.used[index])
      let slot = Int(agents[valid: key].slot.index)
      let allocated = slot < audit.allocated.count ? audit.allocated[slot] : AgentSums()
      if audit.problem == nil { audit.problem = problem(of: key, used: audit.used[index], allocated) }
    }
    audit.expect(audit.placed == tasks.count, "a task is misplaced: it is in no agent's list")
    return audit.problem
  }

  /// What is found while all tasks are gone through.
  private struct Audit {
    var problem: String?
    /// What the allocator has of each agent, by its slot.
    var allocated: [AgentSums] = []
    /// What the tasks and executors of each agent hold together.
    var used: [ResourceSum]
    /// How many tasks were found with their frameworks, and with their agents.
    var owned = 0
    var placed = 0

    init(agents: Int) { used = Array(repeating: ResourceSum(), count: agents) }

    mutating func expect(_ holds: Bool, _ text: @autoclosure () -> String) {
      if problem == nil, !holds { problem = text() }
    }
  }

  /// Adds up what the tasks of each agent hold.
  private func addTasks(to audit: inout Audit) {
    for index in 0..<tasks.capacity {
      guard tasks.key(at: index) != nil, tasks[index].holdsResources, tasks[index].role != nil
      else { continue }
      let agent = Int(tasks[index].agent.index)
      if agent < audit.used.count { tasks[index].info.addResources(to: &audit.used[agent]) }
    }
  }

  /// Every task is found by its id with the framework that it is of.
  private func checkTasks(ofFramework framework: FrameworkKey, _ audit: inout Audit) {
    audit.owned += frameworks[valid: framework].tasks.count
    var stray: TaskID?
    let areFound = frameworks[valid: framework].tasks.allSatisfy { id, key in
      let isThere =
        tasks.contains(key) && tasks[valid: key].framework == framework && tasks[valid: key].info.id == id
      if !isThere { stray = id }
      return isThere
    }
    audit.expect(areFound, "task \(stray?.value ?? "of \(frameworks[valid: framework].id)") has no owner")
  }

  /// Every task is where it says in the list of its agent.
  private func checkTasks(ofAgent agent: AgentKey, _ audit: inout Audit) {
    var position: Int32 = 0
    for key in agents[valid: agent].tasks {
      let isThere =
        tasks.contains(key) && tasks[valid: key].agent == agent
        && tasks[valid: key].positionOnAgent == position
      audit.expect(isThere, "task \(tasks[key]?.info.id.value ?? "that is gone") is misplaced")
      position += 1
    }
    audit.placed += Int(position)
  }

  /// What does not add up of an agent's resources: by the allocator's account, and by the offers, tasks and executors that
  /// hold them. Nil if all does, and for an agent that is not there.
  package func brokenAccount(of id: AgentID) -> String? {
    guard let key = agentsByID[id], agents.contains(key) else { return nil }
    var allocated = AgentSums()
    if let violation = allocator.conservationViolation(of: agents[valid: key].slot, &allocated) {
      return violation
    }
    var used = ResourceSum()
    for task in agents[valid: key].tasks where tasks.contains(task) {
      guard tasks[valid: task].holdsResources, tasks[valid: task].role != nil else { continue }
      tasks[valid: task].info.addResources(to: &used)
    }
    addExecutors(ofAgent: key, to: &used)
    return problem(of: key, used: used, allocated)
  }

  private func problem(of key: AgentKey, used: ResourceSum, _ allocated: AgentSums) -> String? {
    let offered = offers.sum(ofAgent: key)
    let id = agents[valid: key].id
    if offered == allocated.offered, used == allocated.used {
      let shared = allocator.sharedOffers(of: agents[valid: key].slot)
      if shared == 0 || shared == offers.shared(ofAgent: key) { return nil }
      return
        "agent \(id): shared volumes are \(offers.shared(ofAgent: key)) times in offers, \(shared) times offered"
    }
    return offered != allocated.offered
      ? "agent \(id): the offers are \(offered), the allocator has \(allocated.offered)"
      : "agent \(id): tasks and executors use \(used), the allocator has \(allocated.used)"
  }

  private func addExecutors(ofAgent agent: AgentKey, to used: inout ResourceSum) {
    if agents[valid: agent].executors.entries.isEmpty { return }
    for executor in agents[valid: agent].executors.entries where executor.role != nil {
      used.addAtRest(executor.info.resources)
    }
  }
}
