// What an agent writes down is what its next life reads, whatever the changes were; what is damaged is told.

import Foundation
import GRDB
import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaStorage
import Testing

@Suite struct AgentStoreTests {
  private let directory =
    FileManager.default.temporaryDirectory.path + "/meseta-store-\(UInt64.random(in: .min ... .max))"
  private var path: String { directory + "/agent.sqlite" }

  init() throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  private func remove() { try? FileManager.default.removeItem(atPath: directory) }

  private func read(isStrict: Bool = true) throws -> AgentStore.Contents {
    try AgentStore(path: path).read(isStrict: isStrict)
  }

  private let task = FrameworkTask("F", "t")
  private let framework = FrameworkInfo(user: "u", name: "n", id: "F")

  private func command(_ id: TaskID, of framework: FrameworkID = "F") -> AgentRecord {
    .task(
      RecordedTask(
        FrameworkTask(framework, id),
        TaskInfo(name: "x", id: id, agentID: "S0", resources: "cpus:1", command: .shell("true")),
        containerID: "c-\(id)", isAccepted: true))
  }

  private func status(_ state: TaskState, _ number: UInt64, of id: TaskID = "t") -> TaskStatus {
    TaskStatus(taskID: id, state: state, timestamp: Double(number), uuid: UUID(random: 1, number))
  }

  @Test func nothingIsThereAtFirst() throws {
    defer { remove() }
    let contents = try read()
    #expect(contents.checkpoint == nil)
    #expect(contents.memory.isEmpty)
    #expect(contents.bootID == nil)
  }

  @Test func theCheckpointAndTheStartOfTheMachineAreReadAgain() throws {
    defer { remove() }
    let store = try AgentStore(path: path)
    let info = AgentInfo(hostname: "here", resources: "cpus:4", id: "S1")
    try store.write(AgentCheckpoint(agentID: "S0"))
    try store.write(AgentCheckpoint(agentID: "S1", info: info))
    try store.write(bootID: "boot")
    #expect(try read().checkpoint == AgentCheckpoint(agentID: "S1", info: info))
    #expect(try read().bootID == "boot")
    try store.clear()
    #expect(try read().checkpoint == nil)
  }

  @Test func aTaskIsReadAgainWithWhatIsNotAcknowledged() throws {
    defer { remove() }
    let store = try AgentStore(path: path)
    let (starting, running) = (status(.starting, 1), status(.running, 2))
    try store.record([.framework(framework), command("t")], isSynchronized: false)
    try store.record([.update(task, starting), .update(task, running)], isSynchronized: true)
    try store.record(
      [.acknowledged(task, UUID(random: 1, 1)), .taskKilled(task, RecordedKill(.wanted, gracePeriod: 7))],
      isSynchronized: false)
    let memory = try read().memory
    #expect(memory.frameworks.map(\.info) == [framework])
    #expect(memory.tasks.count == 1)
    #expect(memory.tasks.first?.updates == [running])
    #expect(memory.tasks.first?.state == .running)
    #expect(memory.tasks.first?.runningSince == 2)
    #expect(memory.tasks.first?.kill == RecordedKill(.wanted, gracePeriod: 7))
    #expect(memory.tasks.first?.start.containerID == "c-t")
    try store.record([.taskRemoved(task, executorID: nil), .frameworkRemoved("F")], isSynchronized: false)
    #expect(try read().memory.isEmpty)
  }

  /// The tables make of any changes what ``AgentMemory`` makes of them.
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func theTablesAgreeWithTheMemory(_ seed: UInt64) throws {
    defer { remove() }
    var random = SeededGenerator(seed: seed)
    let store = try AgentStore(path: path)
    var memory = AgentMemory()
    var number: UInt64 = 0
    for _ in 0..<60 {
      var batch: [AgentRecord] = []
      for _ in 0..<1 + random.below(8) {
        number += 1
        let record = change(number, memory, &random)
        memory.apply(record)
        batch.append(record)
      }
      try store.record(batch, isSynchronized: random.oneIn(2))
    }
    #expect(try read().memory == memory)
  }

  /// A change that may come next.
  private func change(
    _ number: UInt64, _ memory: AgentMemory, _ random: inout SeededGenerator
  ) -> AgentRecord {
    let framework = FrameworkID("F\(random.below(3))")
    let key = FrameworkTask(framework, TaskID("t\(random.below(6))"))
    let executor = FrameworkExecutor(framework, ExecutorID("e\(random.below(2))"))
    let isKnown = memory.tasks.contains { $0.start.key == key }
    switch random.below(12) {
    case 0: return .framework(FrameworkInfo(user: "u", name: "n\(number)", id: framework))
    case 1: return .frameworkEnds(framework)
    case 2: return .frameworkRemoved(framework)
    case 3 where !memory.executors.contains { $0.key == executor }:
      return .executor(
        ExecutorInfo(id: executor.executorID, frameworkID: framework), containerID: "c\(number)")
    case 4: return .executorEnds(executor)
    case 5: return .executorRemoved(executor)
    case 6: return .taskSent(key)
    case 7: return .taskKilled(key, RecordedKill(.preempted, gracePeriod: random.oneIn(2) ? nil : 3))
    case 8: return .taskRemoved(key, executorID: random.oneIn(2) ? executor.executorID : nil)
    case 9:
      let task = memory.tasks.first { $0.start.key == key }
      return .acknowledged(key, task?.updates.first?.uuid ?? UUID(random: 2, number))
    case 10 where !isKnown: return command(key.taskID, of: framework)
    default:
      let state = [TaskState.starting, .running, .finished][Int(random.below(3))]
      return .update(key, status(state, number, of: key.taskID))
    }
  }

  @Test func ofManyUpdatesAndEndedTasksTheNewestAreKept() throws {
    defer { remove() }
    let store = try AgentStore(path: path)
    let executor = ExecutorInfo(id: "e", frameworkID: "F")
    var records: [AgentRecord] = [.executor(executor, containerID: "c"), command("t")]
    for number in 0..<300 as Range<UInt64> {
      records.append(.update(task, status(.running, number)))
      records.append(.acknowledged(task, UUID(random: 1, number)))
    }
    for number in 0..<1500 {
      let id = TaskID("e\(number)")
      records += [command(id), .taskRemoved(FrameworkTask("F", id), executorID: "e")]
    }
    try store.record(records, isSynchronized: false)
    var memory = AgentMemory()
    for record in records { memory.apply(record) }
    #expect(try read().memory == memory)
    let count = try DatabaseQueue(path: path).read { db in
      try Int.fetchOne(db, sql: "SELECT (SELECT count(*) FROM updates) + (SELECT count(*) FROM ended_tasks)")
    }
    #expect(count ?? .max < 1300)
  }

  // MARK: Damage

  /// Changes the database as nobody does who knows it.
  private func damage(_ sql: String) throws {
    try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
  }

  @Test func aRecordThatCannotBeReadIsPassedOverUnlessOneIsStrict() throws {
    defer { remove() }
    let store = try AgentStore(path: path)
    try store.record([.framework(framework), command("t"), command("u")], isSynchronized: true)
    try damage("UPDATE tasks SET info = substr(info, 1, length(info) - 1) WHERE id = 't'")
    let contents = try read(isStrict: false)
    #expect(contents.skipped == ["task t of framework F: its checksum is wrong"])
    #expect(contents.memory.tasks.map(\.start.key.taskID) == ["u"])
    let refusal = #expect(throws: UnreadableCheckpoint.self) { try read(isStrict: true) }
    #expect(
      refusal?.description.hasPrefix("\(path) cannot be read: task t of framework F: its checksum is wrong")
        == true)
  }

  @Test func withoutTheAgentsIdNothingIsRead() throws {
    defer { remove() }
    try AgentStore(path: path).write(AgentCheckpoint(agentID: "S0"))
    try damage("UPDATE agent SET checkpoint = x'00'")
    #expect(throws: UnreadableCheckpoint.self) { try read(isStrict: false) }
  }

  @Test func aDatabaseOfALaterVersionIsRefusedAndLeft() throws {
    defer { remove() }
    try AgentStore(path: path).write(AgentCheckpoint(agentID: "S0"))
    try damage("PRAGMA user_version = 2")
    let refusal = #expect(throws: UnreadableCheckpoint.self) { try read() }
    #expect(refusal?.description.contains("it has format version 2, this program reads version 1") == true)
    #expect(refusal?.description.contains("move it away") == true)
    let left = try DatabaseQueue(path: path).read {
      try Data.fetchOne($0, sql: "SELECT checkpoint FROM agent")
    }
    #expect(left != nil)
  }

  @Test func aFileThatIsNoDatabaseIsRefusedAndLeft() throws {
    defer { remove() }
    let bytes = Data("this is not a database, and long enough to be told from one that is empty".utf8)
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(throws: UnreadableCheckpoint.self) { try read() }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
  }

  /// What a crash of the machine leaves of the last transactions is a part of the log: those that are not whole are gone.
  @Test func aLogThatIsCutOffLosesItsEndAlone() throws {
    defer { remove() }
    let store = try AgentStore(path: path)
    for number in 0..<20 { try store.record([command(TaskID("t\(number)"))], isSynchronized: true) }
    let (database, log) = (
      try Data(contentsOf: URL(fileURLWithPath: path)),
      try Data(contentsOf: URL(fileURLWithPath: path + "-wal"))
    )
    var last = 0
    for length in stride(from: 0, through: log.count, by: max(log.count / 40, 1)) {
      let copy = directory + "/copy.sqlite"
      try database.write(to: URL(fileURLWithPath: copy))
      try log.prefix(length).write(to: URL(fileURLWithPath: copy + "-wal"))
      try? FileManager.default.removeItem(atPath: copy + "-shm")
      let tasks = try AgentStore(path: copy).read(isStrict: true).memory.tasks
      #expect(tasks.map(\.start.key.taskID.value) == (0..<tasks.count).map { "t\($0)" })
      #expect(tasks.count >= last)
      last = tasks.count
      for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy + end) }
    }
    #expect(last >= 19)
  }
}
