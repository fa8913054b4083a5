// What is to be said of a request before anybody looks at it.

import MesetaRuntime
import NIOCore
import NIOHTTP1

/// Puts in plain words what follows from a request's version and header: whether the connection ends with it, and whether the
/// client waits to be told to send the body. And sees to it that the body does not take too long.
final class HTTPRequestRules: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// The longest body that is read.
  private let maximumBodyBytes: Int
  private let bodyTimeout: TimeAmount
  /// How many requests are not answered.
  private var unanswered = 0
  /// The end of the last request's body has not come.
  private var isWithinBody = false
  private var bodyTimer: Scheduled<Void>?
  /// A body has taken too long.
  private(set) var isLate = false
  /// The client says nothing any more.
  private var isInputClosed = false
  private var inputClosed: (() -> Void)?

  init(maximumBodyBytes: Int, bodyTimeout: Span) {
    self.maximumBodyBytes = maximumBodyBytes
    self.bodyTimeout = .nanoseconds(bodyTimeout.nanoseconds)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): read(head, context)
    case .body: context.fireChannelRead(data)
    case .end:
      isWithinBody = false
      bodyTimer?.cancel()
      bodyTimer = nil
      context.fireChannelRead(data)
    }
  }

  private func read(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    var head = head
    isWithinBody = true
    if !head.isKeepAlive { head.headers.replaceOrAdd(name: "connection", value: "close") }
    // What a client with a request before this one reads now would be the answer to that.
    if unanswered == 0, head.version == .http1_1, isExpected(bodyOf: head) {
      let goOn = HTTPResponseHead(version: .http1_1, status: .continue)
      context.writeAndFlush(wrapOutboundOut(.head(goOn)), promise: nil)
    }
    unanswered += 1
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    timeBody(context)
    context.fireChannelReadComplete()
  }

  /// Most bodies come with their header. Of others the time runs from when it is the turn of the request.
  private func timeBody(_ context: ChannelHandlerContext) {
    guard isWithinBody, unanswered == 1, bodyTimer == nil else { return }
    bodyTimer = context.eventLoop.assumeIsolated().scheduleTask(in: bodyTimeout) {
      self.isLate = true
      context.close(mode: .input, promise: nil)
    }
  }

  /// Calls the function once the client has closed its side of the connection, or all of it. The last one counts.
  func whenInputCloses(_ function: @escaping () -> Void) {
    inputClosed = function
    if isInputClosed { function() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed? = event as? ChannelEvent { closeInput() }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    bodyTimer?.cancel()
    bodyTimer = nil
    closeInput()
    context.fireChannelInactive()
  }

  private func closeInput() {
    isInputClosed = true
    inputClosed?()
    inputClosed = nil
  }

  /// Whether the client waits to be told to send a body that is wanted.
  private func isExpected(bodyOf head: HTTPRequestHead) -> Bool {
    guard head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" }) else {
      return false
    }
    let length = head.headers.first(name: "content-length").flatMap { Int($0) }
    return length.map { $0 <= maximumBodyBytes } ?? true
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) {
      unanswered -= 1
      timeBody(context)
    }
    context.write(data, promise: promise)
  }
}
