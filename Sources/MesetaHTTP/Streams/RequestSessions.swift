// Sessions of a host for those who make requests.

import HTTPTypes
import HummingbirdCore
import MesetaHost
import MesetaProtocol
import MesetaRuntime

/// Opens sessions of a host, and waits for its word on calls.
struct RequestSessions: Sendable {
  let host: any CallHandler
  /// What those are who call.
  let role: PeerRole
  /// What the host is called where it has ended.
  let node: String

  /// Opens a session.
  ///
  /// - Parameter name: Who it is of, for the host's log.
  /// - Throws: ``HTTPRefusal`` if the host takes none any more.
  func open(_ link: any Link, _ exchange: HTTPExchange, name: String) throws(HTTPRefusal) -> SessionID {
    let peer = Peer(
      role, principal: exchange.principal, address: "\(name.prefix(256)) (\(exchange.peerAddress))",
      ip: exchange.peerIP)
    guard let session = host.opened(link, peer) else {
      throw HTTPRefusal(.serviceUnavailable, "The \(node) is ending")
    }
    return session
  }

  /// The host's word on a call of a session.
  ///
  /// - Parameter decided: Is told first, in the order in which the host decided.
  func outcome(
    of call: Message, _ session: SessionID, decided: @escaping @Sendable (Outcome) -> Void = { _ in }
  ) async -> Outcome {
    await withCheckedContinuation { continuation in
      host.call(session, call) { outcome in
        decided(outcome)
        continuation.resume(returning: outcome)
      }
    }
  }

  /// The host's word on a call that has a session for itself.
  func outcome(ofLone call: Message, _ exchange: HTTPExchange, name: String) async throws(HTTPRefusal)
    -> Outcome
  {
    let session = try open(NoLink(), exchange, name: name)
    let outcome = await outcome(of: call, session)
    host.closed(session, reason: "it was for one call")
    return outcome
  }
}

extension Outcome {
  /// What was answered.
  ///
  /// - Throws: ``HTTPRefusal`` if the call was refused.
  func answer() throws(HTTPRefusal) -> OperatorResponse {
    switch self {
    case .response(let response): return response
    case .failed(let error): throw HTTPRefusal(error)
    case .accepted: return .done
    }
  }
}

extension ResponseBody {
  /// Writes what a stream has, as fast as the client takes it.
  init<Name>(_ stream: EventStream, of streams: StreamTable<Name>) {
    self.init { writer in
      defer {
        stream.lose("the connection failed")
        streams.remove(stream)
      }
      while let records = await stream.next() { try await writer.write(contentsOf: records) }
      try await writer.finish(nil)
    }
  }
}
