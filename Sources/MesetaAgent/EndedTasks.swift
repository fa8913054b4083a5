import DequeModule
import MesetaModel
import MesetaProtocol

/// A task that has ended, or that went with what ran it.
struct EndedTask: Codable, Sendable {
  let info: TaskInfo
  let state: TaskState
  /// How it ended; nil if that was not reported.
  let status: TaskStatus?

  func describe(of framework: FrameworkID) -> TaskDescription {
    let record = TaskRecord(
      framework, info, state: state, statusUpdateState: status?.state, statusUpdateUUID: status?.uuid)
    return TaskDescription(record, statuses: status.map { [$0] } ?? [], isCompleted: true)
  }
}

extension AgentTask {
  /// What is remembered once it is over; nil for one that the agent only reports on.
  var ended: EndedTask? { info.map { EndedTask(info: $0, state: state, status: updates.end) } }
}

/// The tasks of an executor whose ends are acknowledged, as far as they are remembered: a report on one of them is late.
struct EndedTasks: Sendable, Codable {
  /// How many are remembered by name, the newest.
  static let capacity = 1000
  /// How many operators are told of, as in Mesos.
  static let toldCapacity = 200

  private var order: Deque<TaskID> = []
  /// The newest last.
  private(set) var told: Deque<EndedTask> = []

  /// O(n); asked for a task only that is not there.
  func contains(_ id: TaskID) -> Bool { order.contains(id) }

  /// - Parameter task: nil for one of an earlier life, or that was only reported on.
  mutating func add(_ id: TaskID, _ task: EndedTask? = nil) {
    order.append(id)
    if order.count > Self.capacity { order.removeFirst() }
    guard let task else { return }
    told.append(task)
    if told.count > Self.toldCapacity { told.removeFirst() }
  }
}
