// Opens sessions with whichever master leads.

import Logging
import MesetaHTTP
import MesetaHost
import MesetaModel
import MesetaNet
import MesetaProtocol
import MesetaRuntime
import MesetaStorage
import NIOCore
import Synchronization

/// Finds the master that leads and connects there. A session ends when another master leads.
final class LeaderConnector: Connector {
  private let detector: LeaderDetector
  /// How long it looks for a master that takes a session, before it says that there is none.
  private let patience: Span
  private let way: @Sendable (Leader) throws -> any Connector

  /// - Parameter way: how a leader is connected to; throws if that cannot be.
  init(
    _ detector: LeaderDetector, patience: Span = .seconds(10),
    way: @escaping @Sendable (Leader) throws -> any Connector
  ) {
    self.detector = detector
    self.patience = patience
    self.way = way
  }

  /// By the native protocol.
  convenience init(
    native detector: LeaderDetector, patience: Span = .seconds(10), on group: any EventLoopGroup,
    options: NativeOptions, logger: Logger
  ) {
    self.init(detector, patience: patience) { leader in
      guard let address = leader.nativeAddress else { throw ForeignMaster(leader: leader) }
      return NativeConnector([address], on: group, options: options, logger: logger)
    }
  }

  func connect(_ request: ConnectRequest) { Task { await seek(request) } }

  /// Tries the master that leads, again if it does not take the session, and at once if another leads: a master that died
  /// leads on paper until its session with ZooKeeper has ended, and a new one takes nobody before it has read the registry.
  private func seek(_ request: ConnectRequest) async {
    let deadline = HostClock.now().monotonic + patience
    var problem: String?
    var refused: Leader?
    while true {
      let left = deadline - HostClock.now().monotonic
      guard left > .zero else {
        return request.handler.connectFailed(reason: problem ?? detector.problem)
      }
      let pause = refused == nil ? left : min(left, .milliseconds(.random(in: 200...600)))
      let other = await detector.leader(otherThan: refused?.candidate, within: pause)
      guard let leader = other ?? detector.leader else {
        // Nobody leads: whoever does next is welcome.
        refused = nil
        continue
      }
      guard let reason = await attempt(leader, request) else { return }
      problem = reason
      refused = leader
    }
  }

  /// Tries once; nil if there is a session, and otherwise what is in the way.
  private func attempt(_ leader: Leader, _ request: ConnectRequest) async -> String? {
    let connector: any Connector
    do { connector = try way(leader) } catch { return "\(error)" }
    return await withCheckedContinuation { continuation in
      var request = request
      request.handler = LeaderSession(request.handler, with: leader, detector) { reason in
        continuation.resume(returning: reason)
      }
      connector.connect(request)
    }
  }
}

/// The master that leads does not speak the protocol of whoever looks for it.
struct ForeignMaster: Error, CustomStringConvertible {
  let leader: Leader

  var description: String {
    "the master that leads, at \(leader.httpAddress), does not say where it speaks Meseta's native protocol: "
      + "is it one of Mesos?"
  }
}

/// A session with a leader, which ends when another leads.
private final class LeaderSession: SessionHandler {
  private enum Stage {
    case connecting
    case open(any Link, SessionID, observer: UInt64)
    case over
  }

  private let handler: any SessionHandler
  private let leader: Leader
  private let detector: LeaderDetector
  /// Is told once: nil if the session was opened, and otherwise why not.
  private let outcome: Mutex<(@Sendable (String?) -> Void)?>
  private let stage = Mutex(Stage.connecting)

  init(
    _ handler: any SessionHandler, with leader: Leader, _ detector: LeaderDetector,
    outcome: @escaping @Sendable (String?) -> Void
  ) {
    self.handler = handler
    self.leader = leader
    self.detector = detector
    self.outcome = Mutex(outcome)
  }

  func opened(_ link: any Link, _ peer: Peer) -> SessionID? {
    let session = handler.opened(link, peer)
    if let session {
      let observer = detector.observe { [weak self] leader in self?.leads(leader) }
      stage.withLock { $0 = .open(link, session, observer: observer) }
      // Nothing is called on a link before this has returned.
      Task { self.leads(detector.leader) }
    }
    // A host that has stopped wants no other session, either.
    settle(nil)
    return session
  }

  func connectFailed(reason: String) { settle(reason) }

  private func settle(_ reason: String?) {
    outcome.withLock { $0.take() }?(reason)
  }

  func received(_ session: SessionID, _ messages: [Message]) {
    // Under the lock: what comes when the session has ended here must not come behind its end.
    stage.withLock { stage in
      if case .open = stage { handler.received(session, messages) }
    }
  }

  func closed(_ session: SessionID, reason: String) { end(session, reason) }

  /// Somebody leads, or nobody.
  private func leads(_ other: Leader?) {
    guard let other, other.candidate != leader.candidate else { return }
    guard let (link, session) = end(nil, "the master at \(other.name) leads now") else { return }
    _ = session
    link.close(reason: "another master leads")
  }

  @discardableResult
  private func end(_ session: SessionID?, _ reason: String) -> (any Link, SessionID)? {
    let open = stage.withLock { stage -> (any Link, SessionID, UInt64)? in
      guard case .open(let link, let session, let observer) = stage else { return nil }
      stage = .over
      handler.closed(session, reason: reason)
      return (link, session, observer)
    }
    guard let open else { return nil }
    detector.forget(open.2)
    return (open.0, open.1)
  }
}
