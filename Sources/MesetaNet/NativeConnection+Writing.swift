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
        return giveUp(
          "was to be sent a message longer than a frame may be, \(options.limits.maximumBytes) bytes")
      }
      if buffer.readableBytes >= Self.chunkBytes {
        write(buffer, context)
        guard checkWaiting() else { return }
        buffer = context.channel.allocator.buffer(capacity: Self.chunkBytes + 4096)
      }
    }
    batchBytes = max(512, min(buffer.readableBytes, 64 << 10))
    write(buffer, context)
    _ = checkWaiting()
  }

  /// Hands whole frames to the channel, or has them wait for it behind others.
  func write(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
    if waiting.isEmpty, context.channel.isWritable {
      context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    } else {
      waiting.append(buffer)
      waitingBytes += buffer.readableBytes
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    guard context.channel.isWritable, !waiting.isEmpty else { return }
    while context.channel.isWritable, let buffer = waiting.popFirst() {
      waitingBytes -= buffer.readableBytes
      context.write(wrapOutboundOut(buffer), promise: nil)
    }
    context.flush()
    closeOutputIfDone(context)
  }

  func dropWaiting() {
    waiting.removeAll()
    waitingBytes = 0
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
  private func checkWaiting() -> Bool {
    if waitingBytes <= options.maximumOutgoingBytes { return true }
    giveUp(
      "is too slow: \(waitingBytes) bytes wait for it, more than the limit of \(options.maximumOutgoingBytes)"
    )
    return false
  }

  /// Ends a connection whose peer has a problem. In place of what waits for the peer it is told of that, as far as it
  /// listens.
  func giveUp(_ problem: String) {
    guard let context else { return }
    let words = "\(options.nodeName) gave up on \(peerName), which \(problem)"
    var buffer = context.channel.allocator.buffer(capacity: 256)
    switch (phase, side) {
    case (.open, _):
      logger.warning("closing the connection of \(peerName): the peer \(problem)")
      _ = codec.encode(.closing(reason: words), into: &buffer)
      lose("the peer \(problem)")
    case (.magic, .server), (.handshake, .server):
      logger.info("refusing the connection of \(peerName), which \(problem)")
      codec.encode(HandshakeReply.refused(words), into: &buffer)
      lose(words)
    case (.magic, .client), (.handshake, .client):
      _ = codec.encode(.closing(reason: words), into: &buffer)
      lose("\(peerName) \(problem)")
    case (.ending, _), (.over, _): return
    }
    // Behind what the channel has taken already: a frame is whole or not there.
    context.write(wrapOutboundOut(buffer), promise: nil)
    finishWriting(context)
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
    isLeaving = true
    closeOutputIfDone(context)
    let channel = context.channel
    timer = context.eventLoop.scheduleTask(in: options.lingerTimeout.timeAmount) {
      channel.close(promise: nil)
    }
  }

  private func closeOutputIfDone(_ context: ChannelHandlerContext) {
    guard isLeaving, waiting.isEmpty else { return }
    isLeaving = false
    let written = context.eventLoop.makePromise(of: Void.self)
    context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(capacity: 0)), promise: written)
    let channel = context.channel
    written.futureResult.whenComplete { _ in channel.close(mode: .output, promise: nil) }
  }

  // MARK: Timers

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
      return giveUp("has been silent for \(interval * 3)")
    }
    if now >= lastWrite + interval.timeAmount { send([.heartbeat]) }
    if case .open = phase { scheduleHeartbeat(context) }
  }
}
