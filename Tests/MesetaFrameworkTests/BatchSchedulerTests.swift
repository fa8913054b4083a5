// How a batch of jobs runs to its end.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaFramework

@Suite struct BatchSchedulerTests {
  private func job(_ name: String, _ resources: Resources = "cpus:1", retries: Int = 0) -> BatchJob {
    BatchJob(name, .shell("run \(name)"), resources: resources, maxRetries: retries)
  }

  private func stage(_ jobs: [BatchJob], isClosed: Bool = true) -> Stage<BatchScheduler> {
    var stage = Stage(BatchScheduler(jobs, isClosed: isClosed))
    stage.subscribe()
    return stage
  }

  /// Offers and returns the tasks that are launched.
  private func launch(_ stage: inout Stage<BatchScheduler>, _ offers: Offer...) -> [TaskInfo] {
    stage.event(.offers(offers))
    return stage.effects.takeCalls().flatMap(\.launched)
  }

  @Test func jobsRunInTheirOrderAndTheBatchEndsWithThem() {
    var stage = stage([job("a"), job("b"), job("c")])
    let tasks = launch(&stage, offer(1, "cpus:2")) + launch(&stage, offer(2, "cpus:2", agent: "a2"))
    #expect(tasks.map(\.name) == ["a", "b", "c"])
    for (number, task) in tasks.enumerated() {
      stage.event(.update(status(task.id, .running, uuid: UInt64(number))))
      stage.event(.update(status(task.id, .finished, uuid: UInt64(100 + number))))
    }
    let progress = stage.driver.scheduler.progress
    #expect(progress.finished == 3 && progress.isDone && progress.total == 3)
    #expect(progress.finishedByAgent == ["a1": 3])
    #expect(stage.effects.takeCalls().suffix(2).map(\.name) == ["ACKNOWLEDGE", "TEARDOWN"])
    #expect(stage.effects.finishes == [.tornDown])
    #expect(
      stage.effects.reports.filter { $0.job == 0 }.map(\.kind) == [.launched, .running, .finished])
  }

  @Test(arguments: [TaskState.failed, .lost, .gone, .dropped, .killed, .unreachable])
  func aJobThatDoesNotFinishIsRunAgainAsOftenAsItMay(state: TaskState) {
    var stage = stage([job("a", retries: 1)])
    let first = launch(&stage, offer(1))
    stage.event(.update(status(first[0].id, state, uuid: 1)))
    #expect(stage.effects.takeCalls().map(\.name) == ["REVIVE", "ACKNOWLEDGE"])
    let second = launch(&stage, offer(2))
    #expect(second.map(\.name) == ["a"] && second[0].id != first[0].id)
    stage.event(.update(status(second[0].id, state, uuid: 2)))
    let progress = stage.driver.scheduler.progress
    #expect(progress.failed == 1 && progress.retried == 1 && progress.isDone)
    #expect(
      stage.effects.reports.map(\.kind) == [.launched, .retrying(left: 0), .launched, .failed])
  }

  @Test func aTaskThatCannotBeLaunchedAtAllIsNotTriedAgain() {
    var stage = stage([job("a", retries: 5)])
    let tasks = launch(&stage, offer(1))
    stage.event(.update(status(tasks[0].id, .error)))
    #expect(stage.driver.scheduler.progress.failed == 1)
  }

  @Test func aTaskThatTurnsUpAgainAfterItWasGivenUpIsKilled() {
    var stage = stage([job("a", retries: 1)])
    let first = launch(&stage, offer(1))[0]
    stage.event(.update(status(first.id, .unreachable)))
    _ = launch(&stage, offer(2))
    stage.event(.update(status(first.id, .running, uuid: 3)))
    #expect(stage.effects.takeCalls().first == .kill(.init(first.id, agentID: "a1")))
    stage.event(.update(status(first.id, .finished, uuid: 4)))
    #expect(stage.driver.scheduler.progress.finished == 0, "its job runs elsewhere")
  }

  @Test func aSmallJobPassesALargeOneThatDoesNotFit() {
    var stage = stage([job("large", "cpus:8"), job("small")])
    #expect(launch(&stage, offer(1, "cpus:2")).map(\.name) == ["small"])
    #expect(launch(&stage, offer(2, "cpus:8")).map(\.name) == ["large"])
  }

  @Test func cancellingKillsWhatRunsAndEnds() {
    var stage = stage([job("a", retries: 3), job("b")], isClosed: false)
    let tasks = launch(&stage, offer(1, "cpus:1"))
    stage.command(.cancel)
    #expect(stage.effects.takeCalls().map(\.name) == ["KILL", "SUPPRESS"])
    stage.event(.update(status(tasks[0].id, .killed, uuid: 1)))
    #expect(stage.driver.scheduler.progress.cancelled == 2)
    #expect(stage.effects.finishes == [.tornDown])
  }

  @Test func anOpenBatchWaitsForMore() {
    var stage = stage([], isClosed: false)
    #expect(stage.effects.finishes.isEmpty)
    stage.command(.add([job("a")]))
    #expect(stage.effects.takeCalls() == [.revive(roles: [])])
    let tasks = launch(&stage, offer(1))
    stage.event(.update(status(tasks[0].id, .finished, uuid: 1)))
    #expect(stage.effects.finishes.isEmpty)
    stage.command(.close)
    #expect(stage.effects.finishes == [.tornDown])
  }

  // MARK: A batch that outlives its process

  private func persistentStage(_ jobs: [BatchJob], restoring state: [UInt8]? = nil) -> Stage<BatchScheduler> {
    // Another seed for the next incarnation, as ids follow from it.
    var stage = Stage(
      BatchScheduler(jobs, isPersistent: true),
      record: FrameworkRecord(frameworkID: state.map { _ in "f1" }, state: state ?? []),
      seed: state == nil ? 1 : 2)
    stage.give(.wake)
    stage.open()
    stage.event(.subscribed("f1", heartbeatInterval: 15, master: nil))
    return stage
  }

  @Test func theNextIncarnationGoesOnWhereTheLastOneWas() throws {
    let jobs = [
      job("done"), job("running", retries: 3), job("retried", retries: 2), job("bad"), job("waiting"),
    ]
    var first = persistentStage(jobs)
    let tasks = launch(&first, offer(1, "cpus:4"))
    #expect(tasks.map(\.name) == ["done", "running", "retried", "bad"])
    first.event(.update(status(tasks[0].id, .finished, uuid: 1)))
    first.event(.update(status(tasks[2].id, .lost, uuid: 2)))
    first.event(.update(status(tasks[3].id, .failed, uuid: 3)))
    let state = try #require(first.effects.records.last).state

    var next = persistentStage(jobs, restoring: state)
    let progress = next.driver.scheduler.progress
    #expect(progress.finished == 1 && progress.failed == 1 && progress.active == 1 && progress.waiting == 2)
    let asked = next.effects.takeCalls().compactMap { call -> [SchedulerCall.ReconciledTask]? in
      if case .reconcile(let tasks) = call, !tasks.isEmpty { tasks } else { nil }
    }
    #expect(asked.first == [SchedulerCall.ReconciledTask(tasks[1].id, agentID: "a1")])
    #expect(launch(&next, offer(2, "cpus:4")).map(\.name) == ["retried", "waiting"])
    next.event(.update(status(tasks[1].id, .unknown)))
    #expect(next.driver.scheduler.progress.retried == 1, "the task never came to the agent")
    #expect(launch(&next, offer(3, "cpus:4")).map(\.name) == ["running"])
  }

  @Test func whatIsWrittenDownOfOtherJobsIsNotTaken() throws {
    var first = persistentStage([job("a"), job("b")])
    _ = launch(&first, offer(1, "cpus:1"))
    let state = try #require(first.effects.records.last).state
    var other = persistentStage([job("a")], restoring: state)
    #expect(other.driver.scheduler.progress.waiting == 1)
    #expect(launch(&other, offer(1, "cpus:4")).map(\.name) == ["a"])
  }

  @Test(arguments: [
    "", "meseta-batch 2 2", "meseta-batch 1 2\n5 0 finished", "meseta-batch 1 2\n0 x finished",
    "meseta-batch 1 2\n0 1 active t", "meseta-batch 1 2\n0 -1 waiting", "meseta-batch 1 2\n0 1 gone",
  ])
  func aTextThatSaysSomethingElseIsNoRecord(_ text: String) {
    let initial = [BatchRecord.Job](repeating: BatchRecord.Job(retriesLeft: 1, standing: .waiting), count: 2)
    #expect(BatchRecord(Array(text.utf8), initial: initial) == nil)
  }
}
