// The yardstick for TCP: what NIO does on this machine with messages that mean nothing.

import ArgumentParser
import BenchmarkSupport
import Glibc
import NIOCore
import NIOPosix

struct Echo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sends length-prefixed messages to another process that sends them back.")

  @Option(help: "The length of a message, without its 4-byte prefix.")
  var bytes = 300

  @Option(help: "How many messages are under way at any time.")
  var window = 1024

  @Option(help: "For how long, in seconds.")
  var seconds: Double = 3

  @Option(
    help: ArgumentHelp(
      "Send so many messages a second, rather than keep --window of them under way.",
      discussion: "round_trip_us then is how long one takes.", valueName: "messages/s"))
  var rate: Double?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let rate {
      guard rate > 0, rate <= 10_000_000 else {
        throw ValidationError("--rate \(rate): give more than 0 and at most 10000000")
      }
    }
    guard (0...1 << 20).contains(bytes) else {
      throw ValidationError("--bytes \(bytes): give 0 to \(1 << 20)")
    }
    guard (1...1 << 20).contains(window) else {
      throw ValidationError("--window \(window): give 1 to \(1 << 20)")
    }
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds \(seconds): give more than 0 and at most 3600")
    }
  }

  func run() async throws { try await measure().print(json: output.json) }

  func measure() async throws -> Report {
    let server = try ChildProcess(["echo-server"])
    defer { server.finish() }
    guard let port = server.readLine().flatMap({ Int($0) }) else {
      throw BenchmarkFailure("the echo server did not start")
    }
    let (bytes, window, seconds) = (bytes, window, seconds)
    if let rate {
      let latency = try await Self.converse(port) {
        PacedEchoClient(bytes: bytes, perSecond: rate, seconds: seconds, done: $0)
      }
      return Report(
        title: "echo, \(bytes) bytes, \(Int(rate)) a second",
        figures: [
          ("round_trips_per_second", .number(Double(latency.count) / seconds)),
          ("round_trip_us", latency.figure),
        ])
    }
    let perSecond = try await Self.converse(port) {
      EchoClient(bytes: bytes, window: window, seconds: seconds, done: $0)
    }
    return Report(
      title: "echo, \(bytes) bytes, \(window) under way",
      figures: [("round_trips_per_second", .number(perSecond))])
  }

  /// Has a client of the server find out something.
  private static func converse<Finding: Sendable>(
    _ port: Int, _ client: @escaping @Sendable (EventLoopPromise<Finding>) -> any ChannelInboundHandler
  ) async throws -> Finding {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let done = group.next().makePromise(of: Finding.self)
    let channel = try await ClientBootstrap(group: group)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            ByteToMessageHandler(PrefixedMessageDecoder()), client(done))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    let finding = try await done.futureResult.get()
    try await channel.close().get()
    try await group.shutdownGracefully()
    return finding
  }
}

/// The other process.
struct EchoServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "echo-server", shouldDisplay: false)

  func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let channel = try await ServerBootstrap(group: group)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            ByteToMessageHandler(PrefixedMessageDecoder()), EchoHandler())
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    print(channel.localAddress?.port ?? 0)
    fflush(nil)
    while Swift.readLine() != nil {}
    try await group.shutdownGracefully()
  }
}

/// Cuts the stream into messages, each with its prefix of 4 bytes.
private struct PrefixedMessageDecoder: ByteToMessageDecoder {
  typealias InboundOut = ByteBuffer

  mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) -> DecodingState {
    guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self),
      let message = buffer.readSlice(length: Int(length) + 4)
    else { return .needMoreData }
    context.fireChannelRead(wrapInboundOut(message))
    return .continue
  }

  mutating func decodeLast(
    context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
  ) -> DecodingState { .needMoreData }
}

/// Sends back what comes, with one flush for all that was read at once.
private final class EchoHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    context.write(data, promise: nil)
  }

  func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Keeps a number of messages under way and counts those that come back.
private final class EchoClient: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private static let warmUp: Int64 = 500_000_000
  private let bytes: Int
  private let window: Int
  private let duration: Int64
  private let done: EventLoopPromise<Double>
  private var connected: Int64 = 0
  /// When counting began; 0 before.
  private var start: Int64 = 0
  private var count = 0
  private var isDone = false

  init(bytes: Int, window: Int, seconds: Double, done: EventLoopPromise<Double>) {
    self.bytes = bytes
    self.window = window
    self.duration = Int64(seconds * 1e9)
    self.done = done
  }

  func channelActive(context: ChannelHandlerContext) {
    connected = Clock.now()
    var message = context.channel.allocator.buffer(capacity: bytes + 4)
    message.writeInteger(UInt32(bytes))
    message.writeRepeatingByte(0x6D, count: bytes)
    for _ in 0..<window { context.write(wrapOutboundOut(message), promise: nil) }
    context.flush()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    count += 1
    if !isDone { context.write(data, promise: nil) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.flush()
    let now = Clock.now()
    if start == 0 {
      guard now - connected >= Self.warmUp else { return }
      start = now
      count = 0
    } else if !isDone, now - start >= duration {
      isDone = true
      done.succeed(Double(count) / (Double(now - start) / 1e9))
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if !isDone { done.fail(BenchmarkFailure("the echo server ended early")) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    isDone = true
    done.fail(error)
    context.close(promise: nil)
  }
}
