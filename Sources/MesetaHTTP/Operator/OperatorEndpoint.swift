// The operator API: one call, one answer.

import HTTPTypes
import HummingbirdCore
import MesetaHost
import MesetaMaster
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore

/// Answers `POST /api/v1` of a master.
///
/// Questions are answered from a copy of the master, which costs the master next to nothing: the work is done by the task that
/// answers the request. What changes something is a call like any other, and its request waits for the outcome.
struct OperatorEndpoint: Sendable {
  let calls: OperatorCalls
  let reports: Reports<Master>
  let subscriptions: OperatorSubscriptions
  let node: NodeEndpoint

  func answer(_ exchange: HTTPExchange) async throws -> Response {
    let call: MasterAPICall = try await exchange.call("master::Call")
    let accepted = try MessageFormat(acceptedBy: exchange.request.headers)
    switch call {
    case .node(let call):
      guard let answer = try await node.answer(call, exchange) else { return .empty(.ok) }
      return try .message(MasterAPIResponse.node(answer), in: accepted)
    case .subscribe: return try await subscriptions.response(exchange, accepted)
    case .unsupported(let name): throw HTTPRefusal(.notImplemented, "\(name) is not implemented")
    case .getExecutors, .getState: return try await read(call, accepted, exchange)
    case .other(let question) where question.isQuestion: return try await read(call, accepted, exchange)
    case .other(let call):
      try await calls.carryOut(call, exchange)
      if case .operate = call { return .empty(.accepted) }
      return .empty(.ok)
    }
  }

  // MARK: Questions

  private func read(
    _ call: MasterAPICall, _ format: MessageFormat, _ exchange: HTTPExchange
  ) async throws -> Response {
    let peer = exchange.operatorPeer
    return try await reports.response("\(call.kind) in \(format)?\(call)", exchange, type: format.rawValue) {
      master, pass in
      let answer = try Self.answer(to: call, peer, from: master)
      let bytes = try format.encode(answer, resources: answer.resourceFormat)
      for start in stride(from: 0, to: bytes.count, by: Self.pieceBytes) {
        pass(Array(bytes[start..<min(start + Self.pieceBytes, bytes.count)]))
      }
    }
  }

  private static let pieceBytes = 64 << 10

  private static func answer(
    to call: MasterAPICall, _ peer: Peer, from master: Master
  ) throws(HTTPRefusal) -> MasterAPIResponse {
    switch call {
    case .other(let call):
      switch try master.answer(call, for: peer) {
      case .tasks(let tasks): return .tasks(tasks)
      case .master(let info): return .master(info, startTime: Double(master.startedAt) / 1e9)
      case let response: return .other(response)
      }
    case .getExecutors:
      _ = try master.answer(.getMaster, for: peer)
      return .executors(master.describeExecutors())
    default:
      _ = try master.answer(.getMaster, for: peer)
      return .state(master.describeCluster())
    }
  }
}

extension MasterAPIResponse {
  /// How reservations are written. What a quota guarantees has no role of its own.
  fileprivate var resourceFormat: ResourceFormat {
    if case .other(.quota) = self { .reservations } else { .both }
  }
}

extension MasterAPICall {
  /// Mesos's name of a question.
  fileprivate var kind: String {
    switch self {
    case .other(let call): call.name
    case .getExecutors: "GET_EXECUTORS"
    default: "GET_STATE"
    }
  }
}
