// The operations that the framework waits for.

import MesetaModel
import MesetaProtocol

/// The operations with an id whose end the master has not told, in the order they were asked for.
struct OperationBook: Sendable {
  private struct Entry: Sendable {
    var id: OperationID
    var agentID: AgentID?
  }

  private var order: [Entry] = []
  /// For look-up only.
  private var open: Set<OperationID> = []

  /// Notes the operations of an ACCEPT.
  mutating func asked(_ operations: [Operation], on agentID: AgentID?) {
    for operation in operations {
      guard let id = operation.id, open.insert(id).inserted else { continue }
      order.append(Entry(id: id, agentID: agentID))
    }
  }

  /// The master has spoken about an operation.
  mutating func told(_ status: OperationStatus) {
    guard let id = status.operationID, !open.isEmpty, status.state.endsWaiting, open.remove(id) != nil else {
      return
    }
    order.removeAll { $0.id == id }
  }

  /// What to ask the master about.
  var questions: [SchedulerCall.ReconciledOperation] { order.map { .init($0.id, agentID: $0.agentID) } }
}

extension OperationState {
  /// Whether the master has nothing more to tell of an operation: it has ended, or nobody knows of it.
  fileprivate var endsWaiting: Bool { isTerminal || self == .unknown }
}
