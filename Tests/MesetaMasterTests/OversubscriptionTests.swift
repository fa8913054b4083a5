// What a master makes of resources that an agent gives away besides its own.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct OversubscriptionTests {
  var story = LoneMaster()

  private func total(_ id: AgentID) -> Resources? {
    story.master.describeAgents().first { $0.info.id == id }?.total
  }

  @Test mutating func whatAnAgentOversubscribesIsAddedToWhatItHas() throws {
    let session = story.open(.agent)
    let id = try story.registered("cpus:2;mem:64", on: session)
    story.say(.agentMessage(.updateOversubscribed("cpus{REV}:3")), on: session)
    #expect(total(id) == "cpus:2;mem:64;cpus{REV}:3")
    story.say(.agentMessage(.updateOversubscribed("mem{REV}:8")), on: session)
    #expect(total(id) == "cpus:2;mem:64;mem{REV}:8", "the estimate before is void")
    #expect(story.master.metrics.messagesUpdateSlave == 2)
    story.master.checkInvariants()
  }

  @Test mutating func whatIsNotRevocableIsNotOversubscribed() throws {
    let session = story.open(.agent)
    let id = try story.registered("cpus:2", on: session)
    story.say(.agentMessage(.updateOversubscribed("cpus{REV}:3;cpus:1")), on: session)
    story.say(
      .agentMessage(.updateOversubscribed(("cpus{REV}:3" as Resources).allocated(to: "web"))), on: session)
    #expect(total(id) == "cpus:2")
    #expect(story.master.metrics.droppedMessages == 2)
  }

  @Test mutating func nobodyOversubscribesWithoutAnAgent() throws {
    let session = story.open(.agent)
    story.say(.agentMessage(.updateOversubscribed("cpus{REV}:3")), on: session)
    #expect(story.master.describeAgents().isEmpty)
    #expect(story.master.metrics.droppedMessages == 1)
  }

  @Test mutating func onlyOffersOfWhatIsRevocableAreTakenBack() throws {
    let (agent, plain, lender) = (story.open(.agent), story.open(.framework), story.open(.framework))
    _ = try story.registered("cpus:2", on: agent)
    _ = try story.subscribed(
      FrameworkInfo(user: "u", name: "plain", roles: ["web"], capabilities: [.multiRole]), on: plain)
    _ = try story.subscribed(
      FrameworkInfo(
        user: "u", name: "lender", roles: ["batch"], capabilities: [.multiRole, .revocableResources]),
      on: lender)
    story.say(.agentMessage(.updateOversubscribed("cpus{REV}:1")), on: agent)
    let effects = story.say(.agentMessage(.updateOversubscribed("cpus{REV}:2")), on: agent)
    let events = effects.compactMap { $0.event(to: lender) }
    #expect(events.map(\.name) == ["RESCIND", "OFFERS"])
    if case .offers(let offers)? = events.last {
      #expect(offers.map { $0.resources.allocated(to: nil) } == ["cpus{REV}:2"])
    }
    #expect(effects.compactMap { $0.event(to: plain) }.isEmpty)
  }
}
