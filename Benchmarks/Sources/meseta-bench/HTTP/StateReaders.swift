// Clients that read the state of a master again and again.

import MesetaModel
import NIOCore
import NIOPosix
import Synchronization

/// Readers of `/state`, each on a connection of its own.
final class StateReaders: Sendable {
  private let group = MultiThreadedEventLoopGroup.singleton
  private let channels = Mutex<[any Channel]>([])
  let reads = Counter()
  let bytes = Counter()

  /// Begins to read; each asks again when it has been answered.
  func start(_ count: Int, port: Int, isCompressed: Bool) async throws {
    for _ in 0..<count {
      let channel = try await ClientBootstrap(group: group)
        .channelInitializer { [reads, bytes] channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(
              StateReader(reads, bytes, isCompressed: isCompressed))
          }
        }
        .connect(host: "127.0.0.1", port: port).get()
      channels.withLock { $0.append(channel) }
    }
  }

  func stop() async throws {
    for channel in channels.withLock({ $0 }) { try? await channel.close().get() }
    channels.withLock { $0 = [] }
  }
}

private final class StateReader: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let reads: Counter
  private let bytes: Counter
  private let request: String
  /// The last bytes that came: an answer in chunks ends with an empty one.
  private var end: [UInt8] = []

  init(_ reads: Counter, _ bytes: Counter, isCompressed: Bool) {
    self.reads = reads
    self.bytes = bytes
    let fields = isCompressed ? "Accept-Encoding: gzip\r\n" : ""
    request = "GET /state HTTP/1.1\r\nHost: master\r\n\(fields)\r\n"
  }

  func channelActive(context: ChannelHandlerContext) { ask(context) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    bytes.add(buffer.readableBytes)
    end = Array((end + buffer.readableBytesView.suffix(7)).suffix(7))
    guard end == Array("\r\n0\r\n\r\n".utf8) else { return }
    end = []
    reads.increment()
    ask(context)
  }

  private func ask(_ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
  }
}
