// What an executor has to tell its agent again after a reconnection.

import MesetaModel

/// The tasks and updates that the agent has not acknowledged, in the order they came.
struct Unacknowledged: Hashable, Sendable {
  /// Tasks of which no update has been acknowledged: the agent may not have written them down.
  private(set) var tasks = Backlog<TaskID, TaskInfo>()
  private(set) var updates = Backlog<UUID, TaskStatus>()
  /// Every task that was launched and has not ended, so that a launch that comes again is told from a new one.
  /// For look-up only.
  private var live: Set<TaskID> = []

  /// Whether the task is new.
  mutating func launch(_ task: TaskInfo) -> Bool {
    guard live.insert(task.id).inserted else { return false }
    tasks.add(task, as: task.id)
    return true
  }

  /// Adds an update, which has a uuid.
  mutating func add(_ update: TaskStatus) {
    if let uuid = update.uuid { updates.add(update, as: uuid) }
    if update.state.isTerminal { live.remove(update.taskID) }
  }

  mutating func acknowledged(_ id: TaskID, _ uuid: UUID) {
    tasks.remove(id)
    if updates[uuid]?.taskID == id { updates.remove(uuid) }
  }
}

/// Values in the order they came, of which any can be taken out at once.
struct Backlog<Key: Hashable & Sendable, Value: Hashable & Sendable>: Hashable, Sendable {
  /// Nil where a value was taken out.
  private var items: [(key: Key, value: Value)?] = []
  /// Where each value stands; for look-up only.
  private var places: [Key: Int] = [:]

  var isEmpty: Bool { places.isEmpty }
  var values: [Value] { items.compactMap { $0?.value } }

  subscript(key: Key) -> Value? { places[key].flatMap { items[$0]?.value } }

  /// Adds a value at the end, in place of an earlier one of that key.
  mutating func add(_ value: Value, as key: Key) {
    remove(key)
    places[key] = items.count
    items.append((key, value))
  }

  mutating func remove(_ key: Key) {
    guard let place = places.removeValue(forKey: key) else { return }
    items[place] = nil
    // Empty places are given back when they are half, so that each costs O(1).
    if places.isEmpty {
      items.removeAll(keepingCapacity: items.count <= 1024)
    } else if items.count > 2 * places.count + 16 {
      compact()
    }
  }

  private mutating func compact() {
    items.removeAll { $0 == nil }
    for (place, item) in items.enumerated() { if let item { places[item.key] = place } }
  }

  static func == (left: Backlog, right: Backlog) -> Bool { left.values == right.values }
  func hash(into hasher: inout Hasher) { hasher.combine(values) }
}
