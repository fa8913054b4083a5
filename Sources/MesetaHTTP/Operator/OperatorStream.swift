// SUBSCRIBE of the operator API: what happens in the cluster, as a stream of records.

import HTTPTypes
import HummingbirdCore
import Logging
import MesetaHost
import MesetaMaster
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore
import Synchronization

/// The events that wait for one operator.
final class OperatorStream: Sendable {
  private struct State: Sendable {
    var events: [ClusterEvent] = []
    var isOver = false
    var writer: CheckedContinuation<[ClusterEvent]?, Never>?

    /// Gives who waits what there is.
    mutating func resumeWriter() {
      guard let writer, isOver || !events.isEmpty else { return }
      self.writer = nil
      writer.resume(returning: events.isEmpty ? nil : events)
      events = []
    }
  }

  /// So many events wait at most; with more, the stream ends.
  static let maximumEvents = 100_000

  private let state = Mutex(State())

  /// False if too much waits.
  func add(_ event: ClusterEvent) -> Bool {
    state.withLock { state in
      if state.isOver { return true }
      state.events.append(event)
      let isTooMuch = state.events.count > Self.maximumEvents
      if isTooMuch {
        state.events = []
        state.isOver = true
      }
      state.resumeWriter()
      return !isTooMuch
    }
  }

  func end() {
    state.withLock { state in
      state.isOver = true
      state.resumeWriter()
    }
  }

  /// What there is, once there is something; nil at the end.
  func next() async -> [ClusterEvent]? {
    await withCheckedContinuation { continuation in
      state.withLock { state in
        state.writer = continuation
        state.resumeWriter()
      }
    }
  }
}

/// Answers SUBSCRIBE.
struct OperatorSubscriptions: Sendable {
  let calls: OperatorCalls
  let logger: Logger
  let heartbeatInterval = Span.seconds(15)

  func response(_ exchange: HTTPExchange, _ format: MessageFormat) async throws -> Response {
    _ = try await calls.ask(.getMaster, exchange)
    let stream = OperatorStream()
    let (channel, logger) = (exchange.channel, logger)
    let (master, watch) = await calls.host.watch { event in
      guard let event else { return stream.end() }
      if !stream.add(event) {
        logger.warning(
          "closing the stream of an operator who is too slow: \(OperatorStream.maximumEvents) events wait")
        channel.close(promise: nil)
      }
    }
    let state = ClusterEvent.subscribed(
      master.describeCluster(), heartbeatInterval: heartbeatInterval.inSeconds)
    // One that closes its side of the connection has left, too.
    exchange.whenInputCloses { stream.end() }
    let host = calls.host
    let beat = TimeAmount.nanoseconds(heartbeatInterval.nanoseconds)
    let heartbeats = channel.eventLoop.scheduleRepeatedTask(initialDelay: beat, delay: beat) { _ in
      _ = stream.add(.heartbeat)
    }
    let ending = Ending {
      heartbeats.cancel()
      host.endWatch(watch)
    }
    return Response(
      status: .ok, headers: [.contentType: format.rawValue],
      body: ResponseBody { writer in
        defer { ending.run() }
        try await writer.write(contentsOf: try Self.records(of: [state, .heartbeat], format))
        while let events = await stream.next() {
          try await writer.write(contentsOf: try Self.records(of: events, format))
        }
        try await writer.finish(nil)
      })
  }

  private static func records(
    of events: [ClusterEvent], _ format: MessageFormat
  ) throws(WireError) -> [ByteBuffer] {
    let encoder = EventEncoder.current
    var records: [ByteBuffer] = []
    for event in events { records.append(try encoder.record(of: event, format, .reservations)) }
    return records
  }

  /// Runs something once: when the answer is written, or is dropped without having been.
  private final class Ending: Sendable {
    private let function: @Sendable () -> Void
    private let isDone = Atomic(false)

    init(_ function: @escaping @Sendable () -> Void) { self.function = function }

    func run() {
      if !isDone.exchange(true, ordering: .relaxed) { function() }
    }

    deinit { run() }
  }
}
