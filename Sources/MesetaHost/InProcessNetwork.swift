// The transport between hosts of one process: values are handed over as they are.

import MesetaProtocol
import MesetaRuntime
import Synchronization

/// Names the hosts of one process that take sessions, and connects others with them.
///
/// Messages of a session arrive in order, at the cost of two short locks for each batch.
public final class InProcessNetwork: Sendable {
  /// What a network allows.
  public struct Options: Sendable {
    /// How many messages may wait for the host at one end of a session; with more the session ends.
    public var maximumQueuedMessages = 1_000_000

    /// The defaults.
    public init() {}
  }

  private let options: Options
  /// Look-up only.
  private let listeners = Mutex<[String: any SessionHandler]>([:])

  /// A network of its own, with nobody on it.
  public init(options: Options = Options()) { self.options = options }

  /// Makes a host known under a name, in the place of one that had it before.
  public func listen(_ name: String, _ handler: any SessionHandler) {
    listeners.withLock { $0[name] = handler }
  }

  /// Ends what ``listen(_:_:)`` began. Sessions go on.
  public func unlisten(_ name: String) {
    listeners.withLock { $0[name] = nil }
  }

  /// Opens sessions to whoever has the name at that time.
  public func connector(to name: String) -> any Connector {
    InProcessConnector(network: self, target: name)
  }

  /// Opens a session between two hosts.
  func connect(_ request: ConnectRequest, to name: String) {
    guard let listener = listeners.withLock({ $0[name] }) else {
      request.handler.connectFailed(reason: "nobody in this process listens as \"\(name)\"")
      return
    }
    let pair = SessionPair(
      client: request.handler, server: listener, maximumQueuedMessages: options.maximumQueuedMessages)
    pair.open(
      clientPeer: Peer(request.role, principal: request.principal, address: request.name),
      serverPeer: Peer(.master, address: name), name: name)
  }
}

private struct InProcessConnector: Connector {
  let network: InProcessNetwork
  let target: String

  func connect(_ request: ConnectRequest) { network.connect(request, to: target) }
}

/// The two ends of a session.
private final class SessionPair: Sendable {
  /// One way through the session.
  private final class Direction: Sendable {
    let receiver: any SessionHandler
    /// The session as the receiver knows it; nil before it is open and after its end. Held while a batch is put into the
    /// receiver's mailbox, so that it cannot come before the opening or after the end.
    let session = Mutex<SessionID?>(nil)
    /// How many messages were sent and are not yet consumed.
    let queued = Atomic<Int>(0)

    init(to receiver: any SessionHandler) { self.receiver = receiver }
  }

  // A lock for each, so that two busy ends do not wait for each other. Who takes both takes that to the server first.
  private let toServer: Direction
  private let toClient: Direction
  private let maximumQueuedMessages: Int

  init(client: any SessionHandler, server: any SessionHandler, maximumQueuedMessages: Int) {
    self.toServer = Direction(to: server)
    self.toClient = Direction(to: client)
    self.maximumQueuedMessages = maximumQueuedMessages
  }

  func open(clientPeer: Peer, serverPeer: Peer, name: String) {
    let isTaken = toServer.session.withLock { serverSession in
      toClient.session.withLock { clientSession in
        let (server, client) = (toServer.receiver, toClient.receiver)
        guard let session = server.opened(InProcessLink(pair: self, toServer: false), clientPeer) else {
          return false
        }
        clientSession = client.opened(InProcessLink(pair: self, toServer: true), serverPeer)
        if clientSession == nil {
          server.closed(session, reason: "the peer has stopped")
        } else {
          serverSession = session
        }
        return true
      }
    }
    if !isTaken {
      toClient.receiver.connectFailed(reason: "\"\(name)\" takes no sessions: it has stopped")
    }
  }

  func send(_ messages: [Message], toServer isToServer: Bool) {
    let direction = isToServer ? toServer : toClient
    let excess = direction.session.withLock { session -> Int? in
      guard let session else { return nil }
      let queued = direction.queued.add(messages.count, ordering: .relaxed).newValue
      if queued > maximumQueuedMessages { return queued }
      direction.receiver.received(session, messages)
      return nil
    }
    guard let excess else { return }
    let reason = "\(excess) messages wait for the receiver, more than the limit of \(maximumQueuedMessages)"
    end { ($0.receiver.closed($1, reason: reason)) }
  }

  func consumed(_ count: Int, byServer: Bool) {
    (byServer ? toServer : toClient).queued.subtract(count, ordering: .relaxed)
  }

  /// Ends the session; the end that says so does not hear of it.
  func close(reason: String, toServer isToServer: Bool) {
    let told = isToServer ? toServer : toClient
    end { direction, session in
      if direction === told { direction.receiver.closed(session, reason: reason) }
    }
  }

  /// Closes both directions and calls `tell` with each and its session, unless that has been done.
  private func end(_ tell: (Direction, SessionID) -> Void) {
    toServer.session.withLock { serverSession in
      toClient.session.withLock { clientSession in
        guard let server = serverSession, let client = clientSession else { return }
        serverSession = nil
        clientSession = nil
        tell(toServer, server)
        tell(toClient, client)
      }
    }
  }
}

/// What one end holds.
private struct InProcessLink: Link {
  let pair: SessionPair
  let toServer: Bool

  func send(_ messages: [Message]) { pair.send(messages, toServer: toServer) }
  func close(reason: String) { pair.close(reason: reason, toServer: toServer) }
  func consumed(_ count: Int) { pair.consumed(count, byServer: !toServer) }
}
