import Logging
import MesetaHost
public import MesetaModel
import MesetaNet
public import MesetaProtocol
import MesetaRuntime
import MesetaStorage
import NIOPosix
import Synchronization

/// Asks a master or an agent as an operator. Connects when first asked, and again when the connection was lost.
public final class OperatorClient: Sendable {
  private let address: MasterAddress
  private let connector: any Connector
  private let state = Mutex(State())

  private struct State {
    var conversation: Conversation?
  }

  /// Connects when it is first asked something.
  public convenience init(_ address: HostPort) { self.init(.native(address)) }

  /// Connects when it is first asked something; of several masters to the one that leads then. Only the native protocol is
  /// spoken.
  public init(_ address: MasterAddress) {
    var logger = Logger(label: "meseta.operator")
    logger.logLevel = .critical
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let options = NativeOptions(nodeName: "operator")
    self.address = address
    switch address {
    case .native(let address), .http(let address):
      self.connector = NativeConnector([address], on: loop, options: options, logger: logger)
    case .zooKeeper(let address):
      self.connector = LeaderConnector(
        native: LeaderDetector(address, logger: logger), patience: .seconds(5), on: loop, options: options,
        logger: logger)
    }
  }

  /// Asks once, on a connection of its own.
  public static func ask(_ call: OperatorCall, at address: HostPort) async throws -> OperatorResponse {
    try await ask(call, at: .native(address))
  }

  /// Asks once, on a connection of its own.
  public static func ask(_ call: OperatorCall, at address: MasterAddress) async throws -> OperatorResponse {
    let client = OperatorClient(address)
    defer { client.close() }
    return try await client.ask(call)
  }

  /// - Throws: a `CallError` if the call was refused, ``ConnectionFailure`` if there is nobody to answer it.
  public func ask(_ call: OperatorCall) async throws -> OperatorResponse {
    let (conversation, isNew) = state.withLock { state in
      if let open = state.conversation, !open.isOver { return (open, false) }
      let new = Conversation(address)
      state.conversation = new
      return (new, true)
    }
    if isNew { connector.connect(ConnectRequest(.operator, name: "operator", handler: conversation)) }
    return try await conversation.ask(call)
  }

  /// Ends the connection. What is asked after that opens another.
  public func close() {
    state.withLock { $0.conversation.take() }?.close()
  }
}

/// There is nobody to answer at an address.
public struct ConnectionFailure: Error, CustomStringConvertible {
  /// Where nobody is.
  public let address: MasterAddress
  /// Why.
  public let reason: String

  /// What has happened, with the reason.
  public var description: String {
    reason.hasPrefix("\(address)") ? "cannot reach \(reason)" : "cannot reach \(address): \(reason)"
  }
}

/// One connection of an operator, and the calls that wait for their answer on it.
private final class Conversation: SessionHandler {
  private enum Stage {
    case connecting(waiting: [Message])
    case open(any Link)
    case over(String)
  }

  private struct State {
    var stage = Stage.connecting(waiting: [])
    var callers: [UInt64: CheckedContinuation<OperatorResponse, any Error>] = [:]
    var lastRequest: UInt64 = 0
  }

  private let address: MasterAddress
  private let state = Mutex(State())

  init(_ address: MasterAddress) { self.address = address }

  var isOver: Bool {
    state.withLock { if case .over = $0.stage { true } else { false } }
  }

  func ask(_ call: OperatorCall) async throws -> OperatorResponse {
    try await withCheckedThrowingContinuation { continuation in
      let reason = state.withLock { state -> String? in
        state.lastRequest += 1
        let message = Message.operatorCall(call, request: state.lastRequest)
        switch state.stage {
        case .over(let reason): return reason
        case .connecting(let waiting): state.stage = .connecting(waiting: waiting + [message])
        case .open(let link): link.send([message])
        }
        state.callers[state.lastRequest] = continuation
        return nil
      }
      if let reason { continuation.resume(throwing: ConnectionFailure(address: address, reason: reason)) }
    }
  }

  func close() {
    let link = state.withLock { state -> (any Link)? in
      defer { state.stage = .over("the client was closed") }
      if case .open(let link) = state.stage { return link }
      return nil
    }
    link?.close(reason: "the operator is done")
  }

  func opened(_ link: any Link, _ peer: Peer) -> SessionID? {
    state.withLock { state in
      guard case .connecting(let waiting) = state.stage else { return nil }
      state.stage = .open(link)
      // Not within this call: the session is not open before it returns.
      if !waiting.isEmpty { Task { link.send(waiting) } }
      return SessionID(1)
    }
  }

  func connectFailed(reason: String) { end(reason) }
  func closed(_ session: SessionID, reason: String) { end(reason) }

  func received(_ session: SessionID, _ messages: [Message]) {
    for message in messages { receive(message) }
    state.withLock { if case .open(let link) = $0.stage { link.consumed(messages.count) } }
  }

  private func receive(_ message: Message) {
    switch message {
    case .operatorResponse(let response, let request): take(request)?.resume(returning: response)
    case .accepted(let request): take(request)?.resume(returning: .done)
    case .failed(let error, let request): take(request)?.resume(throwing: error)
    default: break
    }
  }

  private func take(_ request: UInt64) -> CheckedContinuation<OperatorResponse, any Error>? {
    state.withLock { $0.callers.removeValue(forKey: request) }
  }

  private func end(_ reason: String) {
    let callers = state.withLock { state in
      state.stage = .over(reason)
      defer { state.callers = [:] }
      return state.callers
    }
    for caller in callers.values {
      caller.resume(throwing: ConnectionFailure(address: address, reason: reason))
    }
  }
}
