// What a master counts, from nothing on.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct MetricsTests {
  var lone = LoneMaster()

  @Test mutating func ofATaskItsLaunchItsUpdatesAndItsAcknowledgementsAreCounted() throws {
    let (machine, session) = (lone.open(.agent), lone.open(.framework))
    let agent = try lone.registered("cpus:4", on: machine)
    let framework = try lone.subscribed(FrameworkInfo(name: "f"), on: session)
    let task = TaskInfo(name: "t", id: "t", agentID: agent, resources: "cpus:1", command: .shell("true"))
    let offer = OfferID(prefix: lone.master.info.id, number: 1)
    lone.call(.accept(.init([offer], [Operation(.launch([task]))])), of: framework, on: session)
    let uuid = UUID(high: 1, low: 1)
    for id in ["t", "stranger"] as [TaskID] {
      let status = TaskStatus(
        taskID: id, state: .finished, source: .executor, agentID: agent, timestamp: 0, uuid: uuid)
      lone.say(
        .agentMessage(.statusUpdate(StatusUpdate(framework, status, latestState: .finished))), on: machine)
    }
    for agent in [agent, "S404"] {
      lone.call(
        .acknowledge(.init(agentID: agent, taskID: "t", uuid: uuid)), of: framework, on: session)
    }
    var expected = MasterMetrics()
    expected.offersSent = lone.master.metrics.offersSent
    expected.tasksLaunched += 1
    expected.validStatusUpdates += 1
    expected.invalidStatusUpdates += 1
    expected.validStatusUpdateAcknowledgements += 1
    expected.invalidStatusUpdateAcknowledgements += 1
    #expect(lone.master.metrics == expected)
  }

  @Test func nothingIsCountedThatDidNotHappen() {
    let metrics = lone.master.metrics
    #expect(metrics.offersSent == 0 && metrics.offersRescinded == 0 && metrics.offersExpired == 0)
    #expect(
      metrics.tasksLaunched == 0 && metrics.validStatusUpdates == 0 && metrics.invalidStatusUpdates == 0)
    #expect(
      metrics.validStatusUpdateAcknowledgements == 0 && metrics.invalidStatusUpdateAcknowledgements == 0)
    #expect(metrics.validOperationStatusUpdates == 0 && metrics.invalidOperationStatusUpdates == 0)
    #expect(
      metrics.validOperationStatusUpdateAcknowledgements == 0
        && metrics.invalidOperationStatusUpdateAcknowledgements == 0)
    #expect(
      metrics.droppedMessages == 0 && metrics.messagesUpdateSlave == 0
        && metrics.slaveUnreachableCompleted == 0)
  }
}
