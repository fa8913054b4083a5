/// Anything that travels between two nodes. Which of them one node may send follows from its ``PeerRole``.
///
/// Messages are queued and handed on by the million: what is large and rare in them is kept out of line (`indirect`), so that
/// a message is small to move. It is moved rather than copied (`consuming`) wherever it goes, for a copy retains all that the
/// message is made of.
public enum Message: Hashable, Sendable {
  /// `request` is 0 where the caller does not want to hear of the outcome.
  case schedulerCall(SchedulerCall, request: UInt64)
  case schedulerEvent(SchedulerEvent)
  case executorCall(ExecutorCall, request: UInt64)
  case executorEvent(ExecutorEvent)
  case agentMessage(AgentMessage)
  case masterMessage(MasterMessage)
  case operatorCall(OperatorCall, request: UInt64)
  case operatorResponse(OperatorResponse, request: UInt64)
  /// The call was taken; for calls that have no other answer.
  case accepted(request: UInt64)
  /// The call was not taken. `request` is 0 if it is not an answer to one call.
  case failed(CallError, request: UInt64)
  /// Sent when there is nothing else to say, so that both sides notice a dead connection.
  case heartbeat
  /// The last message of a session, in which the transport of the side that ends it says why.
  case closing(reason: String)
}

/// What a peer is, as it says when it opens a session.
public enum PeerRole: Int32, Hashable, Codable, Sendable, CaseIterable {
  case framework = 1
  case agent = 2
  case executor = 3
  case `operator` = 4
  case master = 5
}
