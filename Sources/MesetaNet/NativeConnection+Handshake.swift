// How a connection begins: the magic, what each side says of itself, and the session.

import MesetaHost
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore

extension NativeConnection {
  /// Takes the first bytes of a client; false if there is nothing behind them.
  func readMagic(_ buffer: inout ByteBuffer) -> Bool {
    guard case .magic(var count) = phase else { return buffer.readableBytes > 0 }
    while count < NativeProtocol.magic.count, let byte = buffer.readInteger(as: UInt8.self) {
      if byte != NativeProtocol.magic[count] {
        fault = Fault(
          error: CallError(
            .badRequest,
            "this is the native protocol of Meseta, and what was sent is not: it has to begin with \"MSTA\". "
              + "The HTTP API has a port of its own"))
        return false
      }
      count += 1
    }
    phase = count == NativeProtocol.magic.count ? .handshake : .magic(count)
    return buffer.readableBytes > 0
  }

  func shake(_ handshake: Handshake) {
    guard let context, case .server(let handler) = side else { return }
    let (reply, admitted) = options.answer(handshake, from: peerName)
    guard var peer = admitted, case .accepted = reply else {
      if case .refused(let reason) = reply { fault = Fault(error: CallError(.forbidden, reason)) }
      return
    }
    peer.ip = context.channel.remoteAddress?.ipAddress
    let link = NativeLink(self, context.eventLoop)
    guard let session = handler.opened(link, peer) else {
      fault = Fault(
        error: CallError(.unavailable, "\(options.nodeName) takes no sessions: \(handler.refusal)"))
      return
    }
    // What the host sends comes behind this: it never does so within `opened`.
    var buffer = context.channel.allocator.buffer(capacity: 128)
    codec.encode(reply, into: &buffer)
    context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    open(session, link, context)
  }

  func shaken(_ reply: HandshakeReply) {
    guard let context, case .client(let request, let opened) = side else { return }
    switch reply {
    case .refused(let reason):
      lossReason = "\(peerName) refused the connection: \(reason)"
      context.close(promise: nil)
    case .accepted(let version, _, let nodeName):
      guard NativeProtocol.versions.contains(version) else {
        lossReason = "\(peerName) chose version \(version) of the protocol, which was not proposed"
        context.close(promise: nil)
        return
      }
      let link = NativeLink(self, context.eventLoop)
      let name = nodeName.isEmpty ? peerName : "\(nodeName.prefix(256)) (\(peerName))"
      guard let session = request.handler.opened(link, Peer(.master, address: name)) else {
        lossReason = "\(request.name) has stopped"
        context.close(promise: nil)
        return
      }
      open(session, link, context)
      opened.succeed()
    }
  }

  private func open(_ session: SessionID, _ link: NativeLink, _ context: ChannelHandlerContext) {
    self.link = link
    phase = .open(session)
    timer?.cancel()
    startHeartbeat(context)
  }

  /// Waits so long for the peer's part of the handshake.
  func startHandshakeTimer(_ context: ChannelHandlerContext) {
    let timeout = options.handshakeTimeout
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: timeout.timeAmount) {
      self.giveUp("did not complete the handshake in \(timeout)")
    }
  }
}
