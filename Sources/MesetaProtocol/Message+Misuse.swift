// What a peer hears that sends what is not for its role to send.

extension Message {
  /// Says that a machine does not take this from a peer of that role, and what it takes from whom.
  package func refusal(from role: PeerRole, by machine: String, whichTakes expected: String) -> CallError {
    CallError(
      .badRequest,
      "a peer that connected as \(role) must not send \(kindName) to \(machine), which takes \(expected)")
  }

  /// What kind of message it is, for people to read.
  private var kindName: String {
    switch self {
    case .schedulerCall(let call, _): "the scheduler call \(call.kind.name)"
    case .schedulerEvent(let event): "the scheduler event \(event.name)"
    case .executorCall: "an executor call"
    case .executorEvent: "an executor event"
    case .agentMessage: "an agent's message"
    case .masterMessage: "a master's message"
    case .operatorCall(let call, _): "the operator call \(call.name)"
    case .operatorResponse: "an operator response"
    case .accepted, .failed: "an answer to a call"
    case .heartbeat: "a heartbeat"
    case .closing: "the end of a session"
    }
  }
}
