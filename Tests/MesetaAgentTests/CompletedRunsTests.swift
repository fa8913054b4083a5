// Stories of runs that have ended, and that operators are still told of.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct CompletedRunsTests {
  var story = AgentStory.registered()
  private let info = ExecutorInfo(
    id: "e", command: .shell("./run"), name: "worker", resources: "cpus:1")
  private let session = SessionID(50)

  private var contents: AgentContents { story.agent.describeContents() }

  /// Runs a command to its end, which is not acknowledged.
  private mutating func run(_ id: TaskID) -> String {
    story.tell(.runTask(.test(), .command(id)))
    let container = story.sink.launches[id.value] ?? ""
    story.give(.local(.container(.started(containerID: container, pid: 1))))
    story.give(.local(.container(.exited(containerID: container, .exited(0)))))
    return container
  }

  /// Gives the executor a task, which it ends.
  private mutating func finish(_ id: TaskID, _ number: UInt64) {
    story.tell(.runTask(.test(), .custom(id, under: info, resources: "cpus:0.1")))
    let status = TaskStatus(
      taskID: id, state: .finished, source: .executor, uuid: UUID(random: 9, number))
    call(.update(status))
    story.tell(.acknowledge("F", id, UUID(random: 9, number)))
    _ = story.take()
  }

  private mutating func call(_ kind: ExecutorCall.Kind) {
    let call = ExecutorCall(frameworkID: "F", executorID: "e", kind)
    story.give(.received(session, RequestID(100), .executorCall(call, request: 5)))
  }

  private mutating func subscribe() {
    story.give(.opened(session, Peer(.executor, address: "e")))
    call(.subscribe(unacknowledgedTasks: [], unacknowledgedUpdates: []))
  }

  private func names(_ tasks: [TaskDescription]) -> [String] {
    tasks.map { "\($0.record.info.id) \($0.record.state.name)" }
  }

  @Test mutating func aCommandIsCompletedOnceItsEndIsAcknowledged() {
    let container = run("t")
    #expect(names(contents.tasks.terminated) == ["t TASK_FINISHED"])
    #expect(contents.tasks.completed.isEmpty)
    #expect(names(contents.completedContainers[0].completedTasks) == ["t TASK_FINISHED"])
    _ = story.drainUpdates()
    #expect(contents.tasks.terminated.isEmpty)
    #expect(names(contents.tasks.completed) == ["t TASK_FINISHED"])
    let run = contents.completedContainers[0]
    #expect(run.id == container && run.executorID == "t" && run.executor?.source == "t")
    #expect(run.directory == "/srv/slaves/S0/frameworks/F/executors/t/runs/\(container)")
    #expect(run.completedTasks[0].statuses.map(\.state) == [.finished])
    #expect(contents.completedExecutors.map(\.id) == ["t"])
  }

  /// Operators know them from Mesos, which has one for each.
  @Test(
    arguments: [
      (.shell("true"), "sh -c 'true'"), (.shell("sleep 123456789"), "sh -c 'sleep 123456789'"),
      (.shell("sleep 1234567890"), "sh -c 'sleep 123456...'"),
      (.program("/bin/ls", ["ls", "-la"]), "[/bin/ls, ls,...]"), (.program("/a", ["a"]), "[/a, a]"),
    ] as [(CommandInfo, String)])
  mutating func aCommandHasAnExecutorThatIsNamedAfterIt(command: CommandInfo, summary: String) throws {
    var fields = TaskInfo.Fields(
      name: "n", id: "t", agentID: "S0", resources: Resources(["cpus": Scalar(1)]).allocated(to: "*"),
      command: command)
    fields.labels = Labels([Label("a", "b")])
    fields.killGracePeriod = 7
    fields.command?.environment = [EnvironmentVariable("A", "B")]
    fields.command?.user = "nobody"
    story.tell(.runTask(.test(), TaskInfo(fields)))
    let executor = try #require(contents.executors.first)
    #expect(executor.id == "t" && executor.source == "t" && executor.frameworkID == "F")
    #expect(executor.name == "Command Executor (Task: t) (Command: \(summary))")
    #expect(executor.labels == fields.labels && executor.shutdownGracePeriod == 7)
    #expect(executor.resources.isEmpty && executor.command?.value == nil)
    #expect(executor.command?.environment == fields.command?.environment)
    #expect(executor.command?.user == "nobody")
    #expect(contents.executorCounts.running == 0, "it is none that connects")
  }

  @Test mutating func ofSeveralRunsOfATaskTheLastIsTheOneToBeAcknowledged() {
    let first = run("t")
    _ = story.drainUpdates()
    let second = run("t")
    #expect(contents.completedContainers.map(\.id) == [first, second])
    #expect(contents.tasks.terminated.count == 1 && contents.tasks.completed.count == 1)
    #expect(
      contents.tasks.completed[0].statuses[0].uuid
        == contents.completedContainers[0].completedTasks[0].statuses[0].uuid)
  }

  @Test mutating func anExecutorIsToldWithTheTasksThatHaveEnded() {
    story.tell(.runTask(.test(), .custom("t", under: info)))
    let container = story.sink.launches["e"] ?? ""
    subscribe()
    finish("u", 1)
    #expect(names(contents.tasks.completed) == ["u TASK_FINISHED"])
    #expect(names(contents.containers[0].completedTasks) == ["u TASK_FINISHED"])
    story.give(.local(.container(.exited(containerID: container, .exited(3)))))
    #expect(names(contents.tasks.terminated) == ["t TASK_FAILED"])
    #expect(names(contents.tasks.completed) == ["u TASK_FINISHED"])
    let run = contents.completedContainers[0]
    #expect(names(run.completedTasks) == ["u TASK_FINISHED", "t TASK_FAILED"])
    #expect(run.executorName == "worker" && run.allocated == "cpus:1")
    #expect(contents.completedExecutors.map(\.id) == ["e"])
    #expect(contents.executors.isEmpty && contents.containers.isEmpty)
    _ = story.drainUpdates()
    #expect(names(contents.tasks.completed) == ["u TASK_FINISHED", "t TASK_FAILED"])
    #expect(contents.frameworks.completed.map(\.id) == ["F"])
  }

  @Test mutating func ofAnExecutorTheNewest200TasksAreTold() {
    story.tell(.runTask(.test(), .custom("t", under: info)))
    subscribe()
    for number in 0..<210 { finish(TaskID("u\(number)"), UInt64(number)) }
    #expect(contents.containers[0].completedTasks.count == 200)
    #expect(contents.tasks.completed.first?.record.info.id == "u10")
    #expect(contents.tasks.completed.last?.record.info.id == "u209")
    story.give(.local(.container(.exited(containerID: story.sink.launches["e"] ?? "", .exited(0)))))
    let told = contents.completedContainers[0].completedTasks
    #expect(told.count == 200 && told.last?.record.info.id == "t")
  }

  @Test mutating func theNewestRunsOfAFrameworkAreTold() {
    story = AgentStory.registered { $0.maxCompletedExecutorsPerFramework = 3 }
    var containers: [String] = []
    for number in 0..<5 {
      containers.append(run(TaskID("t\(number)")))
      _ = story.drainUpdates()
    }
    #expect(contents.completedContainers.map(\.id) == Array(containers.suffix(3)))
    #expect(contents.tasks.completed.map(\.record.info.id) == ["t2", "t3", "t4"])
  }

  @Test mutating func aTaskWhoseEndNobodyWantsToKnowIsToldAsItWas() {
    story.tell(.runTask(.test(), .command("t")))
    let container = story.sink.launches["t"] ?? ""
    story.give(.local(.container(.started(containerID: container, pid: 1))))
    _ = story.drainUpdates()
    story.tell(.shutdownFramework("F"))
    story.give(.local(.container(.exited(containerID: container, .signaled(15)))))
    #expect(names(contents.tasks.completed) == ["t TASK_RUNNING"])
    #expect(contents.tasks.completed[0].statuses.isEmpty)
  }
}
