// What a host holds of a connection.

import MesetaHost
import MesetaProtocol
import NIOCore
import Synchronization

/// Hands a session's messages to its connection, on whatever thread the host runs.
final class NativeLink: Link {
  private struct Outgoing: Sendable {
    var messages: [Message] = []
    var closing: String?
    /// The event loop has been told to look here.
    var isAnnounced = false
  }

  private let connection: NIOLoopBound<NativeConnection>
  private let eventLoop: any EventLoop
  private let outgoing = Mutex(Outgoing())
  /// How many messages the host is done with.
  let handled = Atomic<Int>(0)
  /// Set while the connection waits for the host before it reads on.
  let isPaused = Atomic<Bool>(false)

  init(_ connection: NativeConnection, _ eventLoop: any EventLoop) {
    self.connection = NIOLoopBound(connection, eventLoop: eventLoop)
    self.eventLoop = eventLoop
  }

  func send(_ messages: [Message]) {
    if eventLoop.inEventLoop {
      drain()
      connection.value.send(messages)
    } else {
      put { $0.messages += messages }
    }
  }

  func close(reason: String) {
    if eventLoop.inEventLoop {
      drain()
      connection.value.end(reason: reason)
    } else {
      put { $0.closing = reason }
    }
  }

  func consumed(_ count: Int) {
    handled.add(count, ordering: .sequentiallyConsistent)
    guard isPaused.load(ordering: .sequentiallyConsistent) else { return }
    if eventLoop.inEventLoop {
      connection.value.resumeIfHandled()
    } else {
      eventLoop.execute { self.connection.value.resumeIfHandled() }
    }
  }

  private func put(_ change: @Sendable (inout Outgoing) -> Void) {
    let isNews = outgoing.withLock { outgoing in
      change(&outgoing)
      defer { outgoing.isAnnounced = true }
      return !outgoing.isAnnounced
    }
    if isNews { eventLoop.execute { self.drain() } }
  }

  /// Gives the connection what other threads left here.
  private func drain() {
    let (messages, closing) = outgoing.withLock { outgoing in
      defer {
        outgoing.messages = []
        outgoing.isAnnounced = false
      }
      return (outgoing.messages, outgoing.closing)
    }
    if !messages.isEmpty { connection.value.send(messages) }
    if let closing { connection.value.end(reason: closing) }
  }
}
