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
  let metrics: MetricsEndpoint
  let subscriptions: OperatorSubscriptions
  let logging: LoggingEndpoint
  let flags: [FlagValue]

  func answer(_ exchange: HTTPExchange) async throws -> Response {
    let request = exchange.request
    guard request.method == .post else { throw HTTPRefusal(onlyTaking: .post, not: request.method) }
    let format = try MessageFormat(ofBodyWith: request.headers)
    let call: MasterAPICall = try format.decode(try await exchange.body(), as: "master::Call")
    let accepted = try MessageFormat(acceptedBy: request.headers)
    let peer = exchange.operatorPeer
    switch call {
    case .getHealth: return try response(.health(true), accepted)
    case .getVersion: return try response(.version(Version.mesos), accepted)
    case .getFlags: return try response(.flags(flags), accepted)
    case .getMetrics:
      let metrics = try await metrics.metrics(for: peer)
      return try response(.metrics(metrics.map { MetricValue($0.name, $0.value) }), accepted)
    case .subscribe: return try await subscriptions.response(exchange, accepted)
    case .getLoggingLevel: return try response(.loggingLevel(UInt32(logging.level)), accepted)
    case .setLoggingLevel(let level, let duration):
      try logging.set(Int(level), for: Span(nanoseconds: duration))
      return .empty(.ok)
    case .unsupported(let name): throw HTTPRefusal(.notImplemented, "\(name) is not implemented")
    case .getExecutors, .getState: return try await read(call, accepted, exchange)
    case .other(let question) where question.isQuestion: return try await read(call, accepted, exchange)
    case .other(let call):
      try await calls.carryOut(call, peer)
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
      let bytes = try Self.encoded(try Self.answer(to: call, peer, from: master), format)
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
      return .state(
        master.describeAgents(), master.describeFrameworks(),
        master.describeTasks() + master.describeUnreachableTasks(), master.describeExecutors())
    }
  }

  private func response(_ response: MasterAPIResponse, _ format: MessageFormat) throws -> Response {
    Response(
      status: .ok, headers: [.contentType: format.rawValue],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: try Self.encoded(response, format))))
  }

  private static func encoded(
    _ response: MasterAPIResponse, _ format: MessageFormat
  ) throws(WireError) -> [UInt8] {
    var encoder = MessageEncoder(resourceFormat: .both)
    // What a quota guarantees has no role of its own.
    if case .other(.quota) = response { encoder.resourceFormat = .reservations }
    var bytes: [UInt8] = []
    switch format {
    case .json:
      try encoder.withMessage(of: response) { message throws(WireError) in
        try appendJSON(message, to: &bytes)
      }
    case .protobuf: encoder.encodeValue(response, into: &bytes)
    }
    return bytes
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
