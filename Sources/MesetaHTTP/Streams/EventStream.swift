// The events of one subscription, from the host to the client's connection.

import Logging
import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore
import Synchronization

/// The link of a session whose peer subscribed by HTTP.
///
/// The host's thread leaves messages here; the event loop of the connection makes records of them; the task that answers the
/// request writes these, as fast as the client takes them. What waits is bounded.
final class EventStream: Link {
  fileprivate enum Phase: Sendable {
    case open
    /// The host has said its last word; what is there is still written.
    case ending
    case over
  }

  fileprivate struct State: Sendable {
    var phase = Phase.open
    var session: SessionID?
    /// What is not made into records yet.
    var messages: [Message] = []
    /// The event loop has been told to look here.
    var isAnnounced = false
    var resources: ResourceFormat
    var records = CircularBuffer<ByteBuffer>()
    /// The bytes of the records, and of those that are being written.
    var bytes = 0
    var bytesBeingWritten = 0
    /// Who waits for records.
    var writer: CheckedContinuation<[ByteBuffer]?, Never>?
  }

  /// As much is written at a time, give or take a record.
  fileprivate static let batchBytes = 256 << 10

  /// So many events wait at most to be made into records.
  private static let maximumMessages = 100_000

  /// Names the stream to the client.
  let id: String
  private let format: MessageFormat
  private let channel: any Channel
  private let handler: any SessionHandler
  private let maximumBytes: Int
  private let logger: Logger
  /// Is told the id of a framework before the client is.
  private let subscribed: @Sendable (FrameworkID, EventStream) -> Void
  private let state: Mutex<State>

  init(
    _ format: MessageFormat, resources: ResourceFormat, on channel: any Channel,
    from handler: any SessionHandler, maximumBytes: Int, logger: Logger,
    subscribed: @escaping @Sendable (FrameworkID, EventStream) -> Void = { _, _ in }
  ) {
    self.id = UUID(random: .random(in: .min ... .max), .random(in: .min ... .max)).description
    self.format = format
    self.channel = channel
    self.handler = handler
    self.maximumBytes = maximumBytes
    self.logger = logger
    self.subscribed = subscribed
    self.state = Mutex(State(resources: resources))
  }

  /// The session whose events these are, as long as it lasts.
  var session: SessionID? {
    state.withLock { state in
      if case .open = state.phase { state.session } else { nil }
    }
  }

  /// Says whose events these are. The session ends if the client has left already.
  func begin(_ session: SessionID) {
    let isOver = state.withLock { state in
      state.session = session
      return state.phase == .over
    }
    if isOver { handler.closed(session, reason: "the client closed the connection") }
  }

  /// Sends a message again and again, as long as the stream lasts: of an event that its host does not think of.
  func `repeat`(_ message: Message, every interval: Span) {
    let interval = TimeAmount.nanoseconds(max(1_000_000, interval.nanoseconds))
    channel.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [weak self] task in
      guard let self, self.session != nil else { return task.cancel() }
      self.send([message])
    }
  }

  /// The framework takes resources in another form from now on.
  func change(to resources: ResourceFormat) { state.withLock { $0.resources = resources } }

  // MARK: From the host

  func send(_ messages: [Message]) {
    // The host sends this first, once.
    if case .schedulerEvent(.subscribed(let framework, _, _)) = messages.first {
      subscribed(framework, self)
    }
    put { $0.messages += messages }
  }

  func close(reason: String) { put { $0.phase = .ending } }

  /// Calls do not come by the stream, so that it holds nothing back.
  func consumed(_ count: Int) {}

  private func put(_ change: @Sendable (inout State) -> Void) {
    let isNews = state.withLock { state in
      guard case .open = state.phase else { return false }
      change(&state)
      defer { state.isAnnounced = true }
      return !state.isAnnounced
    }
    if isNews { channel.eventLoop.execute { self.encode() } }
  }

  // MARK: On the event loop

  /// Makes records of what the host has left here.
  private func encode() {
    while let (messages, resources) = takeMessages() {
      if messages.count > Self.maximumMessages {
        return giveUp("\(messages.count) events wait for it, more than the limit of \(Self.maximumMessages)")
      }
      let waiting = add(records(of: messages, resources))
      if waiting > maximumBytes {
        return giveUp("\(waiting) bytes wait for it, more than the limit of \(maximumBytes)")
      }
    }
  }

  /// What is to be made into records; nil if there is nothing more, and then the writer knows what there is.
  private func takeMessages() -> ([Message], ResourceFormat)? {
    state.withLock { state in
      if state.messages.isEmpty {
        state.isAnnounced = false
        state.resumeWriter()
        return nil
      }
      defer { state.messages = [] }
      return (state.messages, state.resources)
    }
  }

  private func records(of messages: [Message], _ resources: ResourceFormat) -> [ByteBuffer] {
    let encoder = EventEncoder.current
    var records: [ByteBuffer] = []
    for message in messages {
      do throws(WireError) {
        if let record = try encoder.record(message, format, resources) { records.append(record) }
      } catch {
        logger.error("an event of the stream \(id) cannot be sent: \(error)")
      }
    }
    return records
  }

  /// How many bytes wait then.
  private func add(_ records: [ByteBuffer]) -> Int {
    state.withLock { state in
      guard state.phase != .over else { return 0 }
      for record in records {
        state.records.append(record)
        state.bytes += record.readableBytes
      }
      state.resumeWriter()
      return state.bytes
    }
  }

  private func giveUp(_ excess: String) {
    logger.warning("closing the stream \(id), whose client is too slow: \(excess)")
    lose("the client is too slow: \(excess)")
    channel.close(promise: nil)
  }

  // MARK: To the client

  /// The next records, when there are any; nil at the end. What was asked for last has been written then.
  func next() async -> [ByteBuffer]? {
    await withCheckedContinuation { continuation in
      state.withLock { state in
        state.bytes -= state.bytesBeingWritten
        state.bytesBeingWritten = 0
        state.writer = continuation
        state.resumeWriter()
      }
    }
  }

  /// The client is gone: tells the host, unless it ended the session itself.
  func lose(_ reason: String) {
    let session = state.withLock { state -> SessionID? in
      let before = state.phase
      state.phase = .over
      state.messages = []
      state.records.removeAll()
      state.bytes = 0
      state.bytesBeingWritten = 0
      state.resumeWriter()
      if case .open = before { return state.session }
      return nil
    }
    if let session { handler.closed(session, reason: reason) }
  }
}

extension EventStream.State {
  /// Gives who waits what there is, or the news that there will be nothing any more.
  fileprivate mutating func resumeWriter() {
    guard let writer else { return }
    var batch: [ByteBuffer] = []
    while bytesBeingWritten < EventStream.batchBytes, let record = records.popFirst() {
      bytesBeingWritten += record.readableBytes
      batch.append(record)
    }
    let isOver = phase == .over || (phase == .ending && !isAnnounced)
    guard !batch.isEmpty || isOver else { return }
    self.writer = nil
    writer.resume(returning: batch.isEmpty ? nil : batch)
  }
}
