// How an agent finds its master, keeps it, and finds it again.

import MesetaAgent
import MesetaRuntime
import Testing

@Suite struct MasterConnectionTests {
  var generator = SeededGenerator(seed: 1)
  var connection = MasterConnection(backoffFactor: .seconds(1))
  let session = SessionID(9)

  private func at(_ seconds: Int) -> Instant { .zero + .seconds(seconds) }

  private mutating func connected() {
    _ = connection.wake(at: .zero, &generator)
    _ = connection.opened(session, at: .zero, &generator)
  }

  private mutating func registered(pingTimeout: Span = .seconds(75)) {
    connected()
    _ = connection.admitted(pingTimeout: pingTimeout.nanoseconds, isStored: true, at: .zero)
  }

  @Test mutating func itConnectsAtOnce() {
    #expect(connection.nextWake == .zero)
    #expect(connection.wake(at: .zero, &generator) == .connect)
    #expect(connection.wake(at: at(5), &generator) == .nothing)
  }

  @Test mutating func attemptsSpreadOverABoundThatDoublesUpToAMinute() {
    var now = Instant.zero
    var bound = Span.seconds(1)
    for _ in 0..<12 {
      #expect(connection.wake(at: now, &generator) == .connect)
      connection.connectFailed(at: now, &generator)
      let wait = connection.nextWake - now
      #expect(wait > .zero && wait <= bound)
      now = connection.nextWake
      bound = min(bound * 2, .minutes(1))
    }
    #expect(bound == .minutes(1))
  }

  @Test mutating func theRegistrationIsRepeatedUntilItIsAnswered() {
    connected()
    for _ in 0..<3 {
      let retry = connection.nextWake
      #expect(retry != .never)
      #expect(connection.wake(at: retry, &generator) == .register(session))
    }
    #expect(connection.admitted(pingTimeout: 1_000_000_000, isStored: true, at: at(9)) == .resume)
    #expect(connection.registeredSession == session)
    #expect(connection.nextWake == at(10))
  }

  @Test mutating func anIdThatIsNotOnDiskIsWaitedFor() {
    connected()
    #expect(connection.admitted(pingTimeout: 1_000_000_000, isStored: false, at: .zero) == .nothing)
    #expect(connection.registeredSession == nil)
    #expect(connection.stored() == .resume)
    #expect(connection.registeredSession == session)
  }

  @Test mutating func pingsKeepTheMaster() {
    registered()
    #expect(connection.pinged(isConnected: true, at: at(60), &generator) == .nothing)
    #expect(connection.wake(at: at(75), &generator) == .nothing)
    #expect(connection.nextWake == at(135))
  }

  @Test mutating func aMasterThatIsSilentIsLeft() {
    registered()
    #expect(
      connection.wake(at: at(75), &generator)
        == .close(session, reason: "no ping from the master for 75s"))
    #expect(connection.session == nil)
    #expect(connection.nextWake > at(75) && connection.nextWake <= at(76))
  }

  @Test mutating func aPingTimeoutThatIsNoneIsMesosDefault() {
    connected()
    _ = connection.admitted(pingTimeout: -5, isStored: true, at: .zero)
    #expect(connection.nextWake == at(75))
  }

  @Test mutating func aMasterThatTakesTheAgentForDisconnectedIsToldAgain() {
    registered()
    #expect(connection.pinged(isConnected: false, at: at(1), &generator) == .register(session))
    #expect(connection.registeredSession == nil)
  }

  @Test mutating func aSessionThatNobodyAskedForIsClosed() {
    #expect(
      connection.opened(session, at: .zero, &generator)
        == .close(session, reason: "the agent did not ask for this session"))
    #expect(connection.nextWake == .zero)
  }

  @Test mutating func afterALossTheAgentComesBackWithinTheBackoffFactor() {
    registered()
    connection.closed(at: at(3), &generator)
    #expect(connection.nextWake > at(3) && connection.nextWake <= at(4))
    #expect(connection.wake(at: connection.nextWake, &generator) == .connect)
  }

  @Test mutating func aRefusedRegistrationIsTriedAgainMoreSlowly() {
    for _ in 0..<20 {
      _ = connection.wake(at: connection.nextWake, &generator)
      _ = connection.opened(session, at: .zero, &generator)
      connection.refused(at: .zero, &generator)
      #expect(connection.session == nil)
      #expect(connection.nextWake > .zero)
    }
  }

  @Test mutating func aMasterMayBeSilentForAsLittleAsItHasSaid() {
    connected()
    _ = connection.admitted(pingTimeout: 1, isStored: true, at: at(1))
    #expect(connection.nextWake == at(1) + Span(nanoseconds: 1))
  }
}
