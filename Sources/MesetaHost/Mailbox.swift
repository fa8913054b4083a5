// What waits for a host's machine.

import MesetaProtocol
import MesetaRuntime

/// One thing that waits. The messages that arrived together in one session are one.
///
/// It knows nothing of the kind of machine: the way of a message through a mailbox is the same code for all of them.
enum Mail: Sendable {
  case opened(SessionID, any Link, Peer)
  case connectFailed(reason: String)
  case received(SessionID, [Message])
  /// A call that came by another way than its session's link, and who is told the outcome.
  case call(SessionID, Message, @Sendable (Outcome) -> Void)
  case closed(SessionID, reason: String)
  /// So many of the inputs that only one kind of machine gets, which stand in a queue of their own.
  case locals(Int)
  /// Somebody wants to look at the machine between two inputs.
  case visit(any MachineVisit)
  /// Somebody wants to know what waits behind this.
  case count(@Sendable (WaitingMail) -> Void)
  /// A collaborator has the outcome of a call that the machine passed on to it.
  case outcome(RequestID, Outcome)
  /// The host is to end; the function is called when it has.
  case stop(reason: String, @Sendable () -> Void)
  /// What stood here has been taken out.
  case handled

  /// How many inputs it amounts to.
  var weight: Int {
    switch self {
    case .received(_, let messages): messages.count
    case .locals(let count): count
    default: 1
    }
  }
}

/// How much waits for a machine, by what it is.
package struct WaitingMail: Hashable, Sendable {
  /// Messages of sessions.
  package var messages = 0
  /// Calls beside their sessions, and looks at the machine: what requests of HTTP come as.
  package var requests = 0
  /// That sessions begin and end, and what the machine's collaborators have done.
  package var others = 0

  package init(messages: Int = 0, requests: Int = 0, others: Int = 0) {
    self.messages = messages
    self.requests = requests
    self.others = others
  }

  mutating func add(_ items: some Sequence<Mail>) {
    for item in items {
      switch item {
      case .received: messages += item.weight
      case .call, .visit, .count: requests += 1
      case .opened, .connectFailed, .closed, .locals, .outcome, .stop: others += item.weight
      case .handled: break
      }
    }
  }
}

/// A visit to one kind of machine.
protocol MachineVisit: Sendable {}

struct Visit<Logic: MachineLogic>: MachineVisit {
  let body: @Sendable (inout Logic) -> Void
}

/// The queue in front of a machine, taken as a whole by each batch.
struct Mailbox: Sendable {
  enum State: Sendable {
    /// Mail is kept until the host starts.
    case new
    case idle
    /// A run of the host is announced, or going on; it will see what is put here.
    case scheduled
    case stopped
  }

  var state = State.new
  var mail: [Mail] = []
  private var lastSession: UInt64 = 0

  mutating func nextSession() -> SessionID {
    lastSession += 1
    return SessionID(lastSession)
  }

  /// Adds the mark of inputs that have been put into their own queue; true if a run has to be announced for it.
  mutating func putLocals(_ count: Int) -> Bool {
    if case .locals(let before) = mail.last {
      mail[mail.count - 1] = .locals(before + count)
      return false  // What waits has been announced.
    }
    return put(.locals(count))
  }

  /// Adds mail; true if a run has to be announced for it.
  mutating func put(_ item: Mail) -> Bool {
    mail.append(item)
    guard state == .idle else { return false }
    state = .scheduled
    return true
  }
}
