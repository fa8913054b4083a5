// What a driver knows of tasks: updates, acknowledgements, kills and reconciliation.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct TaskTests {
  /// A subscribed stage with the tasks `t1`, `t2`… running.
  private func stage(tasks: Int, options: SchedulerOptions = SchedulerOptions()) -> Stage<Puppet> {
    var stage = Stage(
      Puppet { input, cluster in
        switch input {
        case .offers(let offers):
          var use = cluster.accept(offers[0])
          for number in 1...tasks {
            use.run(shell: "run \(number)", resources: "cpus:1", id: TaskID("t\(number)"))
          }
        case .command(let id): cluster.kill(TaskID(id), grace: .seconds(2))
        default: break
        }
      }, options: options)
    stage.subscribe()
    stage.event(.offers([offer(1, "cpus:100")]))
    stage.effects.sent = []
    return stage
  }

  private func acknowledgement(_ task: TaskID, _ uuid: UInt64) -> SchedulerCall.Kind {
    .acknowledge(.init(agentID: "a1", taskID: task, uuid: UUID(high: 0, low: uuid)))
  }

  private func heard(_ stage: Stage<Puppet>) -> [TaskState] {
    stage.driver.scheduler.heard.compactMap { if case .update(let update) = $0 { update.state } else { nil } }
  }

  @Test func anUpdateIsToldWithItsTaskAndAcknowledged() {
    var stage = stage(tasks: 1)
    stage.event(.update(status("t1", .running, uuid: 1)))
    guard case .update(let update)? = stage.driver.scheduler.heard.last else { return }
    #expect(update.task?.command?.value == "run 1")
    #expect(stage.effects.takeCalls() == [acknowledgement("t1", 1)])
  }

  @Test func anUpdateWithoutUUIDIsNotAcknowledged() {
    var stage = stage(tasks: 1)
    stage.event(.update(status("t1", .running)))
    #expect(stage.effects.takeCalls().isEmpty)
    #expect(heard(stage) == [.running])
  }

  @Test(arguments: [TaskState.running, .finished])
  func aRepeatedUpdateIsAcknowledgedAgainButNotTold(state: TaskState) {
    var stage = stage(tasks: 1)
    stage.event(.update(status("t1", state, uuid: 1)))
    stage.event(.update(status("t1", state, uuid: 1)))
    #expect(stage.effects.takeCalls() == [acknowledgement("t1", 1), acknowledgement("t1", 1)])
    #expect(heard(stage) == [state])
  }

  @Test func aTaskThatHasEndedIsForgottenButNotItsEnd() {
    var stage = stage(tasks: 2)
    stage.event(.update(status("t1", .finished, uuid: 1)))
    stage.event(.update(status("t2", .lost)))
    #expect(stage.driver.liveTasks == 0)
    stage.event(.update(status("t1", .lost)))
    stage.event(.update(status("t2", .running, uuid: 2)))
    #expect(
      heard(stage) == [.finished, .lost, .running], "what finished cannot be lost, what was lost may be found"
    )
  }

  @Test func aTaskThatIsLaunchedAgainWhileItsEndIsHandledIsKnown() {
    var stage = Stage(
      Puppet { input, cluster in
        switch input {
        case .offers(let offers):
          var use = cluster.accept(offers[0])
          use.run(shell: "once", resources: "cpus:1", id: "t")
          cluster.hold(offers[1])
        case .update(let update) where update.state == .failed:
          var use = cluster.accept(offer(2))
          use.run(shell: "again", resources: "cpus:1", id: "t")
        default: break
        }
      })
    stage.subscribe()
    stage.event(.offers([offer(1), offer(2)]))
    stage.event(.update(status("t", .failed, uuid: 1)))
    #expect(stage.driver.liveTasks == 1)
    stage.event(.update(status("t", .running, uuid: 2)))
    guard case .update(let update)? = stage.driver.scheduler.heard.last else {
      return #expect(Bool(false), "no update")
    }
    #expect(update.task?.command?.value == "again")
  }

  @Test func aTaskOfAnEarlierIncarnationIsLearntFromItsUpdates() {
    var stage = Stage(Puppet(), record: FrameworkRecord(frameworkID: "f1"))
    stage.subscribe()
    stage.event(.update(status("old", .running)))
    #expect(stage.driver.liveTasks == 1)
    #expect(heard(stage) == [.running])
    #expect(
      stage.reconnect().contains(.reconcile([.init("old", agentID: "a1")])), "asked for like one's own")
  }

  @Test func aRefusedUpdateIsToldAgain() {
    var stage = Stage(
      Puppet { input, cluster in
        if case .update(let update) = input, cluster.time.monotonic == .zero { cluster.refuse(update) }
      })
    stage.subscribe()
    stage.event(.update(status("t1", .running, uuid: 1)))
    #expect(stage.effects.takeCalls().isEmpty)
    stage.now = .zero + .seconds(10)
    stage.event(.update(status("t1", .running, uuid: 1)))
    #expect(stage.effects.takeCalls() == [acknowledgement("t1", 1)])
    #expect(heard(stage).count == 2)
  }

  @Test func anEndThatWasNotTakenIsAskedForAgain() {
    let end = status("t1", .finished, uuid: 1)
    var stage = Stage(
      Puppet { input, cluster in
        if case .update(let update) = input { cluster.refuse(update) }
      })
    stage.subscribe()
    stage.event(.update(end))
    // Its agent may be gone before it tells it again.
    let question = SchedulerCall.Kind.reconcile([.init("t1", agentID: "a1")])
    #expect(stage.reconnect().contains(question))
  }

  @Test func withoutTheDefaultTheSchedulerAcknowledges() {
    var options = SchedulerOptions()
    options.acknowledges = false
    let update = status("t1", .finished, uuid: 1)
    var stage = Stage(
      Puppet { input, cluster in
        if case .command = input { cluster.acknowledge(TaskUpdate(update, task: nil)) }
      }, options: options)
    stage.subscribe()
    stage.event(.update(update))
    stage.event(.update(update))
    #expect(stage.effects.takeCalls().isEmpty)
    #expect(stage.driver.liveTasks == 1)
    stage.command("acknowledge")
    #expect(stage.effects.takeCalls() == [acknowledgement("t1", 1)])
    #expect(stage.driver.liveTasks == 0)
  }

  @Test func aKillNamesTheAgentAndIsMadeAgainAfterAReconnection() {
    var stage = stage(tasks: 2)
    stage.event(.update(status("t1", .running, uuid: 1)))
    _ = stage.effects.takeCalls()
    let kill = SchedulerCall.Kind.kill(.init("t1", agentID: "a1", gracePeriod: 2_000_000_000))
    stage.command("t1")
    #expect(stage.effects.takeCalls() == [kill])
    #expect(stage.reconnect().contains(kill))
    stage.advanceInTouch(.minutes(16))
    #expect(stage.effects.takeCalls().contains(kill), "it may have been lost")
    stage.event(.update(status("t1", .killed, uuid: 2)))
    #expect(!stage.reconnect().contains(kill))
  }

  @Test func aKillWithoutASubscriptionIsMadeWithTheNext() {
    var stage = stage(tasks: 1)
    stage.give(.closed(stage.session, reason: "reset"))
    stage.command("t1")
    #expect(stage.effects.takeCalls().isEmpty)
    stage.advance(.seconds(2))
    stage.open()
    stage.event(.subscribed("f1", heartbeatInterval: 15, master: nil))
    #expect(stage.effects.takeCalls().map(\.name) == ["SUBSCRIBE", "RECONCILE", "KILL"])
  }

  @Test func reconciliationGoesOnUntilEveryTaskIsAnsweredFor() {
    var stage = stage(tasks: 3)
    stage.event(.update(status("t2", .finished, uuid: 1)))
    let all: [SchedulerCall.ReconciledTask] = [.init("t1", agentID: "a1"), .init("t3", agentID: "a1")]
    #expect(stage.reconnect().contains(.reconcile(all)))
    stage.event(.update(status("t1", .running)))
    stage.advanceInTouch(.seconds(6))
    #expect(stage.effects.takeCalls() == [.reconcile([all[1]])])
    stage.event(.update(status("t3", .running)))
    stage.advanceInTouch(.minutes(10))
    #expect(stage.effects.takeCalls().isEmpty)
  }

  @Test func reconciliationBacksOff() {
    var stage = stage(tasks: 1)
    _ = stage.reconnect()
    stage.advanceInTouch(.minutes(14))
    let count = stage.effects.takeCalls().count
    #expect((5...14).contains(count), "\(count) times in 14 minutes")
  }

  @Test func allTasksAreAskedForFromTimeToTime() {
    var stage = stage(tasks: 1)
    stage.advanceInTouch(.minutes(15))
    #expect(
      stage.effects.takeCalls() == [.reconcile([.init("t1", agentID: "a1")]), .reconcile([])])
  }

  @Test func withoutTheDefaultNothingIsReconciled() {
    var options = SchedulerOptions()
    options.reconciles = false
    var stage = stage(tasks: 1, options: options)
    #expect(stage.reconnect().map(\.name) == ["SUBSCRIBE"])
    stage.advanceInTouch(.minutes(20))
    #expect(stage.effects.takeCalls().isEmpty)
  }

  @Test func generatedIDsDifferBetweenIncarnations() {
    func ids(seed: UInt64) -> [TaskID] {
      var stage = Stage(
        Puppet { input, cluster in
          guard case .offers(let offers) = input else { return }
          var use = cluster.accept(offers[0])
          while use.run(shell: "true", resources: "cpus:1") != nil {}
        }, seed: seed)
      stage.subscribe()
      stage.event(.offers([offer(1)]))
      return stage.effects.takeCalls().flatMap(\.launched).map(\.id)
    }
    let both = ids(seed: 1) + ids(seed: 2)
    #expect(both.count == 8 && Set(both).count == 8)
  }

  @Test func lossesAndOperationUpdatesAreTold() {
    var stage = stage(tasks: 1)
    stage.event(.failure(agentID: "a1", executorID: nil, status: nil))
    stage.event(.failure(agentID: "a1", executorID: "x", status: 9))
    let uuid = UUID(high: 1, low: 2)
    let operation = OperationStatus(operationID: "o", state: .finished, uuid: uuid, agentID: "a1")
    stage.event(.updateOperationStatus(operation))
    #expect(
      stage.driver.scheduler.heard.suffix(3) == [
        .agentLost("a1"), .executorLost("a1", "x", status: 9), .operationUpdate(operation),
      ])
    #expect(
      stage.effects.takeCalls() == [
        .acknowledgeOperationStatus(
          .init(agentID: "a1", resourceProviderID: nil, uuid: uuid, operationID: "o"))
      ])
  }
}
