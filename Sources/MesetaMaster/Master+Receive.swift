// Who may send what: a message goes to the part of the master that it is for.

import MesetaModel
public import MesetaProtocol
public import MesetaRuntime

extension Master {
  /// Takes a message, as ``handle(_:at:_:)`` does; without an input around it, which would be copied.
  public mutating func received<E: MasterEffects>(
    _ message: consuming Message, _ request: RequestID, from session: SessionID, at time: Time,
    _ effects: inout E
  ) {
    // The session may have been closed while this was on its way.
    guard let entry = sessions.find(session) else { return }
    guard message.isForMaster(from: entry.role) else {
      metrics.droppedMessages += 1
      let error = message.refusal(
        from: entry.role, by: "a master",
        whichTakes: "scheduler calls from frameworks, operator calls from operators and messages from agents")
      return refuse(error, request: request, session, entry, at: time, &effects)
    }
    take(message, request, from: session, entry, at: time, &effects)
  }

  /// Passes a message on to the part that it is for. What is borrowed is looked at where it stands: the call would be copied out
  /// of a message that is consumed.
  private mutating func take<E: MasterEffects>(
    _ message: Message, _ request: RequestID, from session: SessionID, _ entry: Session, at time: Time,
    _ effects: inout E
  ) {
    switch message {
    case .schedulerCall(let call, _):
      receive(call, request: request, from: session, entry, at: time, &effects)
    case .agentMessage(let message):
      receive(message, from: session, entry, at: time, &effects)
    case .operatorCall(let call, _):
      receive(call, request: request, entry.peer, at: time, &effects)
    default:
      break  // A heartbeat: that it arrived is all it says.
    }
  }

  /// Tells a peer that it broke the protocol and ends its session; nobody else is affected.
  private mutating func refuse<E: MasterEffects>(
    _ error: CallError, request: RequestID, _ session: SessionID, _ entry: Session, at time: Time,
    _ effects: inout E
  ) {
    if request == .none {
      effects.send(.failed(error, request: 0), to: session)
    } else {
      effects.respond(request, .failed(error))
    }
    effects.log(.warning, "closing the session of \(entry.peer.address): \(error)")
    drop(session, reason: error.message, at: time, &effects)
  }

  /// Closes a session from this side, with all that follows from its end.
  mutating func drop<E: MasterEffects>(
    _ session: SessionID, reason: String, at time: Time, _ effects: inout E
  ) {
    effects.close(session, reason: reason)
    guard let entry = sessions.removeValue(forKey: session) else { return }
    switch entry.binding {
    case .framework(let framework): disconnect(framework, reason: reason, at: time, &effects)
    case .agent(let agent): disconnect(agent, reason: reason, at: time, &effects)
    case .registering, .nobody: break
    }
  }
}

extension Message {
  /// Whether a peer in a role may say such a thing to a master.
  fileprivate func isForMaster(from role: PeerRole) -> Bool {
    switch self {
    case .schedulerCall: role == .framework
    case .agentMessage: role == .agent
    case .operatorCall: role == .operator
    case .heartbeat: true
    default: false
    }
  }
}
