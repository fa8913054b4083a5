// Who may send what: a message goes to the part of the master that it is for.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  mutating func receive<E: MasterEffects>(
    _ message: Message, request: RequestID, from session: SessionID, at time: Time, _ effects: inout E
  ) {
    guard let entry = sessions[session] else { return }  // the session was closed while this was on its way
    switch (message, entry.peer.role) {
    case (.schedulerCall(let call, _), .framework):
      receive(call, request: request, from: session, entry, at: time, &effects)
    case (.agentMessage(let message), .agent):
      receive(message, from: session, entry, at: time, &effects)
    case (.operatorCall(let call, _), .operator):
      receive(call, request: request, entry.peer, at: time, &effects)
    case (.heartbeat, _):
      break  // That it arrived is all it says.
    default:
      metrics.droppedMessages += 1
      let error = message.refusal(
        from: entry.peer.role, by: "a master",
        whichTakes: "scheduler calls from frameworks, operator calls from operators and messages from agents")
      refuse(error, request: request, session, entry, at: time, &effects)
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
