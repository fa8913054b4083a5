// The laws of status updates notice what breaks them, and nothing else.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaSimulation

@Suite struct UpdateLawTests {
  private var watch = Watch()

  init() { watch.launch(watch.task("t")) }

  @Test mutating func updatesInOrderThatAreAcknowledgedAreFine() {
    watch.report(watch.status("t", .running, 1))
    watch.acknowledge("t", 1)
    watch.report(watch.status("t", .finished, 2))
    watch.report(watch.status("t", .finished, 2))
    watch.acknowledge("t", 2)
    #expect(watch.problem == nil)
    #expect(watch.checks.finishedTasks(of: watch.framework) == 1)
    #expect(watch.checks.streams.unacknowledged(for: .zero, at: watch.time).isEmpty)
  }

  @Test mutating func anAcknowledgedUpdateIsNotSentAnew() {
    watch.report(watch.status("t", .running, 1))
    watch.acknowledge("t", 1)
    watch.report(watch.status("t", .running, 1))
    #expect(watch.problem?.contains("again after the agent had taken the acknowledgement") == true)
  }

  @Test mutating func nothingIsReportedAfterTheEnd() {
    watch.report(watch.status("t", .finished, 1))
    watch.acknowledge("t", 1)
    watch.report(watch.status("t", .lost, 2))
    #expect(watch.problem?.contains("was reported TASK_LOST after TASK_FINISHED") == true)
  }

  @Test mutating func theEndMayBeReportedAgainByAnAgentThatLostItsDisk() {
    watch.say(
      .agentMessage(
        .statusUpdate(
          StatusUpdate(watch.frameworkID, watch.status("t", .finished, 1), latestState: .finished))),
      watch.agent, watch.master)
    watch.checks.wentDown(watch.agent)
    watch.checks.streams.forgot(watch.agent)
    watch.checks.cameUp(watch.agent)
    watch.report(watch.status("t", .lost, 2))
    #expect(watch.problem == nil)
  }

  @Test mutating func anAgentThatIsStartedAgainReportsNothingAfterTheEnd() {
    watch.report(watch.status("t", .finished, 1))
    watch.acknowledge("t", 1)
    watch.checks.wentDown(watch.agent)
    watch.checks.cameUp(watch.agent)
    watch.report(watch.status("t", .lost, 2))
    #expect(watch.problem?.contains("was reported TASK_LOST after TASK_FINISHED") == true)
  }

  @Test mutating func whatIsShutDownWithItsFrameworkNeedsNoAcknowledgement() {
    watch.report(watch.status("t", .finished, 1))
    #expect(watch.checks.streams.unacknowledged(for: .zero, at: watch.time).count == 1)
    watch.say(.masterMessage(.shutdownFramework(watch.frameworkID)), watch.master, watch.agent)
    #expect(watch.checks.streams.unacknowledged(for: .zero, at: watch.time).isEmpty)
  }

  @Test mutating func whatIsReportedInTheBatchOfAShutdownNeedsNoAcknowledgement() {
    watch.deliver(.masterMessage(.shutdownFramework(watch.frameworkID)), watch.agent)
    let update = StatusUpdate(watch.frameworkID, watch.status("t", .starting, 1), latestState: .starting)
    watch.checks.sent(
      .agentMessage(.statusUpdate(update)), from: watch.agent, to: watch.master, on: watch.session,
      at: watch.time)
    #expect(watch.checks.streams.unacknowledged(for: .zero, at: watch.time).isEmpty)
    watch.report(watch.status("t", .running, 2))
    #expect(watch.checks.streams.unacknowledged(for: .zero, at: watch.time).count == 1)
  }

  @Test mutating func whatComesOnASessionThatTheAgentEndsMayBeIgnored() {
    watch.report(watch.status("t", .running, 1))
    watch.acknowledge("t", 1)
    watch.checks.closes(watch.agent)
    watch.report(watch.status("t", .running, 1))
    #expect(watch.problem == nil)
  }

  @Test mutating func anUpdateWaitsForTheOneBefore() {
    watch.report(watch.status("t", .running, 1))
    watch.report(watch.status("t", .finished, 2))
    #expect(watch.problem?.contains("before TASK_RUNNING was acknowledged") == true)
  }

  @Test mutating func aMasterAcknowledgesNothingByItself() {
    watch.report(watch.status("t", .running, 1))
    watch.say(
      .masterMessage(.acknowledge(watch.frameworkID, "t", UUID(high: 0, low: 1))), watch.master, watch.agent)
    #expect(watch.problem?.contains("acknowledged by the master that its framework has not") == true)
  }

  @Test mutating func aFrameworkAcknowledgesOnce() {
    watch.report(watch.status("t", .running, 1))
    watch.acknowledge("t", 1)
    watch.acknowledge("t", 1)
    #expect(watch.problem?.contains("acknowledged more often than its framework was told") == true)
  }

  @Test mutating func aMasterPassesOnWhatItHeardOnce() {
    watch.report(watch.status("t", .running, 1))
    watch.say(.schedulerEvent(.update(watch.status("t", .running, 1))), watch.master, watch.framework)
    #expect(watch.problem?.contains("passed on more often") == true)
  }

  @Test mutating func whatComesTwiceMayBePassedOnTwice() {
    let update = StatusUpdate(watch.frameworkID, watch.status("t", .running, 1), latestState: .running)
    watch.report(watch.status("t", .running, 1))
    watch.deliver(.agentMessage(.statusUpdate(update)), watch.master)
    watch.say(.schedulerEvent(.update(watch.status("t", .running, 1))), watch.master, watch.framework)
    #expect(watch.problem == nil)
  }

  @Test mutating func theFrameworkHearsInOrder() {
    watch.deliver(.schedulerEvent(.update(watch.status("t", .running, 2))), watch.framework)
    watch.deliver(.schedulerEvent(.update(watch.status("t", .starting, 1))), watch.framework)
    #expect(watch.problem?.contains("told to be TASK_STARTING after TASK_RUNNING") == true)
  }

  @Test mutating func whatIsNeverAcknowledgedIsFound() {
    watch.report(watch.status("t", .running, 1))
    #expect(watch.checks.streams.unacknowledged(for: .zero, at: watch.time).count == 1)
    #expect(watch.checks.streams.unacknowledged(for: .seconds(1), at: watch.time).isEmpty)
    watch.checks.wentDown(watch.agent)
    watch.checks.cameUp(watch.agent)
    #expect(watch.checks.streams.unacknowledged(for: .zero, at: watch.time).count == 1)
    watch.checks.lostDisk(watch.agent)
    #expect(watch.checks.streams.unacknowledged(for: .zero, at: watch.time).isEmpty)
  }
}
