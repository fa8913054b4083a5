// Sessions come and go, and each message reaches the part of the agent that it is for.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Agent {
  mutating func open<E: AgentEffects>(
    _ session: SessionID, _ peer: Peer, at time: Time, _ effects: inout E
  ) {
    sessions[session] = PeerSession(peer: peer)
    guard peer.role == .master else { return }
    perform(connection.opened(session, at: time.monotonic, &generator), at: time, &effects)
  }

  mutating func close<E: AgentEffects>(
    _ session: SessionID, reason: String, at time: Time, _ effects: inout E
  ) {
    let known = sessions.removeValue(forKey: session)
    if session == connection.session {
      effects.log(.warning, "the master is gone: \(reason)")
      connection.closed(at: time.monotonic, &generator)
      masterIsGone()
    } else if let executor = known?.executor {
      // It may subscribe again; if it has ended, its container says so.
      executors.update(executor) { $0.session = nil }
    }
  }

  mutating func receive<E: AgentEffects>(
    _ message: Message, _ request: RequestID, from session: SessionID, at time: Time, _ effects: inout E
  ) {
    guard let role = sessions[session]?.peer.role else {
      // Closed by the agent while the message was on its way.
      return answer(request, nil, .failed(CallError(.unavailable, "the session is over")), &effects)
    }
    switch (message, role) {
    case (.masterMessage, .master):
      break  // Of a master that was left.
    case (.executorCall(let call, _), .executor):
      receive(call, request, from: session, at: time, &effects)
    case (.operatorCall(let call, _), .operator):
      receive(call, request, from: session, &effects)
    case (.failed(let error, _), .master):
      refused(error, by: session, at: time, &effects)
    case (.accepted, .master), (.heartbeat, _):
      break  // That it arrived is all it says.
    default:
      let error = message.refusal(
        from: role, by: "an agent",
        whichTakes: "operator calls from operators and executor calls from executors")
      effects.log(.warning, "closing the session of \(sessions[session]?.peer.address ?? "?"): \(error)")
      answer(request, session, .failed(error), &effects)
      effects.close(session, reason: error.message)
      close(session, reason: error.message, at: time, &effects)
    }
  }

  /// Gives the outcome of a call. Who did not ask hears of failures only.
  func answer<E: AgentEffects>(
    _ request: RequestID, _ session: SessionID?, _ outcome: Outcome, _ effects: inout E
  ) {
    if request != .none {
      effects.respond(request, outcome)
    } else if case .failed(let error) = outcome, let session {
      effects.send(.failed(error, request: 0), to: session)
    }
  }

  mutating func receive<E: AgentEffects>(
    _ message: consuming MasterMessage, at time: Time, _ effects: inout E
  ) {
    if connection.isStoring, message.waitsForID { return keepForLater(message) }
    switch consume message {
    case .ping(let isConnected):
      if let session = connection.session { effects.send(.agentMessage(.pong), to: session) }
      let action = connection.pinged(isConnected: isConnected, at: time.monotonic, &generator)
      if case .register = action { masterIsGone() }
      perform(action, at: time, &effects)
    case .registered(let id, let timeout):
      registered(id, pingTimeout: timeout, at: time, &effects)
    case .reregistered(let id, let timeout, let reconcile):
      reregistered(id, pingTimeout: timeout, reconcile: reconcile, at: time, &effects)
    case .drain(let config): drain(config, at: time, &effects)
    case .runTask(let framework, let task, let launchesExecutor):
      run(task, of: framework, launchesExecutor: launchesExecutor, at: time, &effects)
    case .acknowledge(let framework, let task, let uuid):
      acknowledge(FrameworkTask(framework, task), uuid, at: time, &effects)
    case .killTask(let framework, let task, let grace):
      kill(FrameworkTask(framework, task), gracePeriod: grace, at: time, &effects)
    case .shutdownExecutor(let framework, let executor):
      shutdownExecutor(ExecutorName(framework, executor), at: time, &effects)
    case .shutdownFramework(let framework): shutdownFramework(framework, at: time, &effects)
    case .frameworkMessage(let framework, let executor, let data):
      pass(data, to: ExecutorName(framework, executor), &effects)
    case .updateFramework(let info):
      if let key = info.id.flatMap({ frameworks.find($0) }) {
        frameworks.update(key) { $0.learn(info) }
        rememberFramework(key)
      }
    case .shutdown(let reason): shutdown(reason, at: time, &effects)
    case .applyOperation(let operation): apply(operation, at: time, &effects)
    case .acknowledgeOperation(let uuid, let status): acknowledgeOperation(uuid, status: status, &effects)
    }
  }

  /// The master does not take something. While registering that means that it does not want the agent, so far.
  private mutating func refused<E: AgentEffects>(
    _ error: CallError, by session: SessionID, at time: Time, _ effects: inout E
  ) {
    effects.log(.error, "the master refuses: \(error)")
    guard session == connection.session, connection.registeredSession == nil else { return }
    connection.refused(at: time.monotonic, &generator)
    sessions[session] = nil
    masterIsGone()
    effects.close(session, reason: "the registration was refused")
  }
}

extension MasterMessage {
  /// Whether it is about what the agent does once its id is on disk.
  fileprivate var waitsForID: Bool {
    switch self {
    case .ping, .registered, .reregistered: false
    default: true
    }
  }
}
