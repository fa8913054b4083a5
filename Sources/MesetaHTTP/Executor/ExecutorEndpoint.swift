// The executor API: events on one connection, calls on others.

import HTTPTypes
import HummingbirdCore
import Logging
import MesetaAgent
import MesetaHost
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore

/// Answers `POST /api/v1/executor`.
///
/// As for schedulers a SUBSCRIBE opens a session of the host. An executor has no stream to name in its calls: they belong to the
/// session of the executor whose ids they bear.
struct ExecutorEndpoint: Sendable {
  private let sessions: RequestSessions
  private let options: HTTPOptions
  private let logger: Logger
  private let streams = StreamTable<ExecutorName>()

  init(_ host: any CallHandler, options: HTTPOptions, logger: Logger) {
    self.sessions = RequestSessions(host: host, role: .executor, node: "agent")
    self.options = options
    self.logger = logger
  }

  func answer(_ exchange: HTTPExchange) async throws -> Response {
    let call: ExecutorCall = try await exchange.call("Executor::Call")
    if let problem = call.problem { throw HTTPRefusal(problem) }
    switch call.kind {
    case .subscribe:
      return try await subscribe(call, try MessageFormat(acceptedBy: exchange.request.headers), exchange)
    // It says that there is somebody, and the ids in it may be anything.
    case .heartbeat: return .empty(.accepted)
    case .update, .message, .unknown: return try await pass(on: call, exchange)
    }
  }

  private func subscribe(
    _ call: ExecutorCall, _ format: MessageFormat, _ exchange: HTTPExchange
  ) async throws -> Response {
    let stream = EventStream(
      format, resources: .reservations, on: exchange.channel, from: sessions.host,
      maximumBytes: options.maximumOutgoingBytes, logger: logger)
    let session = try sessions.open(stream, exchange, name: "executor \(call.executorID)")
    stream.begin(session)
    // One that closes its side of the connection has left, too.
    exchange.whenInputCloses { [streams] in
      stream.lose("the executor closed the connection")
      streams.remove(stream)
    }
    let outcome = await sessions.outcome(of: .executorCall(call, request: 0), session) { [streams] outcome in
      if case .accepted = outcome { streams.insert(call.name, stream) }
    }
    if case .failed(let error) = outcome {
      stream.lose("the subscription was refused")
      throw HTTPRefusal(error)
    }
    stream.repeat(.executorEvent(.heartbeat), every: options.executorHeartbeatInterval)
    return Response(
      status: .ok, headers: [.contentType: format.rawValue], body: ResponseBody(stream, of: streams))
  }

  private func pass(on call: ExecutorCall, _ exchange: HTTPExchange) async throws -> Response {
    let message = Message.executorCall(call, request: 0)
    if let stream = streams[call.name], let session = stream.session {
      let outcome = await sessions.outcome(of: message, session)
      // Unless it ended before the call got there: then the host knows whether there is another.
      if stream.session != nil { return try response(to: outcome) }
      if case .accepted = outcome { return .empty(.accepted) }
    }
    let outcome = try await sessions.outcome(
      ofLone: message, exchange, name: "executor \(call.executorID), which is not subscribed")
    return try response(to: outcome)
  }

  private func response(to outcome: Outcome) throws(HTTPRefusal) -> Response {
    if case .failed(let error) = outcome { throw HTTPRefusal(error) }
    return .empty(.accepted)
  }
}

extension ExecutorCall {
  /// Whose call it is.
  fileprivate var name: ExecutorName { ExecutorName(frameworkID, executorID) }
}
