// A node that says what it is told to say, and notes what it hears: a scripted framework, agent or operator.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// A peer without a mind of its own.
struct PlainPeer: Machine {
  let role: PeerRole
  /// Whether it acknowledges status updates by itself.
  var acknowledges: Bool
  /// Its session, once it is open.
  private(set) var session: SessionID?
  /// What it says as soon as it can.
  private var unsaid: [Message] = []
  private var wantsConnection = true
  private var isConnecting = false
  private var wantsClose = false
  private(set) var frameworkID: FrameworkID?

  init(_ role: PeerRole, acknowledges: Bool = true) {
    self.role = role
    self.acknowledges = acknowledges
  }

  var isScripted: Bool { true }

  var nextWake: Instant {
    if wantsClose || (session != nil && !unsaid.isEmpty) { return .zero }
    return session == nil && wantsConnection && !isConnecting ? .zero : .never
  }

  mutating func say(_ message: Message) {
    unsaid.append(message)
    wantsConnection = true
  }

  /// Ends the session.
  mutating func hangUp() {
    wantsClose = true
    wantsConnection = false
  }

  mutating func handle(_ input: consuming NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    switch input {
    case .opened(let opened, _):
      session = opened
      isConnecting = false
    case .connectFailed:
      isConnecting = false
      wantsConnection = false
      unsaid = []
    case .closed(let closed, _):
      if closed == session { session = nil }
      wantsConnection = false
      unsaid = []
    case .received(let session, _, .schedulerEvent(let event)):
      hear(event, on: session, &effects)
    case .wake, .endOfBatch, .received, .local: break
    }
    act(&effects)
  }

  private mutating func hear(_ event: SchedulerEvent, on session: SessionID, _ effects: inout Outbox) {
    switch event {
    case .subscribed(let id, _, _): frameworkID = id
    case .update(let status):
      guard acknowledges, let uuid = status.uuid, let agent = status.agentID else { return }
      let call = SchedulerCall.Acknowledge(agentID: agent, taskID: status.taskID, uuid: uuid)
      effects.send(
        .schedulerCall(SchedulerCall(frameworkID: frameworkID, .acknowledge(call)), request: 0), to: session)
    case .updateOperationStatus(let status):
      guard acknowledges, let uuid = status.uuid, let id = status.operationID else { return }
      let call = SchedulerCall.AcknowledgeOperationStatus(
        agentID: status.agentID, resourceProviderID: status.resourceProviderID, uuid: uuid, operationID: id)
      effects.send(
        .schedulerCall(
          SchedulerCall(frameworkID: frameworkID, .acknowledgeOperationStatus(call)), request: 0),
        to: session)
    default: break
    }
  }

  private mutating func act(_ effects: inout Outbox) {
    if wantsClose {
      wantsClose = false
      if let session { effects.close(session, reason: "the peer hung up") }
      session = nil
    } else if let session {
      for message in unsaid { effects.send(message, to: session) }
      unsaid = []
    } else if wantsConnection, !isConnecting {
      isConnecting = true
      effects.connect()
    }
  }
}
