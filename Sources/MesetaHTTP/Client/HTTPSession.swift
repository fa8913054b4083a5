// A session with a master or an agent over HTTP, as the side that subscribes has it.

import AsyncHTTPClient
import Logging
import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The first message that the host sends is the SUBSCRIBE, whose answer is the stream of events; each further one is a request of
/// its own, made when the one before has been answered.
final class HTTPSession: Link {
  private typealias Reader = CheckedContinuation<Void, Never>

  private struct State: Sendable {
    var session: SessionID?
    var conversation: Task<Void, Never>?
    /// How many calls wait.
    var waitingCalls = 0
    /// How many events the host has been given and is not done with.
    var unhandled = 0
    /// Whoever reads, while too much is unhandled.
    var reader: Reader?
    /// The stream of events has ended.
    var hasStreamEnded = false
    /// The host has ended the session, or was told that it has ended.
    var isOver = false

    mutating func takeReader() -> Reader? {
      defer { reader = nil }
      return reader
    }
  }

  /// What a subscription needs besides its stream.
  private struct Place: Sendable {
    /// Of the server that answered, to which another may have sent the client.
    var url: String
    var streamID: String?
  }

  /// Shared by all sessions, and never ended.
  private static let client = {
    var configuration = HTTPClient.Configuration()
    configuration.timeout.connect = .seconds(5)
    // Streams hold a connection each.
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1_000_000
    configuration.httpVersion = .http1Only
    return HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
  }()

  private static let protobuf = MessageFormat.protobuf.rawValue

  private let url: String
  private let options: HTTPClientOptions
  private let handler: any SessionHandler
  private let logger: Logger
  private let calls: AsyncStream<Message>
  private let call: AsyncStream<Message>.Continuation
  private let state = Mutex(State())

  init(_ url: String, options: HTTPClientOptions, handler: any SessionHandler, logger: Logger) {
    self.url = url
    self.options = options
    self.handler = handler
    self.logger = logger
    (calls, call) = AsyncStream.makeStream(of: Message.self)
  }

  // MARK: From the host

  func send(_ messages: [Message]) {
    let waiting = state.withLock { state in
      state.waitingCalls += messages.count
      return state.waitingCalls
    }
    for message in messages { call.yield(message) }
    if waiting > options.maximumWaitingCalls {
      end("\(waiting) calls wait for an answer, more than the limit of \(options.maximumWaitingCalls)")
    }
  }

  func close(reason: String) {
    let reader = state.withLock { state in
      state.isOver = true
      return state.takeReader()
    }
    call.finish()
    reader?.resume()
    Task {
      try await Task.sleep(nanoseconds: UInt64(options.lingerTimeout.nanoseconds))
      state.withLock { $0.conversation }?.cancel()
    }
  }

  func consumed(_ count: Int) {
    let reader = state.withLock { state -> Reader? in
      state.unhandled -= count
      return state.unhandled <= options.maximumUnhandledEvents ? state.takeReader() : nil
    }
    reader?.resume()
  }

  // MARK: The conversation

  /// Opens the session, in a task of its own: its host wants to hear of nothing while it asks for it.
  func start(as peer: Peer) {
    let conversation = Task {
      guard let session = handler.opened(self, peer) else { return }
      state.withLock { $0.session = session }
      await run()
    }
    state.withLock { $0.conversation = conversation }
  }

  private func run() async {
    do {
      try await converse()
      end("the stream of events has ended")
    } catch let lost as HTTPSessionLost {
      end(lost.reason)
    } catch {
      end("\(url): \(error)")
    }
  }

  private func converse() async throws {
    var bodies = CallBodies()
    var first = calls.makeAsyncIterator()
    guard let message = await first.next(), let subscription = try bodies.body(of: message),
      let (place, events) = try await subscribe(subscription)
    else { return }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { self.streamHasEnded() }
        try await self.read(events, isExecutor: message.isOfExecutor)
      }
      for await message in calls {
        if state.withLock({ $0.hasStreamEnded }) { break }
        do throws(CallError) {
          if let body = try bodies.body(of: message) { try await pass(on: body, place) }
        } catch {
          deliver([.failed(error, request: message.request)])
        }
        state.withLock { $0.waitingCalls -= 1 }
      }
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  private func streamHasEnded() {
    state.withLock { $0.hasStreamEnded = true }
    call.finish()
  }

  /// Tells the host that the session has ended, unless it knows.
  private func end(_ reason: String) {
    let (session, reader) = state.withLock { state -> (SessionID?, Reader?) in
      defer { state.isOver = true }
      return (state.isOver ? nil : state.session, state.takeReader())
    }
    call.finish()
    reader?.resume()
    if let session { handler.closed(session, reason: reason) }
  }

  private func deliver(_ messages: [Message]) {
    let session = state.withLock { state -> SessionID? in
      state.unhandled += messages.count
      return state.isOver ? nil : state.session
    }
    if let session { handler.received(session, messages) }
  }

  // MARK: Requests

  private func request(_ body: CallBody, to url: String, stream: String? = nil) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: Self.protobuf)
    request.headers.add(name: "Accept", value: Self.protobuf)
    if let stream { request.headers.add(name: "Mesos-Stream-Id", value: stream) }
    if let authorization = options.authorization {
      request.headers.add(name: "Authorization", value: authorization)
    }
    request.body = .bytes(ByteBuffer(bytes: body.bytes))
    return request
  }

  /// Subscribes; nil if that is refused, which the host has been told then.
  private func subscribe(_ body: CallBody) async throws -> (Place, HTTPClientResponse.Body)? {
    let response = try await Self.client.execute(
      request(body, to: url), deadline: .distantFuture, logger: logger)
    guard response.status == .ok else {
      deliver([.failed(try await error(of: response), request: body.request)])
      return nil
    }
    let type = response.headers.first(name: "content-type") ?? ""
    guard type == Self.protobuf else {
      throw HTTPSessionLost("\(url) answers with \(type) where \(Self.protobuf) was asked for")
    }
    if body.request != 0 { deliver([.accepted(request: body.request)]) }
    let place = Place(
      url: response.history.last?.request.url ?? url,
      streamID: response.headers.first(name: "mesos-stream-id"))
    return (place, response.body)
  }

  /// Makes a call and waits for its outcome.
  private func pass(on body: CallBody, _ place: Place) async throws(CallError) {
    do {
      let response = try await Self.client.execute(
        request(body, to: place.url, stream: place.streamID),
        timeout: .nanoseconds(options.callTimeout.nanoseconds), logger: logger)
      if (200..<300).contains(response.status.code) {
        for try await _ in response.body {}
        if body.request != 0 { deliver([.accepted(request: body.request)]) }
      } else {
        deliver([.failed(try await error(of: response), request: body.request)])
      }
    } catch {
      // Whether the server got it is not known; the stream tells whether the session goes on.
      throw CallError(.unavailable, "\(place.url): \(error)")
    }
  }

  private func error(of response: HTTPClientResponse) async throws -> CallError {
    let text = String(buffer: try await response.body.collect(upTo: 64 << 10))
    let status = Int32(response.status.code)
    let code = CallError.Code(rawValue: status) ?? (status >= 500 ? .unavailable : .badRequest)
    return CallError(code, text.isEmpty ? "\(response.status)" : text)
  }

  // MARK: Events

  private func read(_ body: HTTPClientResponse.Body, isExecutor: Bool) async throws {
    var records = RecordReader(maximumBytes: options.maximumEventBytes)
    var decoder = MessageDecoder()
    for try await part in body {
      records.append(part)
      var messages: [Message] = []
      while let record = try records.next() {
        do throws(WireError) {
          messages.append(
            isExecutor
              ? .executorEvent(try decoder.decodeValue(from: record))
              : .schedulerEvent(try decoder.decodeValue(from: record)))
        } catch {
          throw HTTPSessionLost("an event cannot be read: \(error)")
        }
      }
      if messages.isEmpty { continue }
      deliver(messages)
      await hostHasRoom()
    }
    if !records.isAtEnd { throw HTTPSessionLost("the stream of events has ended within an event") }
  }

  /// Returns once the host is done with enough of what it was given.
  private func hostHasRoom() async {
    await withCheckedContinuation { reader in
      let hasRoom = state.withLock { state in
        if state.unhandled <= options.maximumUnhandledEvents || state.isOver { return true }
        state.reader = reader
        return false
      }
      if hasRoom { reader.resume() }
    }
  }
}

extension Message {
  fileprivate var isOfExecutor: Bool { if case .executorCall = self { true } else { false } }

  /// The number of a call; 0 if its sender does not want the outcome.
  fileprivate var request: UInt64 {
    switch self {
    case .schedulerCall(_, let request), .executorCall(_, let request): request
    default: 0
    }
  }
}
