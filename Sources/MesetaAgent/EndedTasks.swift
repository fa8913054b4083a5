import DequeModule
import MesetaModel

/// The tasks of an executor whose ends are acknowledged, as far as they are remembered: a report on one of them is late.
struct EndedTasks: Sendable, Codable {
  /// How many are remembered, the newest.
  static let capacity = 1000

  private var order: Deque<TaskID> = []

  /// O(n); asked for a task only that is not there.
  func contains(_ id: TaskID) -> Bool { order.contains(id) }

  mutating func add(_ id: TaskID) {
    order.append(id)
    if order.count > Self.capacity { order.removeFirst() }
  }
}
