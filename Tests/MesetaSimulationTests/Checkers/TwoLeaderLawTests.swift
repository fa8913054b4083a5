// Two masters that both believe that they lead: each has its own account, and neither is blamed for what only the other knows.

import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaSimulation

@Suite struct TwoLeaderLawTests {
  private var watch = Watch()
  private let next = NodeID(index: 9)
  private let nextSession = SessionID(8)

  init() {
    watch.checks.added(next, .master, isScripted: false)
    watch.checks.tookOver(next)
  }

  /// What the later master says to the framework, on a session of its own.
  private mutating func nextSays(_ event: SchedulerEvent) {
    watch.checks.sent(
      .schedulerEvent(event), from: next, to: watch.framework, on: nextSession, at: watch.time)
  }

  private var subscribed: SchedulerEvent {
    .subscribed(watch.frameworkID, heartbeatInterval: nil, master: nil)
  }

  @Test mutating func aMasterChangesNothingAfterAnotherHasTakenOver() {
    let operation = RegistryOperation.updateWeights([RoleWeight(role: "a", weight: 3)])
    watch.checks.stored(.registry(operation), by: next)
    #expect(watch.problem == nil)
    watch.store(operation)
    #expect(watch.problem == "a master has changed the registry after another had taken it over")
  }

  @Test mutating func whatIsDeclinedToTheEarlierMasterItMayOfferAgain() {
    watch.offers(watch.offer(1, "cpus:4;mem:4096"))
    nextSays(subscribed)
    watch.call(.decline(offerIDs: [OfferID(prefix: "M", number: 1)], filters: Filters(refuseSeconds: 0)))
    watch.offers(watch.offer(2, "cpus:4;mem:4096"))
    watch.settle()
    #expect(watch.problem == nil)
  }

  @Test mutating func anAgentTellsEachMasterWhatRunsOnIt() {
    let task = watch.task("t", "cpus:3;mem:128")
    watch.launch(task)
    watch.run("t")
    var registration = watch.registration
    registration.info.id = watch.agentID
    let back = AgentReregistration(
      registration, tasks: [TaskRecord(watch.frameworkID, task, state: .running)], executors: [],
      frameworks: [])
    for master in [watch.master, next] {
      watch.checks.sent(
        .agentMessage(.reregister(back)), from: watch.agent, to: master, on: nextSession, at: watch.time)
    }
    watch.checks.stored(.registry(.updateAgent(registration.info)), by: next)
    watch.handle([.local(.stored(StorageToken(1)))], by: next)
    for master in [watch.master, next] {
      let answer = MasterMessage.reregistered(watch.agentID, pingTimeout: 1, reconcile: .init())
      watch.checks.sent(
        .masterMessage(answer), from: master, to: watch.agent, on: nextSession, at: watch.time)
    }
    nextSays(.offers([watch.offer(1, "cpus:2;mem:128")]))
    watch.settle()
    #expect(watch.problem?.contains("offer M-O1") == true, "the later master has heard of the task")
  }

  @Test mutating func theEarlierMasterNeedNotKnowWhatTheLaterOneLaunches() {
    let task = watch.task("t")
    var info = FrameworkInfo(name: "f")
    info.id = watch.frameworkID
    watch.checks.sent(
      .masterMessage(.runTask(info, task)), from: next, to: watch.agent, on: nextSession, at: watch.time)
    watch.run("t")
    var answer = watch.status("t", .lost, 1)
    (answer.source, answer.reason, answer.uuid) = (.master, .reconciliation, nil)
    watch.say(.schedulerEvent(.update(answer)), watch.master, watch.framework)
    #expect(watch.problem == nil)
  }

  @Test mutating func aKillThatOnlyTheEarlierMasterHasHeardIsForgotten() {
    watch.launch(watch.task("t"))
    watch.run("t")
    watch.checks.tookOver(watch.master)
    watch.call(.kill(.init("t")))
    #expect(watch.checks.runs[0].isToEnd)
    watch.checks.cameUp(next)
    #expect(!watch.checks.runs[0].isToEnd)
    watch.say(
      .masterMessage(.killTask(watch.frameworkID, "t", gracePeriod: nil)), watch.master, watch.agent)
    watch.checks.cameUp(next)
    #expect(watch.checks.runs[0].isToEnd)
  }
}
