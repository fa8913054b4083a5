// How long a round trip takes on a machine that has time for it.

import BenchmarkSupport
import NIOCore

/// Sends messages at a pace, those that fall due within a millisecond together, and times their return.
final class PacedEchoClient: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private static let step = TimeAmount.milliseconds(1)
  /// What is not measured at the beginning, in nanoseconds.
  private static let warmUp: Int64 = 500_000_000

  private let bytes: Int
  private let perSecond: Double
  private let duration: Int64
  private let done: EventLoopPromise<Histogram>
  private var start: Int64 = 0
  private var sent = 0
  /// When the messages that are under way were sent, the oldest first: they come back in order.
  private var underWay = CircularBuffer<Int64>()
  private var latency = Histogram()
  private var timer: RepeatedTask?

  init(bytes: Int, perSecond: Double, seconds: Double, done: EventLoopPromise<Histogram>) {
    self.bytes = bytes
    self.perSecond = perSecond
    self.duration = Int64(seconds * 1e9)
    self.done = done
  }

  func channelActive(context: ChannelHandlerContext) {
    start = Clock.now()
    var message = context.channel.allocator.buffer(capacity: bytes + 4)
    message.writeInteger(UInt32(bytes))
    message.writeRepeatingByte(0x6D, count: bytes)
    let client = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: Self.step) { [message] _ in
      client.value.handler.send(message, client.value.context)
    }
  }

  private func send(_ message: ByteBuffer, _ context: ChannelHandlerContext) {
    let now = Clock.now()
    let due = Int(Double(now - start) / 1e9 * perSecond)
    while sent < due {
      context.write(wrapOutboundOut(message), promise: nil)
      underWay.append(now)
      sent += 1
    }
    context.flush()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let now = Clock.now()
    guard let sentAt = underWay.popFirst() else { return }
    if sentAt - start >= Self.warmUp { latency.record(now - sentAt) }
    if sentAt - start >= Self.warmUp + duration { finish() }
  }

  private func finish() {
    guard let timer else { return }
    self.timer = nil
    timer.cancel()
    done.succeed(latency)
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    if timer != nil { done.fail(BenchmarkFailure("the echo server ended early")) }
    timer = nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    timer?.cancel()
    if timer != nil { done.fail(error) }
    timer = nil
    context.close(promise: nil)
  }
}
