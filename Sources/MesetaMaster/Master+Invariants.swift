// What must hold between the tables of a master at any time.

import MesetaAllocator
import MesetaModel
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
    return problem
  }
}
