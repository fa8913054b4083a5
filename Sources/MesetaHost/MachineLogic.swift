// What a host has to know of the machine it runs; one adaptor for each kind of machine.

package import MesetaProtocol
package import MesetaRuntime

/// A machine together with those who perform what only it asks for: a registry, a containerizer.
package protocol MachineLogic: Sendable {
  associatedtype Machine: Sendable
  associatedtype Local: Hashable & Sendable
  associatedtype Sink: HostSink

  var machine: Machine { get set }
  var nextWake: Instant { get }

  /// Makes the sink of the machine's host.
  func sink(_ outbox: Outbox) -> Sink

  /// Hands the machine an input.
  mutating func handle(_ input: NodeInput<Local>, at time: Time, _ sink: inout Sink)

  /// Hands the machine the messages that arrived together, without an input around each; false if it closed the session
  /// before the last. What has been handled is gone from the array.
  mutating func receive(
    _ messages: inout [Message], from session: SessionID, at time: Time, _ sink: inout Sink
  ) -> Bool

  /// Calls ``HostCore/runBatch(of:)``. A type that says so itself, in place of the default, has a version of the host's
  /// inner loop compiled for it alone; from the generic ``MachineHost`` there would be one slow one for all.
  static func runBatch(_ core: inout HostCore<Self>, of host: MachineHost<Self>) -> AfterBatch

  /// Performs what the sink took besides messages, once a batch. What comes of it is posted to the inbox.
  mutating func perform(_ sink: inout Sink, _ inbox: Inbox<Local>)
}

extension MachineLogic {
  package func sink(_ outbox: Outbox) -> Sink { Sink(outbox) }

  package mutating func receive(
    _ messages: inout [Message], from session: SessionID, at time: Time, _ sink: inout Sink
  ) -> Bool {
    sink.handle(&messages, from: session) { message, request, sink in
      handle(.received(session, request, message), at: time, &sink)
    }
  }

  package static func runBatch(
    _ core: inout HostCore<Self>, of host: MachineHost<Self>
  ) -> AfterBatch { core.runBatch(of: host) }
}

/// Takes the effects of a machine while it handles a batch.
package protocol HostSink: ClientEffects {
  init(_ outbox: Outbox)
  /// Takes what every machine may ask for.
  var outbox: Outbox { get set }
}

extension HostSink {
  /// Calls `body` with each of the messages, and with the host's number for it if it is a call, for as long as the machine
  /// keeps the session open; whether it still does. A message is out of the array while it is handled, and has no other owner.
  @inline(__always)
  mutating func handle(
    _ messages: inout [Message], from session: SessionID,
    _ body: (consuming Message, RequestID, inout Self) -> Void
  ) -> Bool {
    guard let slot = outbox.slot(of: session) else { return false }
    for index in messages.indices {
      var message = Message.heartbeat
      swap(&message, &messages[index])
      guard let request = outbox.request(for: message, slot) else { return false }
      body(consume message, request, &self)
    }
    return true
  }

  package mutating func send(_ message: consuming Message, to session: SessionID) {
    outbox.send(message, to: session)
  }

  package mutating func respond(_ request: RequestID, _ outcome: Outcome) { outbox.respond(request, outcome) }

  package mutating func close(_ session: SessionID, reason: String) { outbox.close(session, reason: reason) }

  package mutating func connect() { outbox.wantsConnection = true }

  package mutating func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    outbox.log(level, message())
  }
}

/// Where the collaborators of a machine leave word for it. Holds on to the host weakly: late word is dropped.
package struct Inbox<Local: Hashable & Sendable>: Sendable {
  /// What can be left.
  package enum Word: Sendable {
    case input(Local)
    case inputs([Local])
    /// The outcome of a call that the machine passed on.
    case outcome(RequestID, Outcome)
  }

  private let put: @Sendable (Word) -> Void

  package init(_ put: @escaping @Sendable (Word) -> Void) { self.put = put }

  package func post(_ inputs: [Local]) { put(.inputs(inputs)) }
  package func post(_ input: Local) { put(.input(input)) }
  package func respond(_ request: RequestID, _ outcome: Outcome) { put(.outcome(request, outcome)) }
}
