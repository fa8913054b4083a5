// What was written down is there for the next master, and nobody hears of success before that.

import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// What operators have set, by the writes that completed: told anew, without the code of the registry.
struct DurableSettings {
  private enum Standing { case deactivated, drained }

  /// A call that something is to be done, until it is answered; most of it has to outlive the master.
  private struct Promise {
    var session: SessionID
    var request: UInt64
    var call: OperatorCall
    var isKept: Bool
  }

  private var quotas: [String: Quota] = [:]
  private var weights: [String: Double] = [:]
  private var standings: [AgentID: Standing] = [:]
  private var gone: Set<AgentID> = []
  /// The agents that were ever given up.
  private var everGone: Set<AgentID> = []
  /// The agents that were admitted, and whether they are unreachable.
  private var agents: [AgentID: Bool] = [:]
  private var promises: [Promise] = []

  mutating func stored(_ operation: RegistryOperation) {
    switch operation {
    case .updateQuotas(let new): for quota in new { quotas[quota.role] = quota.quota }
    case .updateWeights(let new): for weight in new { weights[weight.role] = weight.weight }
    case .removeAgent(let id):
      standings[id] = nil
      agents[id] = nil
    case .maintenance(.deactivate(let id)): if standings[id] == nil { standings[id] = .deactivated }
    case .maintenance(.drain(let id, _)): standings[id] = .drained
    case .maintenance(.reactivate(let id)): standings[id] = nil
    case .maintenance(.markGone(let id, _)):
      standings[id] = nil
      gone.insert(id)
      everGone.insert(id)
      agents[id] = nil
    case .admitAgent(let info), .updateAgent(let info), .markAgentReachable(let info):
      if let id = info.id { agents[id] = true }
    case .markAgentUnreachable(let id, _): agents[id] = false
    case .prune(let unreachable, let given):
      for id in unreachable where agents[id] == false { agents[id] = nil }
      gone.subtract(given)
    case .maintenance(.updateSchedule), .maintenance(.start), .maintenance(.stop), .maintenance(.markDrained):
      break
    }
    for place in promises.indices where operation.keeps(promises[place].call) {
      promises[place].isKept = true
    }
  }

  /// A disk is empty again, with all that was on it.
  mutating func lost() { self = DurableSettings() }

  /// Returns what a master has other than it was written down.
  func problem(with state: RecordedState) -> String? {
    if let role = first(of: quotas, where: { (state.roles.quota($0) ?? Quota()) != $1 }) {
      return
        "the quota of role \(role) was written down as \(quotas[role] ?? Quota()), and the master has \(state.roles.quota(role) ?? Quota())"
    }
    if let role = first(of: weights, where: { state.roles.weight($0) != $1 }) {
      return
        "the weight \(weights[role] ?? 1) of role \(role) was written down, and the master has \(state.roles.weight(role) ?? 1)"
    }
    let forgotten = first(of: standings) { id, standing in
      let isDrained = state.maintenance.standing(id)?.drainInfo != nil
      return state.maintenance.standing(id) == nil || isDrained != (standing == .drained)
    }
    if let id = forgotten, let standing = standings[id] {
      return "agent \(id) was written down as \(standing), and the master does not know"
    }
    for id in gone.sorted() where state.maintenance.goneSince(id) == nil {
      return "agent \(id) was written down as given up, and the master does not know"
    }
    return problem(withAgentsOf: state)
  }

  private func problem(withAgentsOf state: RecordedState) -> String? {
    for id in state.agentIDs where agents[id] != true {
      return "agent \(id) was written down as removed, or unreachable, and the master waits for it"
    }
    let unreachable = state.unreachable
    for (id, _) in unreachable where agents[id] != false {
      return "agent \(id) was written down as back, gone or forgotten, and is unreachable for the master"
    }
    // The master names each once, and none that was not written down: that none is missing can be counted.
    if state.agentIDs.count + unreachable.count == agents.count { return nil }
    let known = Set(state.agentIDs)
    let forgotten = first(of: agents) { id, isReachable in
      isReachable ? !known.contains(id) : state.unreachableSince(id) == nil
    }
    guard let id = forgotten else { return "the master names an agent twice" }
    let standing = agents[id] == true ? "admitted" : "unreachable"
    return "agent \(id) was written down as \(standing), and the master does not know"
  }

  /// The first, by its key, for which something holds. There is hardly ever one: sorting is not worth it.
  private func first<Key: Comparable, Value>(
    of table: [Key: Value], where holds: (Key, Value) -> Bool
  ) -> Key? {
    table.filter { holds($0.key, $0.value) }.keys.min()
  }

  /// Whether it was ever written down that an agent was given up.
  func wasGivenUp(_ id: AgentID) -> Bool { everGone.contains(id) }

  // MARK: What is promised

  /// A master hears a call of an operator.
  mutating func asked(_ call: OperatorCall, request: UInt64, on session: SessionID) {
    guard call.isToBeDone, request != 0 else { return }
    let isKept = !call.isDurable || isSo(call)
    promises.append(Promise(session: session, request: request, call: call, isKept: isKept))
  }

  /// The master says that it is done. Returns what is wrong, if something is.
  mutating func done(_ request: UInt64, on session: SessionID) -> String? {
    func isMeant(_ promise: Promise) -> Bool { promise.session == session && promise.request == request }
    // An operator may give several calls the same number.
    let kept = promises.firstIndex { isMeant($0) && $0.isKept }
    guard let place = kept ?? promises.firstIndex(where: isMeant) else { return nil }
    let promise = promises.remove(at: place)
    return promise.isKept
      ? nil : "an operator heard that \(promise.call.name) is done, and it was not written down"
  }

  mutating func failed(_ request: UInt64, on session: SessionID) {
    promises.removeAll { $0.session == session && $0.request == request }
  }

  mutating func closed(_ session: SessionID) { promises.removeAll { $0.session == session } }

  /// Whether what a call asks for has been written down already.
  private func isSo(_ call: OperatorCall) -> Bool {
    switch call {
    case .deactivateAgent(let id): standings[id] != nil
    case .drainAgent(let id, _): standings[id] == .drained
    case .reactivateAgent(let id): standings[id] == nil
    case .markAgentGone(let id): gone.contains(id)
    default: false
    }
  }
}

extension OperatorCall {
  /// Whether the answer may be that it is done.
  fileprivate var isToBeDone: Bool {
    switch self {
    case .updateQuota, .updateWeights, .teardown, .operate: true
    default: isDurable
    }
  }

  /// Whether success means that the next master knows of it.
  fileprivate var isDurable: Bool {
    switch self {
    case .updateQuota(let configs, _): !configs.isEmpty
    case .updateWeights(let weights): !weights.isEmpty
    case .setQuota, .removeQuota, .updateMaintenanceSchedule, .startMaintenance, .stopMaintenance,
      .deactivateAgent,
      .drainAgent, .reactivateAgent, .markAgentGone:
      true
    default: false
    }
  }
}

extension RegistryOperation {
  /// Whether this writes down what a call asks for.
  fileprivate func keeps(_ call: OperatorCall) -> Bool {
    switch (self, call) {
    case (.updateQuotas, .updateQuota), (.updateQuotas, .setQuota), (.updateQuotas, .removeQuota),
      (.updateWeights, .updateWeights), (.maintenance(.updateSchedule), .updateMaintenanceSchedule),
      (.maintenance(.start), .startMaintenance), (.maintenance(.stop), .stopMaintenance):
      true
    case (.maintenance(.deactivate(let id)), .deactivateAgent(let wanted)),
      (.maintenance(.drain(let id, _)), .deactivateAgent(let wanted)),
      (.maintenance(.drain(let id, _)), .drainAgent(let wanted, _)),
      (.maintenance(.reactivate(let id)), .reactivateAgent(let wanted)),
      (.maintenance(.markGone(let id, _)), .markAgentGone(let wanted)):
      id == wanted
    default: false
    }
  }
}
