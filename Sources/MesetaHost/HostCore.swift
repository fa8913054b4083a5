// The inside of a host, which one thread at a time is in.

import Logging
import MesetaProtocol
package import MesetaRuntime
import Synchronization

/// What is to happen after a batch of a host.
package enum AfterBatch: Sendable {
  /// There is more to do.
  case again
  /// Nothing is to be done until mail comes, or until a timer that has to be set fires.
  case rest(timer: Instant?)
}

/// The machine, the mail that is being handled, and the sessions.
package struct HostCore<Logic: MachineLogic> {
  /// How many inputs a batch has at most, give or take the messages of one arrival: the machine's effects wait
  /// for its end.
  static var batchSize: Int { 4096 }

  var logic: Logic
  private var sink: Logic.Sink
  private var mail: [Mail] = []
  /// The mail before it is handled.
  private var position = 0
  /// What the mail says that is there for this kind of machine alone, and how much of it has been handled.
  private var locals: [Logic.Local] = []
  private var localPosition = 0
  /// The earliest timer that has been set and has not fired.
  private var timer = Instant.never

  init(_ logic: Logic, logger: Logger) {
    self.logic = logic
    self.sink = logic.sink(Outbox(logger: logger))
  }

  /// Handles what is there, within the size of a batch.
  mutating func runBatch(of host: MachineHost<Logic>) -> AfterBatch {
    if position == mail.count { takeMail(host) }
    let time = HostClock.now()
    if timer <= time.monotonic { timer = .never }

    var count = 0
    var ending: (reason: String, done: @Sendable () -> Void)?
    while position < mail.count, count < Self.batchSize, ending == nil {
      count += mail[position].weight
      if case .stop(let reason, let done) = mail[position] { ending = (reason, done) }
      handle(position, time)
      position += 1
    }
    // After the mail: a process that stood still has not been left by a peer whose messages wait to be read.
    if logic.nextWake <= time.monotonic, ending == nil {
      feed(.wake, time)
      count += 1
    }
    if count > 0 {
      feed(.endOfBatch, time)
      logic.perform(&sink, host.inbox)
      flush(host)
    }
    if let ending {
      stop(host, reason: ending.reason)
      ending.done()
      return .rest(timer: nil)
    }
    return next(host, after: time)
  }

  private mutating func takeMail(_ host: MachineHost<Logic>) {
    // The memory of an unusual rush is not kept.
    mail.removeAll(keepingCapacity: mail.capacity <= 4 * Self.batchSize)
    position = 0
    locals.removeAll(keepingCapacity: locals.capacity <= 4 * Self.batchSize)
    localPosition = 0
    host.mailbox.withLock { mailbox in
      swap(&mailbox.mail, &mail)
      host.locals.withLock { swap(&$0, &locals) }
    }
  }

  private func hasMore(_ host: MachineHost<Logic>) -> Bool {
    host.mailbox.withLock { mailbox in
      if !mailbox.mail.isEmpty { return true }
      mailbox.state = .idle
      return false
    }
  }

  private mutating func next(_ host: MachineHost<Logic>, after time: Time) -> AfterBatch {
    let wake = logic.nextWake
    if position < mail.count || wake <= time.monotonic || hasMore(host) { return .again }
    guard wake < timer else { return .rest(timer: nil) }
    timer = wake
    return .rest(timer: wake)
  }

  private mutating func feed(_ input: NodeInput<Logic.Local>, _ time: Time) {
    logic.handle(input, at: time, &sink)
  }

  private mutating func handle(_ position: Int, _ time: Time) {
    // Taken out, so that it has one owner here and is gone when it has been handled.
    var item = Mail.handled
    swap(&item, &mail[position])
    switch consume item {
    case .received(let session, var messages):
      receive(&messages, from: session, time)
      sink.outbox.reuse(messages)
    case .locals(let count):
      for place in localPosition..<localPosition + count { feed(.local(locals[place]), time) }
      localPosition += count
    case .visit(let visit): (visit as? Visit<Logic>)?.body(&logic)
    case .count(let tell):
      var waiting = WaitingMail()
      waiting.add(mail[(position + 1)...])
      tell(waiting)
    case .opened(let session, let link, let peer):
      sink.outbox.add(session, link)
      feed(.opened(session, peer), time)
    case .connectFailed(let reason):
      feed(.connectFailed(reason: reason), time)
    case .closed(let session, let reason):
      if sink.outbox.remove(session) { feed(.closed(session, reason: reason), time) }
    case .call(let session, let message, let outcome):
      if sink.outbox.slot(of: session) == nil {
        outcome(.failed(CallError(.unavailable, "the session of this call has ended")))
      } else {
        feed(.received(session, sink.outbox.request(outcome), message), time)
      }
    case .outcome(let request, let outcome):
      sink.outbox.respond(request, outcome)
    case .stop, .handled: break
    }
  }

  private mutating func receive(_ messages: inout [Message], from session: SessionID, _ time: Time) {
    guard sink.outbox.slot(of: session) != nil else { return }
    let isWanted = logic.receive(&messages, from: session, at: time, &sink)
    if isWanted { sink.outbox.consumed(messages.count, session) }
  }

  private mutating func flush(_ host: MachineHost<Logic>) {
    sink.outbox.flush()
    guard sink.outbox.wantsConnection else { return }
    sink.outbox.wantsConnection = false
    guard let connector = host.connector else {
      host.connectFailed(reason: "there is no way to a master: the host has no connector")
      return
    }
    connector.connect(
      ConnectRequest(
        host.identity.role, name: host.identity.name, principal: host.identity.principal, handler: host))
  }

  /// Ends every session, those too that wait in the mailbox, and answers who waits there.
  private mutating func stop(_ host: MachineHost<Logic>, reason: String) {
    var late = Array(mail[position...])
    mail = []
    position = 0
    locals = []
    localPosition = 0
    host.mailbox.withLock { mailbox in
      mailbox.state = .stopped
      late += mailbox.mail
      mailbox.mail = []
      host.locals.withLock { $0 = [] }
    }
    sink.outbox.closeAll(reason: reason)
    for item in late {
      switch item {
      case .opened(_, let link, _): link.close(reason: reason)
      case .call(_, _, let outcome): outcome(.failed(CallError(.unavailable, reason)))
      case .visit(let visit): (visit as? Visit<Logic>)?.body(&logic)
      case .count(let tell): tell(WaitingMail())
      case .stop(_, let done): done()
      case .connectFailed, .received, .locals, .closed, .outcome, .handled: break
      }
    }
  }
}
