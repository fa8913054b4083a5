import Testing

@testable import MesetaMaster

@Suite struct PingMonitorTests {
  @Test func anAgentIsGivenUpAfterSoManyPingsInARow() {
    var monitor = PingMonitor(limit: 2)
    #expect(monitor.elapsed() == .ping)
    #expect(monitor.elapsed() == .ping)
    monitor.pong()
    #expect(monitor.elapsed() == .ping)
    #expect(monitor.elapsed() == .ping)
    #expect(monitor.elapsed() == .giveUp)
  }

  @Test func aLatePongCountsForTheNextPing() {
    var monitor = PingMonitor(limit: 1)
    #expect(monitor.elapsed() == .ping)
    monitor.pong()
    monitor.pong()
    #expect(monitor.elapsed() == .ping)
    #expect(monitor.unanswered == 0)
    #expect(monitor.elapsed() == .giveUp)
  }

  @Test func anAgentIsGivenUpAfterOnePingAtTheLeast() {
    var monitor = PingMonitor(limit: 0)
    #expect(monitor.elapsed() == .ping, "it was not pinged before")
    #expect(monitor.elapsed() == .giveUp)
  }
}
