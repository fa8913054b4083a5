// How the bytes of a connection become requests.

import HummingbirdCore
import Logging
import MesetaRuntime
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Sets up the connections of a server; Hummingbird runs them.
struct HTTPConnection: HTTPChannelHandler {
  typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

  let responder: Responder
  let options: HTTPOptions

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      var limits = NIOHTTPDecoderLimitConfiguration()
      limits.maxHeaderFieldSize = options.maximumHeaderBytes
      limits.maxHeaderListSize = options.maximumHeaderBytes
      try? channel.syncOptions?.setOption(.deadPeerTimeout, value: deadPeerTimeout)
      let pipeline = channel.pipeline.syncOperations
      try pipeline.configureHTTPServerPipeline(
        withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
        withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
      try pipeline.addHandler(
        HTTPRequestRules(maximumBodyBytes: options.maximumBodyBytes, bodyTimeout: options.bodyTimeout))
      try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
      try pipeline.addHandler(
        HTTPConnectionStateHandler(
          idleTimeout: .nanoseconds(options.idleTimeout.nanoseconds), logger: logger))
      return try NIOAsyncChannel(
        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }
  }

  private var deadPeerTimeout: Int {
    Int(clamping: max(1, options.deadPeerTimeout.nanoseconds / 1_000_000))
  }

  func handle(value channel: Value, logger: Logger) async {
    await handleHTTP(asyncChannel: channel, logger: logger)
  }
}

extension ChannelOption where Self == ChannelOptions.Types.SocketOption {
  /// Linux's TCP_USER_TIMEOUT, in milliseconds. A machine that has vanished says nothing, and heartbeats are small: without this it
  /// would take the system a quarter of an hour to notice.
  fileprivate static var deadPeerTimeout: Self { .tcpOption(NIOBSDSocket.Option(rawValue: 18)) }
}
