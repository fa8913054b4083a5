// What operators are told of why agents are, or are not, on offer.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct ExplainTests {
  private var cluster: OperatedMaster
  private let session: SessionID
  private let id: FrameworkID

  init() throws {
    cluster = try OperatedMaster("cpus:4;mem:1024")
    session = cluster.lone.open(.framework)
    id = try cluster.lone.subscribed(
      FrameworkInfo(
        name: "batch", roles: ["web", "eng"], capabilities: [.multiRole],
        offerFilters: [
          OfferFilter(role: "eng", minimalQuantities: [[ResourceQuantity("cpus", Scalar(8))]])
        ]), on: session)
  }

  private mutating func explain(agentID: AgentID? = nil, role: String? = nil) -> Explanation? {
    let outcome = cluster.ask(.explain(id, agentID: agentID, role: role)).outcome
    if case .response(.explanation(let explanation))? = outcome { return explanation }
    return nil
  }

  private mutating func decline(for seconds: Double) {
    let offers = cluster.lone.master.offers.identifiers()
    cluster.lone.call(
      .decline(offerIDs: offers, filters: Filters(refuseSeconds: seconds)), of: id, on: session)
  }

  @Test mutating func everyAgentHasOneReason() throws {
    let other = cluster.lone.open(.agent)
    _ = try cluster.lone.registered(Resources(parsing: "cpus(db):1"), on: other)
    let explanation = try #require(explain())
    #expect(explanation.frameworkID == id)
    #expect(explanation.frameworkName == "batch")
    #expect(explanation.roles == ["web", "eng"])
    #expect(explanation.agents.count == 2)
    #expect(explanation.agents[0].reason == .offered)
    #expect(explanation.agents[0].role == "web")
    if case .reserved = explanation.agents[1].reason {
    } else {
      Issue.record("it is reserved, but \(explanation.agents[1].reason)")
    }
  }

  @Test mutating func aFilterEndsAtATimeOnTheWall() throws {
    cluster.lone.advance(by: .seconds(3))
    decline(for: 60)
    cluster.lone.advance(by: .seconds(10))
    let explanation = try #require(explain(role: "web"))
    #expect(explanation.time == 13_000_000_000)
    #expect(explanation.agents.map(\.reason) == [.filtered(until: 63_000_000_000)])
  }

  @Test mutating func whatIsTooLittleIsNamedWithHowMuchIsWanted() throws {
    decline(for: 60)
    let explanation = try #require(explain(role: "eng"))
    #expect(
      explanation.agents.map(\.reason) == [
        .tooSmall([Explanation.Amount("cpus", Scalar(4), of: Scalar(8))])
      ])
    #expect(explanation.agents[0].role == "eng")
  }

  @Test mutating func theRoleThatIsNearestToAnOfferIsTold() throws {
    decline(for: 60)
    let agent = try #require(explain()?.agents.first)
    #expect(agent.role == "web")
    if case .filtered = agent.reason {} else { Issue.record("it is filtered, but \(agent.reason)") }
    cluster.lone.call(.suppress(roles: ["web"]), of: id, on: session)
    #expect(explain()?.agents.first?.role == "eng")
  }

  @Test mutating func whatTheFrameworkIsOfferedInAnotherRoleIsTaken() {
    #expect(explain(role: "eng")?.agents.map(\.reason) == [.allocatedElsewhere])
  }

  @Test mutating func oneAgentIsAskedFor() throws {
    let other = cluster.lone.open(.agent)
    let added = try cluster.lone.registered("cpus:1", on: other)
    #expect(explain(agentID: added)?.agents.map(\.id) == [added])
  }

  @Test mutating func aFrameworkThatIsAwayIsTold() {
    cluster.lone.handle(.closed(session, reason: "gone"))
    // Without a failover time-out it is over at once.
    cluster.lone.advance(by: .seconds(1))
    let refusal = cluster.refusal(.explain(id, agentID: nil, role: nil))
    #expect(refusal?.message == "the framework \"\(id)\" is over: nothing is offered to it any more")
  }

  @Test mutating func whatIsNotThereIsNotFound() {
    #expect(cluster.refusal(.explain(FrameworkID("x"), agentID: nil, role: nil))?.code == .notFound)
    #expect(cluster.refusal(.explain(id, agentID: AgentID("x"), role: nil))?.code == .notFound)
    #expect(
      cluster.refusal(.explain(id, agentID: nil, role: "ops"))?.message
        == "the framework \"\(id)\" is not subscribed to the role \"ops\" but to { web, eng }")
  }
}
