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

  private var accounts: [Account?] = []

  /// An agent says what runs on it.
  mutating func returns(_ agent: NodeID, _ reregistration: AgentReregistration) {
    accounts[growing: agent.index, filledWith: nil] = Account(said: reregistration)
  }

  mutating func ended(_ task: Int, on agent: NodeID) { update(agent) { $0.endedTasks.insert(task) } }

  mutating func ended(_ executor: MasterAccount.ExecutorName, on agent: NodeID) {
    update(agent) { $0.endedExecutors.insert(executor) }
  }

  /// A master takes over what an agent has said; nil if one has done that.
  mutating func take(_ agent: NodeID) -> Account? {
    defer { if agent.index < accounts.count { accounts[agent.index] = nil } }
    return accounts[growing: agent.index, filledWith: nil]
  }

  private mutating func update(_ agent: NodeID, _ change: (inout Account) -> Void) {
    guard agent.index < accounts.count, var account = accounts[agent.index] else { return }
    change(&account)
    accounts[agent.index] = account
  }
}
