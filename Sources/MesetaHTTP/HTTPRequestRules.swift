// What is to be said of a request before anybody looks at it.

import NIOCore
import NIOHTTP1

/// Puts in plain words what follows from a request's version and header: whether the connection ends with it, and whether the
/// client waits to be told to send the body.
final class HTTPRequestRules: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// How many requests are not answered.
  private var unanswered = 0

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
    if !head.isKeepAlive { head.headers.replaceOrAdd(name: "connection", value: "close") }
    let expects = head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
    // What a client with a request before this one reads now would be the answer to that.
    if expects, unanswered == 0, head.version == .http1_1 {
      let goOn = HTTPResponseHead(version: .http1_1, status: .continue)
      context.writeAndFlush(wrapOutboundOut(.head(goOn)), promise: nil)
    }
    unanswered += 1
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) { unanswered -= 1 }
    context.write(data, promise: promise)
  }
}
