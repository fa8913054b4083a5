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

    public init() {}
  }

  private let options: Options
  /// Look-up only.
  private let listeners = Mutex<[String: any SessionHandler]>([:])

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
  private struct State: Sendable {
    var isOpen = false
    var client: SessionID?
    var server: SessionID?
  }

  private let client: any SessionHandler
  private let server: any SessionHandler
  private let maximumQueuedMessages: Int
  /// What was sent and not yet consumed.
  private let queuedForClient = Atomic<Int>(0)
  private let queuedForServer = Atomic<Int>(0)
  /// Held while a batch is put into a mailbox, so that it cannot come before the opening or after the end.
  private let state = Mutex(State())

  init(client: any SessionHandler, server: any SessionHandler, maximumQueuedMessages: Int) {
    self.client = client
    self.server = server
    self.maximumQueuedMessages = maximumQueuedMessages
  }

  func open(clientPeer: Peer, serverPeer: Peer, name: String) {
    let isOpen = state.withLock { state in
      state.server = server.opened(InProcessLink(pair: self, toServer: false), clientPeer)
      guard let session = state.server else { return false }
      state.client = client.opened(InProcessLink(pair: self, toServer: true), serverPeer)
      state.isOpen = state.client != nil
      if !state.isOpen { server.closed(session, reason: "the peer has stopped") }
      return true
    }
    if !isOpen { client.connectFailed(reason: "\"\(name)\" takes no sessions: it has stopped") }
  }

  func send(_ messages: [Message], toServer: Bool) {
    state.withLock { state in
      guard state.isOpen, let client = state.client, let server = state.server else { return }
      let count = messages.count
      let queued =
        toServer
        ? queuedForServer.add(count, ordering: .relaxed).newValue
        : queuedForClient.add(count, ordering: .relaxed).newValue
      if queued > maximumQueuedMessages {
        state.isOpen = false
        let reason =
          "\(queued) messages wait for the receiver, more than the limit of \(maximumQueuedMessages)"
        self.client.closed(client, reason: reason)
        self.server.closed(server, reason: reason)
      } else if toServer {
        self.server.received(server, messages)
      } else {
        self.client.received(client, messages)
      }
    }
  }

  func consumed(_ count: Int, byServer: Bool) {
    if byServer {
      queuedForServer.subtract(count, ordering: .relaxed)
    } else {
      queuedForClient.subtract(count, ordering: .relaxed)
    }
  }

  func close(reason: String, toServer: Bool) {
    state.withLock { state in
      guard state.isOpen, let client = state.client, let server = state.server else { return }
      state.isOpen = false
      if toServer {
        self.server.closed(server, reason: reason)
      } else {
        self.client.closed(client, reason: reason)
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
