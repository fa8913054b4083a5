// The scheduler API: events on one connection, calls on others.

import HTTPTypes
import HummingbirdCore
import Logging
import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore

/// Answers `POST /api/v1/scheduler`.
///
/// A SUBSCRIBE opens a session of the host, whose link is the stream that answers the request. A call belongs to the session of
/// its framework's stream, and its request waits for the host's word on it.
struct SchedulerEndpoint: Sendable {
  private let sessions: RequestSessions
  private let options: HTTPOptions
  private let logger: Logger
  private let streams = StreamTable<FrameworkID>()

  init(_ host: any CallHandler, options: HTTPOptions, logger: Logger) {
    self.sessions = RequestSessions(host: host, role: .framework, node: "master")
    self.options = options
    self.logger = logger
  }

  func answer(_ exchange: HTTPExchange) async throws -> Response {
    let headers = exchange.request.headers
    let call: SchedulerCall = try await exchange.call("scheduler::Call")
    if let problem = call.problem { throw HTTPRefusal(problem) }
    switch call.kind {
    case .subscribe(let subscribe):
      // The native protocol does without the call's, as long as there is only one.
      if call.frameworkID != subscribe.framework.id {
        throw HTTPRefusal(
          .badRequest,
          "Failed to validate scheduler::Call: 'framework_id' differs from 'subscribe.framework_info.id'")
      }
      let accepted = try MessageFormat(acceptedBy: headers)
      return try await self.subscribe(call, subscribe.framework, accepted, exchange)
    case .reconcileOperations: _ = try MessageFormat(acceptedBy: headers)
    default: break
    }
    return try await pass(on: call, exchange)
  }

  // MARK: Subscriptions

  private func subscribe(
    _ call: SchedulerCall, _ framework: FrameworkInfo, _ format: MessageFormat, _ exchange: HTTPExchange
  ) async throws -> Response {
    if exchange.request.headers[.mesosStreamID] != nil {
      throw HTTPRefusal(.badRequest, "Subscribe calls should not include the 'Mesos-Stream-Id' header")
    }
    let stream = EventStream(
      format, resources: framework.resourceFormat, on: exchange.channel, from: sessions.host,
      maximumBytes: options.maximumOutgoingBytes, logger: logger
    ) { [streams] id, stream in streams.insert(id, stream) }
    let session = try sessions.open(stream, exchange, name: framework.name)
    stream.begin(session)
    // One that closes its side of the connection has left, too.
    exchange.whenInputCloses { [streams] in
      stream.lose("the client closed the connection")
      streams.remove(stream)
    }
    let outcome = await outcome(of: call, session)
    if case .failed(let error) = outcome {
      stream.lose("the subscription was refused")
      throw HTTPRefusal(error)
    }
    return Response(
      status: .ok, headers: [.contentType: format.rawValue, .mesosStreamID: stream.id],
      body: ResponseBody(stream, of: streams))
  }

  // MARK: Calls

  private func pass(on call: SchedulerCall, _ exchange: HTTPExchange) async throws -> Response {
    guard let id = call.frameworkID, let stream = streams[id], let session = stream.session else {
      return try await passOnWithoutStream(call, exchange)
    }
    guard let named = exchange.request.headers[.mesosStreamID] else {
      throw HTTPRefusal(
        .badRequest, "All non-subscribe calls should include the 'Mesos-Stream-Id' header")
    }
    guard named == stream.id else {
      throw HTTPRefusal(
        .badRequest,
        "The stream ID '\(named)' included in this request didn't match the stream ID currently associated with "
          + "framework ID \(id)")
    }
    let outcome = await outcome(of: call, session)
    if case .failed = outcome, stream.session == nil {
      // It ended before the call got there: the host says what is to be said of one without a session.
      return try await passOnWithoutStream(call, exchange)
    }
    if case .updateFramework(let update) = call.kind, case .accepted = outcome {
      stream.change(to: update.framework.resourceFormat)
    }
    return try response(to: call, outcome)
  }

  /// A call of somebody who is not subscribed here: the host knows whether it is somebody at all.
  private func passOnWithoutStream(_ call: SchedulerCall, _ exchange: HTTPExchange) async throws -> Response {
    let outcome = try await sessions.outcome(
      ofLone: .schedulerCall(call, request: 0), exchange, name: "somebody who is not subscribed")
    return try response(to: call, outcome)
  }

  private func outcome(of call: SchedulerCall, _ session: SessionID) async -> Outcome {
    await sessions.outcome(of: .schedulerCall(call, request: 0), session)
  }

  private func response(to call: SchedulerCall, _ outcome: Outcome) throws -> Response {
    switch outcome {
    case .failed(let error): throw HTTPRefusal(error)
    case .accepted, .response:
      if case .updateFramework = call.kind { return .empty(.ok) }
      return .empty(.accepted)
    }
  }
}

extension FrameworkInfo {
  /// How the framework reads reservations.
  var resourceFormat: ResourceFormat { has(.reservationRefinement) ? .reservations : .role }
}
