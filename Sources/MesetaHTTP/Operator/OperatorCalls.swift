// An operator's calls that came by HTTP, in whatever form.

import HTTPTypes
import MesetaHost
import MesetaMaster
import MesetaProtocol
import MesetaRuntime

/// Asks a master, and has it do things.
struct OperatorCalls: Sendable {
  let host: MasterHost

  /// Answers a question from a copy of the master.
  ///
  /// - Throws: ``HTTPRefusal`` if it may not be asked.
  func ask(_ question: OperatorCall, _ peer: Peer) async throws(HTTPRefusal) -> OperatorResponse {
    try await host.withMaster { $0 }.answer(question, for: peer)
  }

  /// Waits until a call is carried out.
  ///
  /// - Throws: ``HTTPRefusal`` if it is refused.
  func carryOut(_ call: OperatorCall, _ peer: Peer) async throws(HTTPRefusal) {
    let handler = host.handler
    guard let session = handler.opened(NoLink(), peer) else {
      throw HTTPRefusal(.serviceUnavailable, "The master is ending")
    }
    let outcome = await withCheckedContinuation { continuation in
      handler.call(session, .operatorCall(call, request: 0)) { continuation.resume(returning: $0) }
    }
    handler.closed(session, reason: "it was for one call")
    if case .failed(let error) = outcome { throw HTTPRefusal(error) }
  }
}
