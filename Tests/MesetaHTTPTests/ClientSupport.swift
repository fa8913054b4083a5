// Both ends of a client's session.

import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import NIOCore
import NIOPosix
import Synchronization

/// A server that answers whatever comes with the same bytes, and closes the connection.
final class CannedServer: Sendable {
  let address: HostPort
  private let channel: any Channel
  private let counter: Counter

  /// How often it has answered.
  var answers: Int { counter.count.withLock { $0 } }

  private final class Counter: Sendable {
    let count = Mutex(0)
  }

  private init(_ channel: any Channel, _ counter: Counter) {
    self.channel = channel
    self.counter = counter
    address = HostPort(host: "127.0.0.1", port: channel.localAddress?.port ?? 0)
  }

  static func start(_ answer: String) async throws -> CannedServer {
    let counter = Counter()
    let channel = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Answer(answer, counter))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return CannedServer(channel, counter)
  }

  func stop() async throws { try await channel.close().get() }

  private final class Answer: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: String
    private let counter: Counter

    init(_ answer: String, _ counter: Counter) {
      self.answer = answer
      self.counter = counter
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      counter.count.withLock { $0 += 1 }
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
      context.close(promise: nil)
    }
  }
}

/// A host that takes one session and keeps what it hears.
final class SessionRecorder: SessionHandler {
  private let opened = AsyncStream.makeStream(of: (any Link).self)
  private let messages = AsyncStream.makeStream(of: Message.self)
  private let end = Mutex<String?>(nil)

  /// Nil if there is no session.
  func link() async -> (any Link)? { await opened.stream.first { _ in true } }

  /// The next message; nil once the session has ended.
  func next() async -> Message? { await messages.stream.first { _ in true } }

  /// Why the session ended.
  func reason() async -> String? { end.withLock { $0 } }

  func opened(_ link: any Link, _ peer: Peer) -> SessionID? {
    opened.continuation.yield(link)
    return SessionID(1)
  }

  func connectFailed(reason: String) { closed(SessionID(1), reason: reason) }

  func received(_ session: SessionID, _ messages: [Message]) {
    for message in messages { self.messages.continuation.yield(message) }
  }

  func closed(_ session: SessionID, reason: String) {
    end.withLock { $0 = reason }
    opened.continuation.finish()
    messages.continuation.finish()
  }
}
