// Mesos's endpoints without a version that tell what there is: for dashboards, exporters and scripts.

import HummingbirdCore
import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaWire

/// Answers `/state` and its like.
struct StateEndpoint: Sendable {
  let reports: Reports<Master>
  let flags: [FlagValue]

  /// By their paths.
  var endpoints: [String: HTTPEndpoint] {
    [
      "state": HTTPEndpoint { exchange in
        try await answer(exchange, "state") { state, _, json throws(WireError) in try state.writeState(&json)
        }
      },
      "state-summary": HTTPEndpoint { exchange in
        try await answer(exchange, "state-summary") { state, _, json throws(WireError) in
          try state.writeSummary(&json)
        }
      },
      "slaves": HTTPEndpoint { exchange in
        let id = exchange.query("slave_id")
        return try await answer(exchange, "slaves?\(id ?? "")") { state, _, json throws(WireError) in
          try state.writeAgents(id, &json)
        }
      },
      "frameworks": HTTPEndpoint { exchange in
        let id = exchange.query("framework_id")
        return try await answer(exchange, "frameworks?\(id ?? "")") { state, _, json throws(WireError) in
          try state.writeFrameworks(only: id, &json)
        }
      },
      "tasks": HTTPEndpoint { exchange in
        let query = MasterState.TaskQuery(exchange)
        return try await answer(exchange, "tasks?\(query)") { state, _, json throws(WireError) in
          try state.writeTasks(query, &json)
        }
      },
      "roles": HTTPEndpoint { exchange in
        try await answer(exchange, "roles", asking: .getRoles) { state, response, json throws(WireError) in
          guard case .roles(let roles) = response else { return }
          try state.writeRoles(roles, &json)
        }
      },
    ]
  }

  /// Answers with a document about the master.
  ///
  /// - Parameters:
  ///   - name: tells the document from others.
  ///   - question: What the asker has to be allowed to ask; the document is made of the answer.
  private func answer(
    _ exchange: HTTPExchange, _ name: String, asking question: OperatorCall = .getMaster,
    _ write:
      @escaping @Sendable (MasterState, OperatorResponse, inout JSONBuilder) throws(WireError) -> Void
  ) async throws -> Response {
    let peer = exchange.operatorPeer
    let flags = flags
    return try await reports.response(name, exchange, jsonp: try exchange.jsonp) { master, pass in
      let response = try master.answer(question, for: peer)
      var json = JSONBuilder(pass)
      try write(MasterState(master: master, flags: flags), response, &json)
      json.finish()
    }
  }
}

extension Master {
  /// The answer to a question.
  ///
  /// - Throws: ``HTTPRefusal`` if it may not be asked.
  func answer(_ question: OperatorCall, for peer: Peer) throws(HTTPRefusal) -> OperatorResponse {
    try answer(question, for: peer, at: HostClock.now()).answer()
  }
}

extension HTTPExchange {
  /// Who asks, as an operator.
  var operatorPeer: Peer { Peer(.operator, principal: principal, address: peerAddress, ip: peerIP) }
}

extension MasterState.TaskQuery {
  /// What is not a number counts as not given, as in Mesos.
  init(_ exchange: HTTPExchange) {
    frameworkID = exchange.query("framework_id")
    taskID = exchange.query("task_id")
    limit = exchange.query("limit").flatMap { Int($0) } ?? limit
    if limit < 0 { limit = .max }
    offset = max(0, exchange.query("offset").flatMap { Int($0) } ?? offset)
    isAscending = exchange.query("order") == "asc"
  }
}
