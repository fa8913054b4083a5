// What a connection writes: batches, heartbeats, and its last word.

import Logging
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore

extension NativeConnection {
  /// A buffer is handed to the socket when it has grown to this.
  private static var chunkBytes: Int { 1 << 20 }

  /// Writes a batch with one flush.
  func send(_ messages: [Message]) {
    guard case .open = phase, let context else { return }
    lastWrite = .now()
    var buffer = context.channel.allocator.buffer(capacity: batchBytes)
    for message in messages {
      guard codec.encode(message, into: &buffer) || encodeRefusal(of: message, into: &buffer) else {
        return fail(
          "a message to the peer is longer than a frame may be, \(options.limits.maximumBytes) bytes", context
        )
      }
      if buffer.readableBytes >= Self.chunkBytes {
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        guard checkOutgoing(context) else { return }
        buffer = context.channel.allocator.buffer(capacity: Self.chunkBytes + 4096)
      }
    }
    batchBytes = max(512, min(buffer.readableBytes, 64 << 10))
    context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    _ = checkOutgoing(context)
  }

  /// An answer that no frame holds is answered by that: the session goes on. False for other messages.
  private func encodeRefusal(of message: Message, into buffer: inout ByteBuffer) -> Bool {
    guard case .operatorResponse(_, let request) = message else { return false }
    let error = CallError(
      .unavailable,
      "the answer is longer than a message may be, \(options.limits.maximumBytes) bytes: the cluster is too large to be "
        + "listed at once")
    return codec.encode(.failed(error, request: request), into: &buffer)
  }

  /// Ends the session if the peer does not take what it is sent.
  private func checkOutgoing(_ context: ChannelHandlerContext) -> Bool {
    // The channel's high-water mark is our limit.
    if context.channel.isWritable { return true }
    fail(
      "the peer is too slow: the bytes that wait for it are more than the limit of "
        + "\(options.maximumOutgoingBytes)", context)
    return false
  }

  /// Gives the peer up, with what it has not taken.
  func fail(_ reason: String, _ context: ChannelHandlerContext) {
    logger.warning("closing the connection of \(peerName): \(reason)")
    lose(reason)
    context.close(promise: nil)
  }

  /// The host ends the session: the peer is told why.
  func end(reason: String) {
    guard case .open = phase, let context else { return }
    send([.closing(reason: reason)])
    guard case .open = phase else { return }  // the peer was too slow for that
    phase = .ending
    finishWriting(context)
  }

  /// Waits until the peer has taken what was written, and for the peer to leave, but not for long. Closing at once
  /// would have the system drop the last words if there is something from the peer that nobody has read.
  func finishWriting(_ context: ChannelHandlerContext) {
    link = nil
    timer?.cancel()
    setReading(true)
    let written = context.eventLoop.makePromise(of: Void.self)
    context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(capacity: 0)), promise: written)
    let channel = context.channel
    written.futureResult.whenComplete { _ in channel.close(mode: .output, promise: nil) }
    timer = context.eventLoop.scheduleTask(in: options.lingerTimeout.timeAmount) {
      channel.close(promise: nil)
    }
  }

  // MARK: Timers

  func startHandshakeTimer(_ context: ChannelHandlerContext) {
    let timeout = options.handshakeTimeout
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: timeout.timeAmount) {
      self.lossReason = "\(self.peerName) did not complete the handshake in \(timeout)"
      self.context?.close(promise: nil)
    }
  }

  func startHeartbeat(_ context: ChannelHandlerContext) {
    lastRead = .now()
    lastWrite = lastRead
    scheduleHeartbeat(context)
  }

  private func scheduleHeartbeat(_ context: ChannelHandlerContext) {
    let interval = options.heartbeatInterval
    let next = min(lastWrite + interval.timeAmount, lastRead + (interval * 3).timeAmount)
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.heartbeat() }
  }

  private func heartbeat() {
    guard case .open = phase, let context else { return }
    let interval = options.heartbeatInterval
    let now = NIODeadline.now()
    if !isReading { lastRead = now }
    if now >= lastRead + (interval * 3).timeAmount {
      return fail("the peer has been silent for \(interval * 3)", context)
    }
    if now >= lastWrite + interval.timeAmount { send([.heartbeat]) }
    if case .open = phase { scheduleHeartbeat(context) }
  }
}
