import MesetaAllocator
import MesetaModel

/// A custom executor that runs on an agent.
struct ExecutorEntry: Codable, Sendable {
  var framework: FrameworkKey
  var info: ExecutorInfo
  /// Nil if the executor holds no resources.
  var role: RoleSlot?
}

/// The custom executors of an agent. Each is found by its id in O(1).
struct ExecutorTable: Codable, Sendable {
  private struct Name: Hashable, Codable, Sendable {
    var framework: FrameworkKey
    var id: ExecutorID
  }

  /// In the order they came, but that the last takes the place of one that goes.
  private(set) var entries: [ExecutorEntry] = []
  private var places: [Name: Int] = [:]

  subscript(id: ExecutorID, of framework: FrameworkKey) -> ExecutorEntry? {
    if entries.isEmpty { return nil }  // as on most agents
    return places[Name(framework: framework, id: id)].map { entries[$0] }
  }

  /// Enters an executor that is not there yet.
  mutating func insert(_ executor: ExecutorEntry) {
    places[Name(framework: executor.framework, id: executor.info.id)] = entries.count
    entries.append(executor)
  }

  mutating func remove(_ id: ExecutorID, of framework: FrameworkKey) -> ExecutorEntry? {
    guard let place = places.removeValue(forKey: Name(framework: framework, id: id)) else { return nil }
    let executor = entries[place]
    if let moved = entries.swapRemove(at: place) {
      places[Name(framework: moved.framework, id: moved.info.id)] = place
    }
    return executor
  }

  /// The executors of a framework. O(n) in all executors.
  func entries(of framework: FrameworkKey) -> [ExecutorEntry] { entries.filter { $0.framework == framework } }
}

extension AgentEntry {
  /// The executor that a task would join; nil if its executor does not run here, or it has none of its own.
  func executor(of task: TaskInfo, _ framework: FrameworkKey) -> ExecutorEntry? {
    if executors.entries.isEmpty || !task.hasExecutor { return nil }
    return task.executor.flatMap { executors[$0.id, of: framework] }
  }

  func runs(_ id: ExecutorID, of framework: FrameworkKey) -> Bool { executors[id, of: framework] != nil }
}
