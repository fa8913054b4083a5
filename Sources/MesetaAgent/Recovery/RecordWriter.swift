internal import DequeModule
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// What has to be written down, and what waits until it is there for good.
///
/// What is written survives the agent, what is synchronised also the machine. A container is launched once its record is
/// written. An update is told to the master, and acknowledged to its executor, once it is synchronised, and so is that
/// the one before it was acknowledged.
struct RecordWriter: Codable, Sendable {
  /// What waits for the synchronisation of an update.
  enum Waiter: Codable, Sendable {
    case update(TaskTable.Key)
    /// The next update of a task of which one was acknowledged.
    case acknowledged(TaskTable.Key)
    /// The executor that sent it waits for its acknowledgement.
    case acknowledgement(ExecutorTable.Key, TaskID, UUID)
    /// The master hears of it after the ends of the executor's tasks.
    case executorEnd(ExecutorEnd)
  }

  private struct Wait: Codable, Sendable {
    var waiter: Waiter
    var token: UInt64
  }

  /// Whether anything is written down at all.
  let isOn: Bool
  private var records: [AgentRecord] = []
  private var lastToken: UInt64 = 0
  /// Something waits for the next synchronisation.
  private var isAwaited = false
  private var waits: Deque<Wait> = []

  init(isOn: Bool) { self.isOn = isOn }

  /// Nothing waits: all that was taken is there for good.
  var isSettled: Bool { waits.isEmpty }
  var isEmpty: Bool { records.isEmpty }
  var waitCount: Int { waits.count }

  mutating func add(_ record: consuming AgentRecord) {
    // Mostly there is one: an array that is made of it is not grown for it.
    if records.isEmpty { records = [record] } else { records.append(record) }
  }

  mutating func wait(_ waiter: Waiter) {
    isAwaited = true
    waits.append(Wait(waiter: waiter, token: lastToken + 1))
  }

  mutating func take() -> [AgentRecord] {
    defer { records = [] }
    return records
  }

  /// The token of a synchronisation, if one is waited for.
  mutating func takeToken() -> StorageToken? {
    guard isAwaited else { return nil }
    isAwaited = false
    lastToken += 1
    return StorageToken(lastToken)
  }

  /// Something that waited for that synchronisation, or an earlier one, and waits no longer.
  mutating func takeSettled(_ token: StorageToken) -> Waiter? {
    guard !waits.isEmpty, waits[0].token <= token.number else { return nil }
    return waits.removeFirst().waiter
  }
}

extension Agent {
  /// Notes a change that has to be written down. It is, before anything that follows from it is done.
  mutating func remember(_ record: @autoclosure () -> AgentRecord) {
    if recorder.isOn { recorder.add(record()) }
  }

  /// Writes down what was noted, so that it survives the agent.
  mutating func writeRecords<E: AgentEffects>(_ effects: inout E) {
    if !recorder.isEmpty { effects.record(recorder.take(), synchronized: nil) }
  }

  /// Writes down what was noted in this batch, so that it survives the machine if anything waits for that.
  mutating func endRecords<E: AgentEffects>(_ effects: inout E) {
    if frameworks.hasRemoved {
      for id in frameworks.takeRemoved() { remember(.frameworkRemoved(id)) }
    }
    guard let token = recorder.takeToken() else { return writeRecords(&effects) }
    effects.record(recorder.take(), synchronized: token)
  }

  /// What was written down is there for good.
  mutating func recorded<E: AgentEffects>(_ token: StorageToken, at time: Time, _ effects: inout E) {
    while let waiter = recorder.takeSettled(token) {
      switch waiter {
      case .update(let key): updateIsKept(key, at: time, &effects)
      case .acknowledged(let key): acknowledgementIsKept(key, at: time, &effects)
      case .acknowledgement(let executor, let task, let uuid):
        guard let session = executors[executor]?.session else { continue }
        effects.send(.executorEvent(.acknowledged(task, uuid)), to: session)
      case .executorEnd(let end):
        if executors.find(end.name) == nil { tellMaster(hasEnded: end.name, status: end.status, &effects) }
      }
    }
    leaveIfStopped(at: time, &effects)
  }

  /// The framework may say something else of itself than what is written down.
  mutating func rememberFramework(_ key: FrameworkTable.Key) {
    guard recorder.isOn else { return }
    let info = frameworks.update(key) { $0.takeUnrecorded() } ?? nil
    if let info { recorder.add(.framework(info)) }
  }

  // MARK: What must not be done before it is written down

  mutating func launch<E: AgentEffects>(_ launch: consuming ContainerLaunch, _ effects: inout E) {
    writeRecords(&effects)
    effects.launch(launch)
  }

  mutating func endContainer<E: AgentEffects>(_ containerID: String, grace: Span, _ effects: inout E) {
    writeRecords(&effects)
    effects.kill(containerID: containerID, grace: grace)
  }

  mutating func forgetContainer<E: AgentEffects>(_ containerID: String, _ effects: inout E) {
    writeRecords(&effects)
    effects.forget(containerID: containerID)
  }
}
