// What an agent has written down, read again.

import Foundation
import GRDB
import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaWire

/// Reads the tables of an agent.
struct AgentTableReader {
  private let db: Database
  private var decoder = RecordDecoder()
  private var contents = AgentStore.Contents()

  init(_ db: Database) { self.db = db }

  mutating func read(isStrict: Bool) throws -> AgentStore.Contents {
    try readAgent()
    try readFrameworks()
    try readExecutors()
    try readTasks()
    if isStrict, let problem = contents.skipped.first { throw UnreadableRecord(description: problem) }
    return contents
  }

  private func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
    try Row.fetchAll(db, sql: sql, arguments: arguments)
  }

  /// Reads a record, or notes that it cannot be read.
  private mutating func decode<Value: WireConvertible>(
    _ type: Value.Type, _ record: Data?, _ name: @autoclosure () -> String
  ) -> Value? {
    do throws(UnreadableRecord) {
      return try decoder.decode(Value.self, record ?? Data())
    } catch {
      contents.skipped.append("\(name()): \(error)")
      return nil
    }
  }

  /// Without its id an agent has nothing to go on with.
  private mutating func readAgent() throws {
    guard let row = try rows("SELECT checkpoint, boot_id FROM agent").first else { return }
    contents.bootID = row["boot_id"]
    guard let record = row["checkpoint"] as Data? else { return }
    let stored = try decoder.decode(AgentCheckpointRecord.self, record)
    if let problem = Identifier.problem(with: stored.agentID.value) {
      throw UnreadableRecord(
        description: "the agent id \(stored.agentID.value.debugDescription) \(problem)")
    }
    contents.checkpoint = AgentCheckpoint(
      agentID: stored.agentID, resources: stored.resources, removedVolumes: stored.removedVolumes,
      operations: stored.operations, info: stored.info)
  }

  private mutating func readFrameworks() throws {
    for row in try rows("SELECT id, info, is_ending FROM frameworks ORDER BY number") {
      let id: String = row["id"]
      guard let info = decode(FrameworkInfo.self, row["info"], "framework \(id)") else { continue }
      contents.memory.frameworks.append(
        AgentMemory.Framework(FrameworkID(id), info, isEnding: row["is_ending"]))
    }
  }

  private mutating func readExecutors() throws {
    for row in try rows("SELECT * FROM executors ORDER BY number") {
      let (framework, id): (String, String) = (row["framework"], row["id"])
      guard let info = decode(ExecutorInfo.self, row["info"], "executor \(id) of framework \(framework)")
      else { continue }
      var executor = AgentMemory.Executor(
        FrameworkExecutor(FrameworkID(framework), ExecutorID(id)), info, containerID: row["container"])
      executor.isEnding = row["is_ending"]
      let ended = try String.fetchAll(
        db, sql: "SELECT id FROM ended_tasks WHERE executor = ? ORDER BY number", arguments: [row["number"]])
      executor.ended = ended.suffix(AgentMemory.endedCapacity).map { TaskID($0) }
      contents.memory.executors.append(executor)
    }
  }

  private mutating func readTasks() throws {
    for row in try rows("SELECT * FROM tasks ORDER BY number") {
      let (framework, id): (String, String) = (row["framework"], row["id"])
      let name = "task \(id) of framework \(framework)"
      var info: TaskInfo?
      if let record = row["info"] as Data? {
        info = decode(TaskInfo.self, record, name)
        if info == nil { continue }
      }
      guard let state = TaskState(rawValue: row["state"]) else {
        contents.skipped.append("\(name): it has the unknown state \(row["state"] as Int)")
        continue
      }
      var task = AgentMemory.Task(
        RecordedTask(
          FrameworkTask(FrameworkID(framework), TaskID(id)), info, containerID: row["container"],
          isAccepted: row["is_accepted"]))
      task.isSent = row["is_sent"]
      task.state = state
      task.runningSince = row["running_since"]
      if let reason = (row["kill_reason"] as Int?).flatMap({ RecordedKill.Reason(rawValue: $0) }) {
        task.kill = RecordedKill(reason, gracePeriod: row["kill_grace"])
      }
      try readUpdates(row["number"], name, &task)
      contents.memory.tasks.append(task)
    }
  }

  private mutating func readUpdates(_ number: Int64, _ name: String, _ task: inout AgentMemory.Task) throws {
    let rows = try rows(
      "SELECT uuid, status, is_acknowledged FROM updates WHERE task = ? ORDER BY number", [number])
    for row in rows {
      if let uuid = MesetaModel.UUID(bytes: row["uuid"] as Data) { task.known.append(uuid) }
      if row["is_acknowledged"] { continue }
      if let status = decode(TaskStatus.self, row["status"], "an update of \(name)") {
        task.updates.append(status)
      }
    }
    task.known = task.known.suffix(AgentMemory.knownCapacity)
  }
}
