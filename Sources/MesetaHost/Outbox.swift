// The sessions of a host, and what its machine has to say to them until the batch is over.

package import Logging
package import MesetaProtocol
package import MesetaRuntime

/// Collects a batch's messages by session, so that each session is written to once.
package struct Outbox: Sendable {
  /// Where the outcome of a call goes.
  private enum Caller: Sendable {
    /// To its session, under the number that the caller gave it.
    case session(SessionID, number: UInt64)
    /// To whoever brought the call.
    case function(@Sendable (Outcome) -> Void)
  }

  private struct Session: Sendable {
    var id: SessionID
    var link: any Link
    var pending: [Message] = []
    /// How many messages its last batch had; the next is likely to have as many.
    var usualCount = 0
    /// Why the machine ends the session, if it does.
    var closing: String?
    var isDirty = false
    /// Of how many calls the outcome is outstanding.
    var openRequests = 0

    /// Keeps a message for the end of the batch; whether the session was not dirty before.
    mutating func take(_ message: consuming Message, _ spares: inout [[Message]]) -> Bool {
      if closing != nil { return false }
      if pending.isEmpty {
        if let spare = spares.popLast() { pending = spare }
        pending.reserveCapacity(usualCount)
      }
      pending.append(message)
      if isDirty { return false }
      isDirty = true
      return true
    }
  }

  /// The machine asks for a session with its master.
  package var wantsConnection = false

  private let logger: Logger
  private var sessions = SlotMap<Session>()
  /// Where the sessions that are open stand. Look-up only.
  private var slots = RecentTable<SessionID, Int>()
  /// The slots that have something to send or to end, in the order that they got it.
  private var dirty: [Int] = []
  /// Emptied arrays, for what is sent next: large ones are slow to allocate.
  private var spares: [[Message]] = []
  private var requests: [RequestID: Caller] = [:]
  private var lastRequest: UInt64 = 0
  private var finishedCalls: [(@Sendable (Outcome) -> Void, Outcome)] = []

  package init(logger: Logger) { self.logger = logger }

  /// How many sessions are open.
  package var sessionCount: Int { slots.count }
  /// How many calls have no outcome yet.
  package var openRequestCount: Int { requests.count }

  // MARK: Effects

  package mutating func send(_ message: consuming Message, to session: SessionID) {
    guard let slot = slots.find(session) else { return }  // it ended in this batch, or before
    append(message, slot)
  }

  package mutating func close(_ session: SessionID, reason: String) {
    guard let slot = slots[session], isOpen(slot) else { return }
    sessions[slot].closing = reason
    markDirty(slot)
  }

  package mutating func respond(_ request: RequestID, _ outcome: Outcome) {
    if request == .none { return }
    switch requests.removeValue(forKey: request) {
    case .none: break  // nobody wants to hear of it, or not any more
    case .function(let function): finishedCalls.append((function, outcome))
    case .session(let session, let number):
      guard let slot = slots.find(session) else { return }
      sessions[slot].openRequests -= 1
      append(Message(outcome, request: number), slot)
    }
  }

  package func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    logger.log(level: Logger.Level(level), "\(message())")
  }

  private mutating func append(_ message: consuming Message, _ slot: Int) {
    guard sessions.key(at: slot) != nil else { return }
    if sessions[slot].take(message, &spares) { dirty.append(slot) }
  }

  private mutating func markDirty(_ slot: Int) {
    if sessions[slot].isDirty { return }
    sessions[slot].isDirty = true
    dirty.append(slot)
  }

  /// Takes back what the machine has said in this batch: what it depends on did not come about.
  package mutating func dropPending() {
    for slot in dirty { sessions[slot].pending = [] }
    finishedCalls = []
  }

  /// Takes back what the machine has said in this batch, for it had no right to any more; calls fail instead.
  package mutating func retract(_ reason: String) {
    for slot in dirty { sessions[slot].pending = [] }
    finishedCalls = finishedCalls.map { ($0.0, .failed(CallError(.unavailable, reason))) }
  }

  // MARK: Sessions

  package mutating func add(_ session: SessionID, _ link: any Link) {
    slots[session] = Int(sessions.insert(Session(id: session, link: link)).index)
  }

  /// Forgets a session that ended on the other side; false if it was not there any more.
  package mutating func remove(_ session: SessionID) -> Bool {
    guard let slot = slots.removeValue(forKey: session) else { return false }
    let wasOpen = isOpen(slot)
    if sessions[slot].openRequests > 0 {
      requests = requests.filter {
        if case .session(session, _) = $0.value { false } else { true }
      }
    }
    // A dirty slot is freed by the flush that finds it.
    if sessions[slot].isDirty {
      sessions[slot].pending = []
      sessions[slot].openRequests = 0
    } else {
      free(slot)
    }
    return wasOpen
  }

  private mutating func free(_ slot: Int) {
    if let key = sessions.key(at: slot) { sessions.remove(key) }
  }

  /// Whether the machine has not closed the session.
  private func isOpen(_ slot: Int) -> Bool {
    sessions.key(at: slot) != nil && sessions[slot].closing == nil
  }

  // What a host asks for every message is mutating: it reaches the outbox through a sink that it does not know, and only a
  // change is made in place there; a look would copy the outbox.

  /// The slot of a session that the machine wants to hear of.
  package mutating func slot(of session: SessionID) -> Int? {
    guard let slot = slots.find(session), isOpen(slot) else { return nil }
    return slot
  }

  /// Tells the transport that delivered messages are done with.
  package mutating func consumed(_ count: Int, _ session: SessionID) {
    if let slot = slots.find(session) { sessions[slot].link.consumed(count) }
  }

  /// Takes an array whose messages are done with.
  package mutating func reuse(_ messages: consuming [Message]) {
    guard spares.count < 128, messages.capacity <= 1024 else { return }
    messages.removeAll(keepingCapacity: true)
    spares.append(messages)
  }

  // MARK: Requests

  /// The host's number for a call that arrived as a message; none if its sender does not want the outcome. Nil if the
  /// machine has closed the session since the message arrived.
  package mutating func request(for message: Message, _ slot: Int) -> RequestID? {
    guard isOpen(slot) else { return nil }
    let number: UInt64
    switch message {
    case .schedulerCall(_, let request), .executorCall(_, let request), .operatorCall(_, let request):
      number = request
    default: return RequestID.none
    }
    if number == 0 { return RequestID.none }
    sessions[slot].openRequests += 1
    return add(.session(sessions[slot].id, number: number))
  }

  /// The host's number for a call whose outcome goes to a function.
  package mutating func request(_ function: @escaping @Sendable (Outcome) -> Void) -> RequestID {
    add(.function(function))
  }

  private mutating func add(_ caller: Caller) -> RequestID {
    lastRequest += 1
    let request = RequestID(lastRequest)
    requests[request] = caller
    return request
  }

  // MARK: The end of a batch

  /// Hands everything over to the links.
  package mutating func flush() {
    for slot in dirty { flush(slot) }
    dirty.removeAll(keepingCapacity: true)
    if !finishedCalls.isEmpty {
      let calls = finishedCalls
      finishedCalls = []
      for (function, outcome) in calls { function(outcome) }
    }
  }

  private mutating func flush(_ slot: Int) {
    let id = sessions[slot].id
    guard slots[id] == slot else { return free(slot) }  // it ended on the other side
    sessions[slot].isDirty = false
    if !sessions[slot].pending.isEmpty {
      var messages: [Message] = []
      swap(&messages, &sessions[slot].pending)
      sessions[slot].usualCount = messages.count
      sessions[slot].link.send(messages)
    }
    if let reason = sessions[slot].closing {
      let link = sessions[slot].link
      _ = remove(id)
      link.close(reason: reason)
    }
  }

  /// Ends all sessions. The outcome of calls that have none is that there is none to be had.
  package mutating func closeAll(reason: String) {
    for slot in 0..<sessions.capacity where sessions.key(at: slot) != nil {
      sessions[slot].closing = sessions[slot].closing ?? reason
      markDirty(slot)
    }
    for (_, caller) in requests.sorted(by: { $0.key.number < $1.key.number }) {
      guard case .function(let function) = caller else { continue }
      finishedCalls.append((function, .failed(CallError(.unavailable, reason))))
    }
    requests = [:]
    flush()
  }
}

extension Message {
  /// An outcome on its way to the caller.
  fileprivate init(_ outcome: Outcome, request: UInt64) {
    switch outcome {
    case .accepted: self = .accepted(request: request)
    case .response(let response): self = .operatorResponse(response, request: request)
    case .failed(let error): self = .failed(error, request: request)
    }
  }
}

extension Logger.Level {
  fileprivate init(_ level: LogLevel) {
    switch level {
    case .debug: self = .debug
    case .info: self = .info
    case .warning: self = .warning
    case .error: self = .error
    }
  }
}
