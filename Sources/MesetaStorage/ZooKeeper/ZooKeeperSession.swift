// A session with ZooKeeper, through its C client.

import CZooKeeper
import Glibc
import MesetaHost
package import MesetaRuntime
import Synchronization

/// One session with the servers. Connections come and go within it; once it is over it stays so, and what is asked of it
/// fails. It has to be closed.
package final class ZooKeeperSession: Sendable {
  package enum State: Hashable, Sendable {
    /// No server is reached (any more); calls fail.
    case connecting
    case connected
    /// The servers have given the session up, or it was closed.
    case over(ZooKeeperError)
  }

  private struct Inside {
    /// The address of the library's handle; nil when it is closed.
    var handle: Int?
    /// Look-up only.
    var calls: [ObjectIdentifier: ZooKeeperCall] = [:]
    var state = State.connecting
    var timeout: Span
    var id: Int64 = 0
  }

  private let inside: Mutex<Inside>
  private let news: @Sendable () -> Void
  /// Whether the nodes that it makes belong to who has shown credentials.
  let isAuthenticated: Bool

  private init(timeout: Span, isAuthenticated: Bool, news: @escaping @Sendable () -> Void) {
    self.inside = Mutex(Inside(timeout: timeout))
    self.isAuthenticated = isAuthenticated
    self.news = news
  }

  /// Begins a session, which connects by and by.
  ///
  /// - Parameters:
  ///   - timeout: After so long without a word of it the servers give the session up. They may choose another time.
  ///   - news: Called when the state changes, and when a watched node does. On the client's thread.
  /// - Throws: if nobody knows the servers' names.
  package static func open(
    _ address: ZooKeeperAddress, timeout: Span, news: @escaping @Sendable () -> Void
  ) throws(ZooKeeperError) -> ZooKeeperSession {
    let session = ZooKeeperSession(
      timeout: timeout, isAuthenticated: address.credentials != nil, news: news)
    zoo_set_debug_level(ZOO_LOG_LEVEL_ERROR)
    let context = Unmanaged.passRetained(session)
    let milliseconds = Int32(clamping: timeout.nanoseconds / 1_000_000)
    let handle = zookeeper_init2(
      address.serverList, zooKeeperNews, milliseconds, nil, context.toOpaque(), ZOO_NO_LOG_CLIENTENV,
      zooKeeperLog)
    guard let handle else {
      let reason = String(cString: strerror(errno)).lowercased()
      context.release()
      throw ZooKeeperError(.connectionLoss, "\(address) cannot be looked up: \(reason)")
    }
    if let credentials = address.credentials {
      // Shown on each connection from now on. If they are refused, the session is over.
      _ = zoo_add_auth(handle, "digest", credentials, Int32(credentials.utf8.count), nil, nil)
    }
    session.inside.withLock { $0.handle = Int(bitPattern: handle) }
    return session
  }

  package var state: State { inside.withLock { $0.state } }

  /// After so long without a word the servers give the session up, as agreed when it was connected.
  package var timeout: Span { inside.withLock { $0.timeout } }

  /// The servers' number for it; 0 before it is connected.
  package var id: Int64 { inside.withLock { $0.id } }

  /// Ends the session: what hangs on it is gone when this returns, if a server is reached.
  package func close() async {
    let handle = inside.withLock { inside in
      inside.state = .over(ZooKeeperError(.sessionOver, "the session was closed"))
      return inside.handle.take()
    }
    guard let handle = handle.flatMap(OpaquePointer.init(bitPattern:)).map(Int.init(bitPattern:)) else {
      return
    }
    await withCheckedContinuation { continuation in
      // It waits for the client's threads to end.
      HostThread.start {
        _ = zookeeper_close(OpaquePointer(bitPattern: handle))
        self.failCalls()
        Unmanaged.passUnretained(self).release()
        continuation.resume()
      }
    }
  }

  /// Makes a call: `body` is handed the client's handle, and what the client is to hand back with the answer.
  func start(_ call: ZooKeeperCall, _ body: (OpaquePointer, UnsafeRawPointer) -> Int32) {
    let code = inside.withLock { inside -> Int32 in
      guard let handle = inside.handle.flatMap(OpaquePointer.init(bitPattern:)) else {
        return ZCLOSING.rawValue
      }
      inside.calls[ObjectIdentifier(call)] = call
      let code = body(handle, UnsafeRawPointer(Unmanaged.passUnretained(call).toOpaque()))
      if code != ZOK.rawValue { inside.calls[ObjectIdentifier(call)] = nil }
      return code
    }
    if code != ZOK.rawValue { call.finish(ZooKeeperReply(code)) }
  }

  /// A call has been answered; false if it was already.
  func forget(_ call: ZooKeeperCall) -> Bool {
    inside.withLock { $0.calls.removeValue(forKey: ObjectIdentifier(call)) != nil }
  }

  /// The client is gone, and answers nothing any more.
  private func failCalls() {
    let calls = inside.withLock { inside in
      defer { inside.calls = [:] }
      return inside.calls
    }
    for call in calls.values { call.finish(ZooKeeperReply(ZCLOSING.rawValue)) }
  }

  /// What the client says of the session, or of a watched node.
  fileprivate func hear(_ handle: OpaquePointer?, _ type: Int32, _ state: Int32) {
    if type == ZOO_SESSION_EVENT {
      let timeout = zoo_recv_timeout(handle)
      let id = zoo_client_id(handle)?.pointee.client_id
      inside.withLock { inside in
        if case .over = inside.state { return }
        switch state {
        case ZOO_CONNECTED_STATE:
          inside.state = .connected
          inside.timeout = .milliseconds(Int(timeout))
          if let id { inside.id = id }
        case ZOO_EXPIRED_SESSION_STATE:
          inside.state = .over(ZooKeeperError(.sessionOver, "ZooKeeper has given up the session"))
        case ZOO_AUTH_FAILED_STATE:
          inside.state = .over(
            ZooKeeperError(.notAuthorized, "ZooKeeper does not take the user and the password"))
        default: inside.state = .connecting
        }
      }
    }
    news()
  }
}

/// Nonisolated: the client calls it on a thread of its own.
private func zooKeeperNews(
  _ handle: OpaquePointer?, _ type: Int32, _ state: Int32, _ path: UnsafePointer<CChar>?,
  _ context: UnsafeMutableRawPointer?
) {
  guard let context else { return }
  Unmanaged<ZooKeeperSession>.fromOpaque(context).takeUnretainedValue().hear(handle, type, state)
}

/// What the client would write to the standard error; what matters of it comes as news and errors.
private func zooKeeperLog(_ message: UnsafePointer<CChar>?) {}
