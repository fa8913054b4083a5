// One connection of the native protocol: frames in, and the session's life.

import Logging
import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore
import Synchronization

/// The handler at the end of a connection's pipeline. Everything in it happens on the connection's event loop.
///
/// A connection ends in one of two ways: the peer leaves, breaks or falls silent (`lose`), or this side has said its
/// last word and waits for the peer to take it (`end`).
final class NativeConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Which end this is.
  enum Side {
    case server(any SessionHandler)
    /// The promise is kept when the session is open, and broken if that cannot be.
    case client(ConnectRequest, EventLoopPromise<Void>)
  }

  enum Phase {
    /// So many bytes of the magic have come.
    case magic(Int)
    case handshake
    case open(SessionID)
    /// The last word is said; what comes is not read any more.
    case ending
    case over
  }

  let side: Side
  let options: NativeOptions
  let logger: Logger
  let codec: LoopCodec
  var phase: Phase
  var context: ChannelHandlerContext?
  var link: NativeLink?
  var peerName = "the peer"

  private var frames: FrameDecoder
  /// What this read brought.
  private var incoming: [Message] = []
  /// Why what follows in the stream is not read.
  var fault: Fault?
  /// The answers to calls that could be read but not taken: the session goes on, as a stream of Mesos's does.
  private var refusals: [Message] = []
  private var unhandled = Unhandled()
  var lastRead = NIODeadline.distantPast
  var lastWrite = NIODeadline.distantPast
  var timer: Scheduled<Void>?
  /// How large the last batch was, for the next one's buffer.
  var batchBytes = 512
  /// What the channel does not take yet. It may be dropped, for the channel breaks off no frame.
  var waiting = CircularBuffer<ByteBuffer>()
  var waitingBytes = 0
  /// No more is said than what waits; the output is closed behind it.
  var isLeaving = false
  var lossReason: String?

  struct Fault {
    var error: CallError
    /// The call that it answers, or 0.
    var request: UInt64 = 0
  }

  /// What was delivered to the host, as far as it may not have been handled yet.
  private struct Unhandled {
    /// Since the connection began.
    var deliveredMessages = 0
    /// Since everything was handled last.
    var bytes = 0
    var isPaused = false
  }

  init(_ side: Side, options: NativeOptions, logger: Logger) {
    self.side = side
    self.options = options
    self.logger = logger
    self.codec = .current(options.limits)
    self.frames = FrameDecoder(maximumLength: options.limits.maximumBytes)
    switch side {
    case .server: phase = .magic(0)
    case .client: phase = .handshake
    }
  }

  var handler: any SessionHandler {
    switch side {
    case .server(let handler): handler
    case .client(let request, _): request.handler
    }
  }

  // MARK: Life

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { begin() }
  }

  func channelActive(context: ChannelHandlerContext) { begin() }

  private func begin() {
    guard let context, timer == nil else { return }
    lastRead = .now()
    lastWrite = lastRead
    peerName = context.channel.remoteAddress.map(HostPort.init)?.description ?? "the peer"
    startHandshakeTimer(context)
    guard case .client(let request, _) = side else { return }
    var buffer = context.channel.allocator.buffer(capacity: 256)
    buffer.writeBytes(NativeProtocol.magic)
    codec.encode(options.handshake(request.role, name: request.name), into: &buffer)
    context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    lose(lossReason ?? "the peer closed the connection")
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    lossReason = lossReason ?? "the connection failed: \(error)"
    context.close(promise: nil)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    lose("the connection was taken down")
    self.context = nil
  }

  /// The connection is gone: tells whoever has to know.
  func lose(_ reason: String) {
    timer?.cancel()
    timer = nil
    let before = phase
    phase = .over
    link = nil
    incoming = []
    dropWaiting()
    switch before {
    case .open(let session): handler.closed(session, reason: reason)
    case .magic, .handshake, .ending:
      if case .client(_, let opened) = side { opened.fail(NativeConnectError(reason)) }
    case .over: break
    }
  }

  // MARK: Reading

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    lastRead = .now()
    var buffer = unwrapInboundIn(data)
    guard fault == nil, readMagic(&buffer) else { return }
    switch phase {
    case .ending, .over: return
    case .open: unhandled.bytes += buffer.readableBytes
    case .magic, .handshake: break
    }
    buffer.withUnsafeReadableBytes { bytes in
      do throws(FrameError) {
        try frames.feed(bytes) { receive(frame: $0) }
      } catch {
        fault = fault ?? Fault(error: CallError(.badRequest, error.description))
      }
    }
    if case .handshake = phase, frames.bufferedBytes > NativeProtocol.maximumHandshakeBytes {
      fault = Fault(
        error: CallError(
          .badRequest, "the handshake is longer than \(NativeProtocol.maximumHandshakeBytes) bytes"))
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if !incoming.isEmpty, case .open(let session) = phase {
      unhandled.deliveredMessages += incoming.count
      let messages = incoming
      incoming = []
      incoming.reserveCapacity(min(messages.count, 1024))
      handler.received(session, messages)
      pauseIfBehind()
    }
    if !refusals.isEmpty {
      send(refusals)
      refusals = []
    }
    if let fault { refuse(fault) }
  }

  private func receive(frame: UnsafeRawBufferPointer) {
    guard fault == nil else { return }
    do throws(WireError) {
      switch phase {
      case .open:
        let message = try codec.decoder.decode(frame)
        switch message {
        case .heartbeat: break
        case .closing(let reason): lossReason = String(reason.prefix(1024))
        default: incoming.append(message)
        }
      case .handshake:
        switch side {
        case .server: shake(try codec.decoder.decodeValue(Handshake.self, from: frame))
        case .client: shaken(try codec.decoder.decodeValue(HandshakeReply.self, from: frame))
        }
      case .magic, .ending, .over: break
      }
    } catch {
      let request = MessageDecoder.request(of: frame)
      if case .open = phase, request != 0, error.isOfOneValue {
        refusals.append(.failed(error.callError, request: request))
      } else {
        fault = Fault(error: error.callError, request: request)
      }
    }
  }

  /// Answers what cannot be read on, and ends.
  private func refuse(_ fault: Fault) {
    guard let context else { return }
    var buffer = context.channel.allocator.buffer(capacity: 256)
    switch phase {
    case .open(let session):
      _ = codec.encode(.failed(fault.error, request: fault.request), into: &buffer)
      logger.warning("closing the connection of \(peerName): \(fault.error)")
      phase = .ending
      handler.closed(session, reason: "the peer broke the protocol: \(fault.error)")
    case .magic, .handshake:
      logger.info("refusing the connection of \(peerName): \(fault.error)")
      if case .server = side { codec.encode(HandshakeReply.refused(fault.error.message), into: &buffer) }
      lossReason = "\(peerName) does not speak the protocol: \(fault.error)"
      phase = .ending
    case .ending, .over: return
    }
    write(buffer, context)
    finishWriting(context)
  }

  // MARK: The pace of reading

  private var isBehind: Bool {
    guard let link else { return false }
    let waiting = unhandled.deliveredMessages - link.handled.load(ordering: .sequentiallyConsistent)
    if waiting <= 0 {
      unhandled.bytes = 0
      return false
    }
    return waiting > options.maximumUnhandledMessages || unhandled.bytes > options.maximumUnhandledBytes
  }

  private func pauseIfBehind() {
    guard isBehind, let link, !unhandled.isPaused else { return }
    unhandled.isPaused = true
    link.isPaused.store(true, ordering: .sequentiallyConsistent)
    setReading(false)
    // The host may have finished between the look and the mark.
    resumeIfHandled()
  }

  /// Reads on once the host has handled enough.
  func resumeIfHandled() {
    guard unhandled.isPaused, !isBehind else { return }
    unhandled.isPaused = false
    link?.isPaused.store(false, ordering: .sequentiallyConsistent)
    lastRead = .now()  // the peer was silent because nobody read
    setReading(true)
  }

  /// Whether the peer's silence says anything.
  var isReading: Bool { !unhandled.isPaused }

  func setReading(_ reads: Bool) {
    _ = context?.channel.setOption(.autoRead, value: reads)
  }
}

/// Why a connection did not become a session.
struct NativeConnectError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
