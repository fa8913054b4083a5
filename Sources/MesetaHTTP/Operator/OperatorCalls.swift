// An operator's calls that came by HTTP, in whatever form.

import MesetaHost
import MesetaMaster
import MesetaProtocol

/// Asks a master, and has it do things.
struct OperatorCalls: Sendable {
  let host: MasterHost
  private let sessions: RequestSessions

  init(host: MasterHost) {
    self.host = host
    self.sessions = RequestSessions(host: host.handler, role: .operator, node: "master")
  }

  /// Answers a question from a copy of the master.
  ///
  /// - Throws: ``HTTPRefusal`` if it may not be asked.
  func ask(_ question: OperatorCall, _ exchange: HTTPExchange) async throws(HTTPRefusal) -> OperatorResponse {
    try await host.withMaster { $0 }.answer(question, for: exchange.operatorPeer)
  }

  /// Waits until a call is carried out.
  ///
  /// Not of typed errors: optimising a caller, the compiler (Swift 6.3.1) stops with a signal if it is.
  ///
  /// - Throws: ``HTTPRefusal`` if it is refused.
  func carryOut(_ call: OperatorCall, _ exchange: HTTPExchange) async throws {
    _ = try await sessions.outcome(ofLone: .operatorCall(call, request: 0), exchange, name: "an operator")
      .answer()
  }
}
