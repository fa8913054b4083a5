// The changes of an agent, as statements.

import Foundation
import GRDB
import MesetaAgent
import MesetaModel
import MesetaProtocol

/// Takes changes into the tables of an agent.
struct AgentTables {
  private let db: Database
  private var encoder = RecordEncoder()

  init(_ db: Database) { self.db = db }

  mutating func take(_ record: AgentRecord) throws {
    switch record {
    case .framework(let info): try take(info)
    case .frameworkEnds(let id):
      try run("UPDATE frameworks SET is_ending = 1 WHERE id = ?", [id.value])
      try run(
        "UPDATE updates SET is_acknowledged = 1 WHERE task IN (SELECT number FROM tasks WHERE framework = ?)",
        [id.value])
    case .frameworkRemoved(let id): try run("DELETE FROM frameworks WHERE id = ?", [id.value])
    case .executor(let info, let containerID): try take(info, containerID)
    case .executorEnds(let key):
      try run(
        "UPDATE executors SET is_ending = 1 WHERE framework = ? AND id = ?",
        [key.frameworkID.value, key.executorID.value])
    case .executorRemoved(let key):
      let name: StatementArguments = [key.frameworkID.value, key.executorID.value]
      try run(
        "DELETE FROM ended_tasks WHERE executor = (SELECT number FROM executors WHERE framework = ? AND id = ?)",
        name)
      try run("DELETE FROM executors WHERE framework = ? AND id = ?", name)
    case .task(let task): try take(task)
    case .taskSent(let key):
      try run("UPDATE tasks SET is_sent = 1 WHERE framework = ? AND id = ?", key.names)
    case .taskKilled(let key, let kill):
      try run(
        "UPDATE tasks SET kill_reason = ?, kill_grace = ? WHERE framework = ? AND id = ?",
        [kill.reason.rawValue, kill.gracePeriod] + key.names)
    case .taskRemoved(let key, let executor): try remove(key, executor)
    case .update(let key, let status): try take(status, of: key)
    case .acknowledged(let key, let uuid): try acknowledge(uuid, of: key)
    }
  }

  private func run(_ sql: String, _ arguments: StatementArguments) throws {
    try db.cachedStatement(sql: sql).execute(arguments: arguments)
  }

  private mutating func take(_ info: FrameworkInfo) throws {
    guard let id = info.id else { return }
    try run(
      """
      INSERT INTO frameworks (id, info, is_ending) VALUES (?, ?, 0)
      ON CONFLICT (id) DO UPDATE SET info = excluded.info, is_ending = 0
      """, [id.value, encoder.encode(info)])
  }

  private mutating func take(_ info: ExecutorInfo, _ containerID: String) throws {
    guard let framework = info.frameworkID else { return }
    try run(
      "INSERT OR REPLACE INTO executors (framework, id, info, container, is_ending) VALUES (?, ?, ?, ?, 0)",
      [framework.value, info.id.value, encoder.encode(info), containerID])
  }

  private mutating func take(_ task: RecordedTask) throws {
    let info = task.info.map { encoder.encode($0) }
    try run(
      """
      INSERT OR REPLACE INTO tasks (framework, id, info, container, is_accepted, is_sent, state)
      VALUES (?, ?, ?, ?, ?, 0, ?)
      """,
      task.key.names + [info, task.containerID, task.isAccepted, TaskState.staging.rawValue])
  }

  private mutating func take(_ status: TaskStatus, of key: FrameworkTask) throws {
    let since = status.state == .running ? status.timestamp : nil
    try run(
      """
      UPDATE tasks SET state = ?, running_since = coalesce(running_since, ?)
      WHERE framework = ? AND id = ?
      """, [status.state.rawValue, since] + key.names)
    try run(
      """
      INSERT INTO updates (task, uuid, status, is_acknowledged)
      SELECT number, ?, ?, 0 FROM tasks WHERE framework = ? AND id = ?
      """, [Data(status.uuid?.bytes ?? []), encoder.encode(status)] + key.names)
  }

  private func acknowledge(_ uuid: MesetaModel.UUID, of key: FrameworkTask) throws {
    try run(
      """
      UPDATE updates SET is_acknowledged = 1
      WHERE task = (SELECT number FROM tasks WHERE framework = ? AND id = ?) AND uuid = ?
      """, key.names + [Data(uuid.bytes)])
    // Of long-lived tasks no more is kept than is needed to know again what an executor repeats.
    try run(
      """
      DELETE FROM updates
      WHERE task = (SELECT number FROM tasks WHERE framework = ?1 AND id = ?2) AND is_acknowledged = 1
        AND number <= (
          SELECT number FROM updates
          WHERE task = (SELECT number FROM tasks WHERE framework = ?1 AND id = ?2)
          ORDER BY number DESC LIMIT 1 OFFSET \(AgentMemory.knownCapacity))
      """, key.names)
  }

  private func remove(_ key: FrameworkTask, _ executor: ExecutorID?) throws {
    try run(
      "DELETE FROM updates WHERE task = (SELECT number FROM tasks WHERE framework = ? AND id = ?)", key.names)
    try run("DELETE FROM tasks WHERE framework = ? AND id = ?", key.names)
    guard let executor else { return }
    try run(
      """
      INSERT INTO ended_tasks (executor, id)
      SELECT number, ? FROM executors WHERE framework = ? AND id = ?
      """, [key.taskID.value, key.frameworkID.value, executor.value])
    // From time to time: to find the first that is one too many takes as long as there are tasks.
    guard db.changesCount > 0, db.lastInsertedRowID % 128 == 0 else { return }
    try run(
      """
      DELETE FROM ended_tasks
      WHERE executor = (SELECT number FROM executors WHERE framework = ?1 AND id = ?2)
        AND number <= (
          SELECT number FROM ended_tasks
          WHERE executor = (SELECT number FROM executors WHERE framework = ?1 AND id = ?2)
          ORDER BY number DESC LIMIT 1 OFFSET \(AgentMemory.endedCapacity))
      """, [key.frameworkID.value, executor.value])
  }
}

extension FrameworkTask {
  fileprivate var names: StatementArguments { [frameworkID.value, taskID.value] }
}
