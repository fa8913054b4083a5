import MesetaModel
import MesetaProtocol
import MesetaWire

/// A call on its way to a server.
struct CallBody: Sendable {
  /// In protobuf.
  var bytes: [UInt8]
  /// The host's number for it; 0 where nobody wants to hear of the outcome.
  var request: UInt64
}

/// Makes requests of the calls of one session.
struct CallBodies {
  private var encoder = MessageEncoder()

  /// The body of a call; nil for a message that is none, such as a heartbeat.
  ///
  /// - Throws: ``CallError`` if Mesos has no such call.
  mutating func body(of message: Message) throws(CallError) -> CallBody? {
    var bytes: [UInt8] = []
    switch message {
    case .schedulerCall(let call, let request):
      switch call.kind {
      case .demand, .withdraw:
        throw CallError(.notImplemented, "demands are not among Mesos's calls: they need the native protocol")
      case .subscribe(let subscribe): encoder.resourceFormat = subscribe.framework.resourceFormat
      case .updateFramework(let update): encoder.resourceFormat = update.framework.resourceFormat
      default: break
      }
      encoder.encodeValue(call, into: &bytes)
      return CallBody(bytes: bytes, request: request)
    case .executorCall(let call, let request):
      encoder.encodeValue(call, into: &bytes)
      return CallBody(bytes: bytes, request: request)
    default: return nil
    }
  }
}
