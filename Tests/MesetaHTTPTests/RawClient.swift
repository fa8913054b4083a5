// A client that writes requests as they come, byte by byte if need be, and reads what comes back.

import MesetaModel
import NIOCore
import NIOPosix

/// What an answer began with.
struct Head: Sendable {
  var status: Int
  /// By their names in small letters.
  var fields: [String: String]
}

struct Reply: Sendable {
  var head: Head
  var body: [UInt8]

  var status: Int { head.status }
  var text: String { String(decoding: body, as: UTF8.self) }
}

struct ConnectionClosed: Error {}

/// One connection. Waits without holding a thread.
final class RawClient {
  let channel: any Channel
  private var incoming: AsyncStream<[UInt8]>.AsyncIterator
  private var buffer: [UInt8] = []
  /// What chunks have brought of the stream of records.
  private var records: [UInt8] = []

  private init(_ channel: any Channel, _ incoming: AsyncStream<[UInt8]>.AsyncIterator) {
    self.channel = channel
    self.incoming = incoming
  }

  deinit { channel.close(promise: nil) }

  /// - Parameter window: How many bytes the system keeps for the client that it has not read.
  static func connect(to address: HostPort, window: Int? = nil) async throws -> RawClient {
    let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
    var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connectTimeout(.minutes(2))  // a machine may stall
    if let window {
      bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(window))
    }
    let channel =
      try await bootstrap
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Receiver(continuation))
        }
      }
      .connect(host: address.host, port: address.port).get()
    return RawClient(channel, stream.makeAsyncIterator())
  }

  func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
  }

  /// Sends a request and reads the answer to its end.
  func ask(_ request: String) async throws -> Reply {
    try await send(request)
    return try await reply()
  }

  func closeOutput() async throws { try await channel.close(mode: .output).get() }

  func close() async throws { try await channel.close().get() }

  /// Reads nothing any more.
  func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

  func startReading() async throws { try await channel.setOption(.autoRead, value: true).get() }

  // MARK: Reading

  func reply() async throws -> Reply {
    let head = try await head()
    var body: [UInt8] = []
    if head.fields["transfer-encoding"] == "chunked" {
      while let chunk = try await chunk() { body += chunk }
    } else {
      body = try await bytes(head.fields["content-length"].flatMap { Int($0) } ?? 0)
    }
    return Reply(head: head, body: body)
  }

  /// The lines of an answer before its body.
  func head() async throws -> Head {
    let status = try await line().split(separator: " ")
    let isStatus = status.count > 1 && status[0].hasPrefix("HTTP/1.")
    var head = Head(status: isStatus ? Int(status[1]) ?? 0 : 0, fields: [:])
    while true {
      let line = try await line()
      if line.isEmpty { return head }
      let parts = line.split(separator: ":", maxSplits: 1)
      head.fields[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
    }
  }

  /// The next chunk of a body; nil at its end.
  func chunk() async throws -> [UInt8]? {
    let size = Int(try await line(), radix: 16) ?? 0
    let chunk = try await bytes(size)
    _ = try await line()
    return size == 0 ? nil : chunk
  }

  /// The next record of a stream of them; nil at its end.
  func record() async throws -> [UInt8]? {
    while true {
      if let end = records.firstIndex(of: UInt8(ascii: "\n")),
        let length = Int(String(decoding: records[..<end], as: UTF8.self)), records.count > end + length
      {
        defer { records.removeFirst(end + 1 + length) }
        return Array(records[(end + 1)..<(end + 1 + length)])
      }
      guard let chunk = try await chunk() else { return nil }
      records += chunk
    }
  }

  /// Whether the other side has closed the connection, or does so.
  func isClosed() async -> Bool {
    while let more = await incoming.next() { buffer += more }
    return true
  }

  private func line() async throws -> String {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        defer { buffer.removeFirst(end + 1) }
        return String(decoding: buffer[..<end].filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
      }
      try await more()
    }
  }

  private func bytes(_ count: Int) async throws -> [UInt8] {
    while buffer.count < count { try await more() }
    defer { buffer.removeFirst(count) }
    return Array(buffer[..<count])
  }

  private func more() async throws {
    guard let more = await incoming.next() else { throw ConnectionClosed() }
    buffer += more
  }
}

private final class Receiver: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer

  private let continuation: AsyncStream<[UInt8]>.Continuation

  init(_ continuation: AsyncStream<[UInt8]>.Continuation) { self.continuation = continuation }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    continuation.yield(Array(unwrapInboundIn(data).readableBytesView))
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed? = event as? ChannelEvent { continuation.finish() }
  }

  func channelInactive(context: ChannelHandlerContext) { continuation.finish() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    continuation.finish()
    context.close(promise: nil)
  }
}
