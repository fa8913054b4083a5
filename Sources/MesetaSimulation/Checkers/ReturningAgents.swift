// What agents that come back say of themselves, until a master takes that over.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// A master may take over what an agent said in the batch in which it hears what has ended since: the checkers are told of the
/// latter first.
struct ReturningAgents {
  struct Account {
    let said: AgentReregistration
    /// What has ended since it was said, as far as masters have heard.
    fileprivate(set) var endedTasks: Set<Int> = []
    fileprivate(set) var endedExecutors: Set<MasterAccount.ExecutorName> = []
  }

  /// By the agent's node, and there by the master's that it was said to.
  private var accounts: [[Account?]] = []

  /// An agent says to a master what runs on it.
  mutating func returns(_ agent: NodeID, _ reregistration: AgentReregistration, to master: NodeID) {
    update(agent, master) { $0 = Account(said: reregistration) }
  }

  mutating func ended(_ task: Int, on agent: NodeID, toldTo master: NodeID) {
    update(agent, master) { $0?.endedTasks.insert(task) }
  }

  mutating func ended(_ executor: MasterAccount.ExecutorName, on agent: NodeID, toldTo master: NodeID) {
    update(agent, master) { $0?.endedExecutors.insert(executor) }
  }

  /// A master takes over what an agent has said to it; nil if it has done that.
  mutating func take(_ agent: NodeID, by master: NodeID) -> Account? {
    var account: Account?
    update(agent, master) { swap(&$0, &account) }
    return account
  }

  private mutating func update(_ agent: NodeID, _ master: NodeID, _ change: (inout Account?) -> Void) {
    change(&accounts[growing: agent.index, filledWith: []][growing: master.index, filledWith: nil])
  }
}
