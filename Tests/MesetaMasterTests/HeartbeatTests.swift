import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct HeartbeatTests {
  private func heartbeats(_ effects: [MasterEffect], to session: SessionID) -> Int {
    effects.filter { $0.event(to: session) == .heartbeat }.count
  }

  @Test func theFirstFollowsTheSubscription() {
    var lone = LoneMaster()
    let session = lone.open(.framework)
    let effects = lone.call(.subscribe(.init(FrameworkInfo(name: "f"))), of: nil, on: session)
    let events = effects.compactMap { $0.event(to: session) }
    #expect(events.map(\.name) == ["SUBSCRIBED", "HEARTBEAT"])
    #expect(heartbeats(lone.advance(by: .seconds(15)), to: session) == 1)
  }

  @Test func aFrameworkThatSubscribesAgainIsNotSentMore() throws {
    var lone = LoneMaster()
    let first = lone.open(.framework)
    var info = FrameworkInfo(name: "f", failoverTimeout: 60)
    info.id = try lone.subscribed(info, on: first)
    _ = lone.subscribe(info, on: first)
    #expect(heartbeats(lone.advance(by: .minutes(1)), to: first) == 4)
    let second = lone.open(.framework)
    _ = lone.subscribe(info, on: second)
    #expect(heartbeats(lone.advance(by: .minutes(1)), to: second) == 4)
    // The heartbeat, and the time to tidy the registry.
    #expect(lone.master.deadlines.count == 2)
  }

  @Test func theyStopWithTheSession() throws {
    var lone = LoneMaster()
    let session = lone.open(.framework)
    _ = lone.subscribe(FrameworkInfo(name: "f", failoverTimeout: 600), on: session)
    lone.handle(.closed(session, reason: "test"))
    #expect(heartbeats(lone.advance(by: .minutes(1)), to: session) == 0)
  }

  @Test func disconnectionsThatAreOverAreForgotten() throws {
    var lone = LoneMaster()
    var info = FrameworkInfo(name: "f", failoverTimeout: 365 * 86400)
    for _ in 0..<3000 {
      let session = lone.open(.framework)
      info.id = try lone.subscribed(info, on: session)
      lone.handle(.closed(session, reason: "test"))
    }
    #expect(lone.master.deadlines.count < 1100)
    lone.advance(by: Span.seconds(365 * 86400))
    #expect(lone.master.describeFrameworks().map(\.isCompleted) == [true], "the last one counts")
  }
}
