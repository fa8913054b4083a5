// The agent's way to its master: connecting, registering, listening for pings, and starting over.

package import MesetaRuntime

/// A small machine that knows how the agent stands with its master and when it has to do something about it.
package struct MasterConnection: Codable, Sendable {
  package enum State: Hashable, Codable, Sendable {
    case waiting(until: Instant)
    case connecting
    /// The session is open; the (re-)registration was sent and is sent again at `retry`.
    case registering(SessionID, retry: Instant)
    /// The master gave the agent an id, which is being written down.
    case storing(SessionID, silence: Instant)
    /// The master has the agent; it is taken to be gone at `silence`.
    case registered(SessionID, silence: Instant)
    case stopped
  }

  /// What the keeper has to do.
  package enum Action: Hashable, Sendable {
    case nothing
    case connect
    /// Send the registration, or the re-registration.
    case register(SessionID)
    /// Send what is waiting for the master.
    case resume
    /// Close the session; the machine connects again by itself.
    case close(SessionID, reason: String)
  }

  /// The longest bound of the wait between attempts.
  package static let longestBackoff = Span.minutes(1)
  /// How long a master that did not say otherwise may be silent.
  package static let defaultPingTimeout = Span.seconds(75)

  package private(set) var state: State = .waiting(until: .zero)
  private let factor: Span
  /// The bound of the next random wait.
  private var backoff: Span
  private var pingTimeout = defaultPingTimeout

  package init(backoffFactor: Span) {
    self.factor = max(backoffFactor, .milliseconds(1))
    self.backoff = self.factor
  }

  /// The session with the master, registered or not.
  package var session: SessionID? {
    switch state {
    case .registering(let session, _), .storing(let session, _), .registered(let session, _): session
    case .waiting, .connecting, .stopped: nil
    }
  }

  /// The session, once the master has the agent: what concerns tasks may be sent.
  package var registeredSession: SessionID? {
    if case .registered(let session, _) = state { session } else { nil }
  }

  package var isStoring: Bool {
    if case .storing = state { true } else { false }
  }

  package var nextWake: Instant {
    switch state {
    case .waiting(let time), .registering(_, let time), .storing(_, let time), .registered(_, let time): time
    case .connecting, .stopped: .never
    }
  }

  package mutating func wake(at now: Instant, _ generator: inout SeededGenerator) -> Action {
    guard nextWake <= now else { return .nothing }
    switch state {
    case .waiting:
      state = .connecting
      return .connect
    case .registering(let session, _):
      state = .registering(session, retry: now + nextDelay(&generator))
      return .register(session)
    case .storing(let session, _), .registered(let session, _):
      startOver(at: now, &generator)
      return .close(session, reason: "no ping from the master for \(pingTimeout)")
    case .connecting, .stopped:
      return .nothing
    }
  }

  package mutating func opened(
    _ session: SessionID, at now: Instant, _ generator: inout SeededGenerator
  ) -> Action {
    guard state == .connecting else {
      return .close(session, reason: "the agent did not ask for this session")
    }
    backoff = factor * 2
    state = .registering(session, retry: now + nextDelay(&generator))
    return .register(session)
  }

  package mutating func connectFailed(at now: Instant, _ generator: inout SeededGenerator) {
    guard state == .connecting else { return }
    state = .waiting(until: now + nextDelay(&generator))
  }

  /// The session ended. The agents of a master that is gone come back spread over the backoff factor.
  package mutating func closed(at now: Instant, _ generator: inout SeededGenerator) {
    guard session != nil else { return }
    startOver(at: now, &generator)
  }

  /// The master refused what was sent while registering: the next attempt waits longer than the last.
  package mutating func refused(at now: Instant, _ generator: inout SeededGenerator) {
    guard session != nil else { return }
    state = .waiting(until: now + nextDelay(&generator))
  }

  /// The master has the agent. With `isStored` false the id is written down first.
  package mutating func admitted(pingTimeout nanoseconds: Int64, isStored: Bool, at now: Instant) -> Action {
    pingTimeout = nanoseconds > 0 ? Span(nanoseconds: nanoseconds) : Self.defaultPingTimeout
    guard case .registering(let session, _) = state else { return .nothing }
    backoff = factor
    state =
      isStored
      ? .registered(session, silence: now + pingTimeout) : .storing(session, silence: now + pingTimeout)
    return isStored ? .resume : .nothing
  }

  /// The id is on disk.
  package mutating func stored() -> Action {
    guard case .storing(let session, let silence) = state else { return .nothing }
    state = .registered(session, silence: silence)
    return .resume
  }

  /// The master asked for a sign of life; it thinks the agent has to register again if `isConnected` is false.
  package mutating func pinged(
    isConnected: Bool, at now: Instant, _ generator: inout SeededGenerator
  ) -> Action {
    guard case .registered(let session, _) = state else {
      if case .storing(let session, _) = state { state = .storing(session, silence: now + pingTimeout) }
      return .nothing
    }
    if isConnected {
      state = .registered(session, silence: now + pingTimeout)
      return .nothing
    }
    backoff = factor * 2
    state = .registering(session, retry: now + nextDelay(&generator))
    return .register(session)
  }

  /// No more attempts.
  package mutating func stop() { state = .stopped }

  private mutating func startOver(at now: Instant, _ generator: inout SeededGenerator) {
    backoff = factor
    state = .waiting(until: now + nextDelay(&generator))
  }

  /// A random part of the present bound, which is doubled for the next time.
  private mutating func nextDelay(_ generator: inout SeededGenerator) -> Span {
    let bound = min(backoff, Self.longestBackoff)
    backoff = min(bound * 2, Self.longestBackoff)
    return Span(nanoseconds: 1 + Int64(generator.below(UInt64(bound.nanoseconds))))
  }
}
