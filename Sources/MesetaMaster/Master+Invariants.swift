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
    tasks.visit { key, task in
      // In place: a copy of a framework or an agent for each of their tasks costs more than all else here.
      expect(
        frameworks.contains(task.framework) && frameworks[valid: task.framework].tasks[task.info.id] == key,
        "task \(task.info.id) has no owner")
      expect(
        agents.contains(task.agent) && agents[valid: task.agent].tasks[Int(task.positionOnAgent)] == key,
        "task \(task.info.id) is misplaced")
    }
    return problem
  }
}
