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
  let host: MasterHost
  let flags: [FlagValue]

  func answer(_ exchange: HTTPExchange) async throws -> Response {
    let request = exchange.request
    guard request.method == .post else { throw HTTPRefusal(onlyTaking: .post, not: request.method) }
    let format = try MessageFormat(ofBodyWith: request.headers)
    let call: MasterAPICall = try format.decode(try await exchange.body(), as: "master::Call")
    let accepted = try MessageFormat(acceptedBy: request.headers)
    let peer = Peer(
      .operator, principal: exchange.principal, address: exchange.peerAddress, ip: exchange.peerIP)
    switch call {
    case .getHealth: return try response(.health(true), accepted)
    case .getVersion: return try response(.version(Version.mesos), accepted)
    case .getFlags: return try response(.flags(flags), accepted)
    case .unsupported(let name): throw HTTPRefusal(.notImplemented, "\(name) is not implemented")
    case .getExecutors, .getState: return try response(try await read(call, peer), accepted)
    case .other(let call) where call.isQuestion:
      return try response(try await read(.other(call), peer), accepted)
    case .other(let call):
      try await carryOut(call, peer)
      if case .operate = call { return .empty(.accepted) }
      return .empty(.ok)
    }
  }

  // MARK: Questions

  private func read(_ call: MasterAPICall, _ peer: Peer) async throws -> MasterAPIResponse {
    let master = await host.withMaster { $0 }
    func answer(_ call: OperatorCall) throws(HTTPRefusal) -> OperatorResponse {
      switch master.answer(call, for: peer, at: HostClock.now()) {
      case .response(let response): return response
      case .failed(let error): throw HTTPRefusal(error)
      case .accepted: return .done
      }
    }
    switch call {
    case .getExecutors: return .executors(master.describeExecutors())
    case .getState:
      return .state(
        master.describeAgents(), master.describeFrameworks(), master.describeTasks(),
        master.describeExecutors())
    case .other(let call):
      switch try answer(call) {
      case .tasks(let tasks): return .tasks(tasks)
      case .master(let info): return .master(info, startTime: Double(master.startedAt) / 1e9)
      case let response: return .other(response)
      }
    case .getHealth, .getVersion, .getFlags, .unsupported: return .health(true)
    }
  }

  private func response(_ response: MasterAPIResponse, _ format: MessageFormat) throws -> Response {
    var encoder = MessageEncoder(resourceFormat: .both)
    var bytes: [UInt8] = []
    switch format {
    case .json:
      try encoder.withMessage(of: response) { message throws(WireError) in try appendJSON(message, to: &bytes)
      }
    case .protobuf: encoder.encodeValue(response, into: &bytes)
    }
    return Response(
      status: .ok, headers: [.contentType: format.rawValue],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  // MARK: Changes

  private func carryOut(_ call: OperatorCall, _ peer: Peer) async throws {
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
