public import MesetaModel
public import MesetaProtocol

/// Why agents are, or are not, on offer to a framework, for people: how many of them for which reason, and then each.
public struct ExplanationText: Sendable {
  /// Agents with the same reason are shown together from this number on.
  static let leastGroup = 4

  private let explanation: Explanation
  private let clock: (@Sendable (Int64) -> String)?
  private let reasons: [ReasonText]

  /// - Parameters:
  ///   - names: What frameworks are called.
  ///   - clock: How points in time are shown; nil: on the local clock.
  public init(
    _ explanation: Explanation, names: [FrameworkID: String] = [:],
    clock: (@Sendable (Int64) -> String)? = nil
  ) {
    self.explanation = explanation
    self.clock = clock
    self.reasons = explanation.agents.map {
      ReasonText($0.reason, role: $0.role, now: explanation.time, names: names, clock: clock)
    }
  }

  /// The reason of each agent, in the order of the explanation.
  public var sentences: [ReasonText] { reasons }

  /// How many agents there are for each kind of reason, the most frequent first: they add up to the number of agents.
  public var counts: [(name: String, count: Int)] { kinds.map { (reasons[$0[0]].name, $0.count) } }

  /// All there is to say, line by line.
  ///
  /// - Parameter width: of the terminal; nil: as wide as it needs to be.
  public func lines(width: Int?) -> [String] {
    if explanation.agents.isEmpty { return [headline] }
    if explanation.agents.count == 1 { return [single] + (advice.map { [$0] } ?? []) }
    var lines = [headline, ""] + summary
    if let advice { lines += ["", advice] }
    return lines + [""] + table.lines(width: width)
  }

  private var framework: String {
    let roles = explanation.roles.isEmpty ? "none" : explanation.roles.joined(separator: ", ")
    let name = explanation.frameworkName.isEmpty ? explanation.frameworkID.value : explanation.frameworkName
    return "\(name) (role\(explanation.roles.count == 1 ? "" : "s") \(roles))"
  }

  private var headline: String {
    let total = explanation.agents.count
    if total == 0 { return "\(framework): there are no agents" }
    let offered = explanation.agents.count { $0.reason == .offered }
    return "\(framework) is offered \(offered) of \(total) agents"
  }

  /// What there is to say of one agent.
  private var single: String {
    let agent = explanation.agents[0]
    let isOffered = agent.reason == .offered
    return
      "\(agent.hostname) (\(agent.id)) is \(isOffered ? "" : "not ")on offer to \(framework): \(reasons[0].sentence)"
  }

  /// The places of the agents of each kind.
  private var kinds: [[Int]] {
    var kinds: [[Int]] = []
    var places: [String: Int] = [:]
    for (index, reason) in reasons.enumerated() {
      if let place = places[reason.kind] {
        kinds[place].append(index)
      } else {
        places[reason.kind] = kinds.count
        kinds.append([index])
      }
    }
    return kinds.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(
      \.element)
  }

  private var summary: [String] {
    let kinds = kinds
    let digits = kinds.map { "\($0.count)".count }.max() ?? 0
    let width = kinds.map { reasons[$0[0]].kind.count }.max() ?? 0
    return kinds.map { agents in
      let kind = reasons[agents[0]].kind
      let count = "\(agents.count)"
      return "  " + String(repeating: " ", count: digits - count.count) + count + "  " + kind
        + String(repeating: " ", count: width - kind.count) + "  " + say(agents)
    }
  }

  /// What there is to say of agents whose reasons are of one kind.
  private func say(_ agents: [Int]) -> String {
    let ends = agents.compactMap {
      if case .filtered(let until) = explanation.agents[$0].reason { until } else { nil }
    }
    if let first = ends.min() {
      let time = ReasonText.time(first, now: explanation.time, clock)
      return "by the framework" + (first == ends.max() ? " until " : ", the first until ") + time
    }
    let sentence = reasons[agents[0]].sentence
    if agents.allSatisfy({ reasons[$0].sentence == sentence }) { return sentence }
    var seen = Set<String>()
    let others = agents.map { reasons[$0].sentence }.filter { seen.insert($0).inserted }.count - 1
    return "\(sentence), and \(others) other\(others == 1 ? "" : "s")"
  }

  /// What can be done where nothing is on offer: about the most frequent reason, but rather than to wait for others.
  private var advice: String? {
    if explanation.agents.contains(where: { $0.reason == .offered }) { return nil }
    let isTaken = { (agents: [Int]) in explanation.agents[agents[0]].reason == .allocatedElsewhere }
    let kinds = kinds
    return (kinds.filter { !isTaken($0) } + kinds.filter(isTaken)).lazy.compactMap(advice).first
  }

  private func advice(on agents: [Int]) -> String? {
    switch explanation.agents[agents[0]].reason {
    case .frameworkInactive:
      return "next: start the framework again; it gets no offers while it is disconnected"
    case .suppressed: return "next: the framework has to revive offers (REVIVE) when it wants some"
    case .outstandingLimit: return "next: the framework has to accept or decline what it was offered"
    case .filtered:
      return "next: wait, or have the framework revive offers (REVIVE), which forgets what it declined"
    case .quotaLimit(let role, _): return "next: raise the limit with `meseta quota set \(role) --limit …`"
    case .quotaHeadroom: return "next: see whose guarantees are not met with `meseta quota`"
    case .tooSmall: return "next: wait until tasks end, or have the framework ask for less at least"
    case .allocatedElsewhere: return "next: see who uses it with `meseta frameworks`, or wait until tasks end"
    case .agentInactive: return "next: see what became of the agents with `meseta agents`"
    default: return nil
    }
  }

  private var table: TextTable {
    let hasRoles = explanation.roles.count > 1
    let why = TextTable.Column("WHY")
    let role = TextTable.Column("ROLE", isFlexible: true)
    var table = TextTable(
      [.init("AGENT", isFlexible: true), .init("HOST", isFlexible: true)] + (hasRoles ? [role, why] : [why]))
    for group in groups {
      let agents = group.map { explanation.agents[$0] }
      let hosts = agents.map(\.hostname)
      let (agent, host) =
        agents.count == 1
        ? (agents[0].id.value, hosts[0])
        : ("\(agents.count) agents", "\(hosts[0]), \(hosts[1]) … \(hosts[hosts.count - 1])")
      let sentence = reasons[group[0]].sentence
      table.add([agent, host] + (hasRoles ? [agents[0].role ?? "-", sentence] : [sentence]))
    }
    return table
  }

  /// The places of the agents that are shown in a row each, in the order of the summary and by host: together those with
  /// the same reason, where there are many.
  private var groups: [[Int]] {
    kinds.flatMap { agents in
      var rows: [[Int]] = []
      var places: [Row: Int] = [:]
      for index in agents.sorted(by: { isBefore($0, $1) }) {
        let row = Row(role: explanation.agents[index].role, sentence: reasons[index].sentence)
        if let place = places[row] {
          rows[place].append(index)
        } else {
          places[row] = rows.count
          rows.append([index])
        }
      }
      return rows.flatMap { $0.count < Self.leastGroup ? $0.map { [$0] } : [$0] }
    }
  }

  /// Whether an agent's host comes first: `web-9` before `web-10`.
  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    let (one, other) = (explanation.agents[left].hostname, explanation.agents[right].hostname)
    if one.count != other.count, one.prefix(while: { !$0.isNumber }) == other.prefix(while: { !$0.isNumber })
    {
      return one.count < other.count
    }
    return one == other ? left < right : one < other
  }

  private struct Row: Hashable {
    let role: String?
    let sentence: String
  }
}
