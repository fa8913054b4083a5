import MesetaModel
import Testing

@testable import MesetaMaster

/// What a master keeps of the statuses of a task.
@Suite struct StatusHistoryTests {
  private let task = TaskInfo(
    name: "t", id: "t", agentID: "S0", resources: "cpus:1", command: .shell("true"))

  private func status(_ state: TaskState, at time: Double, message: String? = nil) -> TaskStatus {
    TaskStatus(
      taskID: "t", state: state, source: .executor, message: message, agentID: "S0", executorID: "t",
      timestamp: time, containerID: .root("01ba8390-eb3b-48dc-8b70-ceaf9f7eb43c"))
  }

  @Test func theyAreGivenBackAsTheyWere() {
    var history = StatusHistory()
    let all = [
      status(.starting, at: 1), status(.running, at: 2), status(.failed, at: 3, message: "exited with 3"),
    ]
    for status in all { history.keep(status) }
    #expect(history.statuses(of: task) == all)
  }

  @Test func ofTheSameStateTheLastIsKept() {
    var history = StatusHistory()
    history.keep(status(.running, at: 1, message: "first"))
    history.keep(status(.running, at: 2))
    #expect(history.statuses(of: task) == [status(.running, at: 2)])
    history.keep(status(.running, at: 3, message: "third"))
    #expect(history.statuses(of: task) == [status(.running, at: 3, message: "third")])
  }

  @Test func theDataOfAStatusIsNotKept() {
    var history = StatusHistory()
    var told = status(.running, at: 1, message: "with data")
    told.data = [1, 2, 3]
    history.keep(told)
    told.data = nil
    #expect(history.statuses(of: task) == [told])
  }

  @Test func anotherContainerIsKept() {
    var history = StatusHistory()
    let first = status(.starting, at: 1)
    var second = status(.running, at: 2)
    second.containerID = .nested("b", parent: .root("a"))
    for status in [first, second] { history.keep(status) }
    #expect(history.statuses(of: task) == [first, second])
  }

  @Test func whatTheMasterSaysIsOfNoContainer() {
    var history = StatusHistory()
    history.keep(status(.running, at: 1))
    let lost = TaskStatus(
      taskID: "t", state: .lost, source: .master, reason: .agentRemoved, agentID: "S0", timestamp: 2)
    history.keep(lost)
    #expect(history.statuses(of: task) == [status(.running, at: 1), lost])
  }
}
