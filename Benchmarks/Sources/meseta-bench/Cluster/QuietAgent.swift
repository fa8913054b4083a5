// An agent that only registers and answers pings, for measuring offers.

import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Synchronization

/// It answers on its executor: a handler must not send while it is being delivered to.
final class QuietAgent: SessionHandler, HostJob {
  private struct State: Sendable {
    var link: (any Link)?
    var due: [Message] = []
    /// How many messages are done with and not yet reported so.
    var consumed = 0
    var lastSession: UInt64 = 0
  }

  private let info: AgentInfo
  private let place: Load.Place
  private let watch: LoadWatch
  private let state = Mutex(State())

  init(_ info: AgentInfo, _ place: Load.Place, _ watch: LoadWatch) {
    self.info = info
    self.place = place
    self.watch = watch
  }

  func start() { place.connector.connect(ConnectRequest(.agent, name: info.hostname, handler: self)) }

  func opened(_ link: any Link, _ peer: Peer) -> SessionID? {
    let registration = AgentRegistration(info, version: Version.current)
    let session = state.withLock { state in
      state.link = link
      state.due.append(.agentMessage(.register(registration)))
      state.lastSession += 1
      return SessionID(state.lastSession)
    }
    place.executor.execute(self)
    return session
  }

  func connectFailed(reason: String) { complain(reason) }
  func closed(_ session: SessionID, reason: String) { complain(reason) }

  func received(_ session: SessionID, _ messages: [Message]) {
    state.withLock { state in
      state.consumed += messages.count
      for case .masterMessage(let message) in messages {
        switch message {
        case .ping: state.due.append(.agentMessage(.pong))
        case .registered: watch.registered.increment()
        default: break
        }
      }
    }
    place.executor.execute(self)
  }

  func run() {
    let (link, due, consumed) = state.withLock { state in
      defer {
        state.due = []
        state.consumed = 0
      }
      return (state.link, state.due, state.consumed)
    }
    guard let link else { return }
    if consumed > 0 { link.consumed(consumed) }
    if !due.isEmpty { link.send(due) }
  }

  func timerFired() {}

  private func complain(_ reason: String) {
    if watch.isEnding.value == 0 { complainAloud("agent \(info.hostname) has no master: \(reason)") }
  }
}
