// Counts offers and times their answers where they enter and leave the master: at the links of its sessions.

import BenchmarkSupport
import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Synchronization

/// Stands between a transport and the master's host.
///
/// An offer is sent when the host hands its event to the session's link, and answered when the host says that it has
/// handled the call that declines it. All offers are counted; one in sixteen is timed.
final class OfferMeter: SessionHandler {
  private let master: any SessionHandler
  private let sessions = Mutex<[SessionID: MeteredLink]>([:])

  init(_ master: any SessionHandler) { self.master = master }

  func opened(_ link: any Link, _ peer: Peer) -> SessionID? {
    guard peer.role == .framework else { return master.opened(link, peer) }
    let metered = MeteredLink(link)
    guard let session = master.opened(metered, peer) else { return nil }
    sessions.withLock { $0[session] = metered }
    return session
  }

  func connectFailed(reason: String) { master.connectFailed(reason: reason) }

  func received(_ session: SessionID, _ messages: [Message]) {
    if let link = sessions.withLock({ $0[session] }) { link.received(messages) }
    master.received(session, messages)
  }

  func closed(_ session: SessionID, reason: String) { master.closed(session, reason: reason) }

  /// How many offers have been answered, and how long those took that were timed since it was last asked.
  func take() -> (answered: Int, latency: Histogram) {
    var (answered, latency) = (0, Histogram())
    for link in sessions.withLock({ Array($0.values) }) {
      let figures = link.take()
      answered += figures.answered
      latency.add(figures.latency)
    }
    return (answered, latency)
  }
}

private final class MeteredLink: Link {
  private static let sampling: UInt64 = 16

  private struct Arrival {
    var messages: Int
    var answered: Int
    var sampled: [UInt64]
  }

  private struct State: Sendable {
    var sentAt: [UInt64: Int64] = [:]
    var arrivals: [Arrival] = []
    var answered = 0
    var latency = Histogram()
  }

  private let link: any Link
  private let state = Mutex(State())

  init(_ link: any Link) { self.link = link }

  func send(_ messages: [Message]) {
    let now = Clock.now()
    state.withLock { state in
      for case .schedulerEvent(.offers(let offers)) in messages {
        for index in offers.indices {
          guard let number = offers[index].id.number, number % Self.sampling == 0 else { continue }
          state.sentAt[number] = now
        }
      }
    }
    link.send(messages)
  }

  func received(_ messages: [Message]) {
    var arrival = Arrival(messages: messages.count, answered: 0, sampled: [])
    for case .schedulerCall(let call, _) in messages {
      guard case .decline(let ids, _) = call.kind else { continue }
      arrival.answered += ids.count
      for index in ids.indices {
        guard let number = ids[index].number, number % Self.sampling == 0 else { continue }
        arrival.sampled.append(number)
      }
    }
    state.withLock { $0.arrivals.append(arrival) }
  }

  func consumed(_ count: Int) {
    let now = Clock.now()
    state.withLock { state in
      var rest = count
      while rest > 0, let arrival = state.arrivals.first {
        state.arrivals.removeFirst()
        rest -= arrival.messages
        state.answered += arrival.answered
        for number in arrival.sampled {
          if let sent = state.sentAt.removeValue(forKey: number) { state.latency.record(now - sent) }
        }
      }
    }
    link.consumed(count)
  }

  func close(reason: String) { link.close(reason: reason) }

  func take() -> (answered: Int, latency: Histogram) {
    state.withLock { state in
      defer { state.latency = Histogram() }
      return (state.answered, state.latency)
    }
  }
}
