import MesetaModel
public import MesetaProtocol
public import MesetaRuntime

extension Master {
  /// Answers an operator's question as the master does, and changes nothing: for copies of the master that somebody reads in
  /// while it goes on. A call that is no question is not carried out.
  public func answer(_ call: OperatorCall, for peer: Peer, at time: Time) -> Outcome {
    guard call.isQuestion else {
      return .failed(CallError(.badRequest, "\(call.name) is not a question"))
    }
    var copy = self
    var answer = Answer()
    copy.receive(call, request: RequestID(1), peer, at: time, &answer)
    return answer.outcome
  }
}

/// Takes what the master answers to one question.
private struct Answer: MasterEffects {
  var outcome = Outcome.failed(CallError(.unavailable, "the master has no answer"))

  mutating func respond(_ request: RequestID, _ outcome: Outcome) { self.outcome = outcome }
  mutating func send(_ message: consuming Message, to session: SessionID) {}
  mutating func close(_ session: SessionID, reason: String) {}
  mutating func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
  mutating func store(_ token: StorageToken, _ operation: RegistryOperation) {}
}
