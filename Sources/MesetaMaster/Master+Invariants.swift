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
    var problem = allocator.conservationViolation()
    func expect(_ holds: Bool, _ text: @autoclosure () -> String) {
      if problem == nil, !holds { problem = text() }
    }
    // In place: a copy of each task, and of its framework and agent, costs more than all else here.
    for index in 0..<tasks.capacity {
      guard let key = tasks.key(at: index) else { continue }
      let (framework, agent) = (tasks[valid: key].framework, tasks[valid: key].agent)
      let isOwned =
        frameworks.contains(framework)
        && frameworks[valid: framework].tasks[tasks[valid: key].info.id] == key
      expect(isOwned, "task \(tasks[valid: key].info.id) has no owner")
      let isThere =
        agents.contains(agent) && agents[valid: agent].tasks[Int(tasks[valid: key].positionOnAgent)] == key
      expect(isThere, "task \(tasks[valid: key].info.id) is misplaced")
    }
    for index in 0..<agents.capacity {
      guard let key = agents.key(at: index) else { continue }
      expect(
        agentsByID[agents[valid: key].id] == key, "agent \(agents[valid: key].id) is not found by its id")
      if problem == nil { problem = brokenAccount(of: key) }
    }
    return problem
  }

  /// What does not add up of an agent's resources: by the allocator's account, and by the offers, tasks and executors that
  /// hold them. Nil if all does, and for an agent that is not there.
  package func brokenAccount(of id: AgentID) -> String? {
    guard let key = agentsByID[id], agents.contains(key) else { return nil }
    return allocator.conservationViolation(of: agents[valid: key].slot) ?? brokenAccount(of: key)
  }

  private func brokenAccount(of key: AgentKey) -> String? {
    let (id, slot) = (agents[valid: key].id, agents[valid: key].slot)
    let (offered, used) = (offers.sum(ofAgent: key), used(onAgent: key))
    let (allocatedOffers, allocatedUses) = allocator.sums(of: slot)
    if offered != allocatedOffers {
      return "agent \(id): the offers are \(offered), the allocator has \(allocatedOffers)"
    }
    if used != allocatedUses {
      return "agent \(id): tasks and executors use \(used), the allocator has \(allocatedUses)"
    }
    return nil
  }

  /// What the tasks and executors of an agent hold together.
  private func used(onAgent agent: AgentKey) -> ResourceSum {
    var used = ResourceSum()
    for key in agents[valid: agent].tasks where tasks.contains(key) {
      guard tasks[valid: key].holdsResources, tasks[valid: key].role != nil else { continue }
      tasks[valid: key].info.addResources(to: &used)
    }
    if agents[valid: agent].executors.entries.isEmpty { return used }
    for executor in agents[valid: agent].executors.entries where executor.role != nil {
      used.addAtRest(executor.info.resources)
    }
    return used
  }
}
