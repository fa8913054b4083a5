// Which agents are kept from whom by offer constraints: one bit for each pair, found out before it is needed.

import MesetaModel
import MesetaRuntime

/// The constraints of subscriptions, and what came of them for each agent.
///
/// Who is new or has changed waits for ``evaluateNext(_:)``, so that no text is looked at while offers are made, and many
/// agents and constraints take many small steps. What is not known yet counts as excluded.
struct ConstraintTable: Codable, Sendable {
  /// Who has to be compared with all on the other side.
  enum Waiting: Hashable, Codable, Sendable {
    case agent(Int)
    case subscription(UInt32)
  }

  private struct Entry: Codable, Sendable {
    /// Nil: there are no constraints.
    var filter: RoleConstraintsFilter?
    /// By agent, a bit each.
    var excluded: [UInt64] = []
    var isWaiting = false
  }

  /// By subscription.
  private var entries: [Entry] = []
  /// The subscriptions with constraints, in no order.
  private var constrained: [UInt32] = []
  /// By agent.
  private var traits: [AgentTraits] = []
  /// By agent, a bit each: whether it waits.
  private var waitingAgents: [UInt64] = []

  /// First come, first served, from `head` on.
  private(set) var waiting: [Waiting] = []
  private var head = 0
  /// With how many the one at the head has been compared.
  private var progress = 0

  /// Whether something became known for which the run under way was too early.
  var isNews = false

  /// Whether everything is known.
  var isEvaluated: Bool { head == waiting.count }

  /// Whether a run is due, beside what else makes one due.
  var wantsRun: Bool { isNews || !isEvaluated }

  @inline(__always)
  func excludes(_ agent: Int, _ subscription: UInt32) -> Bool {
    let index = Int(subscription)
    guard index < entries.count, !entries[index].excluded.isEmpty else { return false }
    let (word, bit) = Self.place(agent)
    guard word < entries[index].excluded.count else { return true }
    return (entries[index].excluded[word] | waitingAgents[word]) & bit != 0
  }

  /// The same, found out now where it is not known. O(constraints).
  func evaluated(_ agent: Int, _ subscription: UInt32) -> Bool {
    let index = Int(subscription)
    guard index < entries.count, let filter = entries[index].filter else { return false }
    return isEvaluated ? excludes(agent, subscription) : !filter.allows(traits[agent])
  }

  private static func place(_ agent: Int) -> (word: Int, bit: UInt64) {
    (agent / 64, 1 << UInt64(agent % 64))
  }

  func attributes(of agent: Int) -> [Attribute] { agent < traits.count ? traits[agent].attributes : [] }

  // MARK: Changes

  mutating func set(_ agent: Int, _ new: AgentTraits) {
    let (word, bit) = Self.place(agent)
    while traits.count <= agent { traits.append(AgentTraits()) }
    while waitingAgents.count <= word { waitingAgents.append(0) }
    traits[agent] = new
    guard !constrained.isEmpty else { return }
    if waitingAgents[word] & bit != 0 {
      restart(.agent(agent))
    } else {
      waitingAgents[word] |= bit
      waiting.append(.agent(agent))
    }
  }

  mutating func set(_ subscription: UInt32, _ filter: RoleConstraintsFilter?) {
    let index = Int(subscription)
    guard let filter else {
      remove(subscription)
      return
    }
    while entries.count <= index { entries.append(Entry()) }
    if let known = entries[index].filter {
      if known.isSame(as: filter) { return }
    } else {
      constrained.append(subscription)
    }
    entries[index].filter = filter
    entries[index].excluded = Array(repeating: .max, count: max(1, waitingAgents.count))
    if entries[index].isWaiting {
      restart(.subscription(subscription))
    } else {
      entries[index].isWaiting = true
      waiting.append(.subscription(subscription))
    }
  }

  mutating func remove(_ subscription: UInt32) {
    let index = Int(subscription)
    guard index < entries.count, entries[index].filter != nil else { return }
    entries[index].filter = nil
    entries[index].excluded = []
    guard let place = constrained.firstIndex(of: subscription) else { return }
    constrained.remove(at: place)
    if head < waiting.count, case .agent = waiting[head], place < progress { progress -= 1 }
  }

  /// Who changes while it is compared goes to the end: one that changes all the time holds up nobody else.
  private mutating func restart(_ changed: Waiting) {
    guard waiting[head] == changed, progress > 0 else { return }
    waiting.append(changed)
    next()
  }

  // MARK: Evaluation

  /// Finds out what is not known. Returns who waits no longer; nil if nobody waits or the budget is used up. Each constraint
  /// that is looked at takes 1 of it.
  mutating func evaluateNext(_ budget: inout Int) -> Waiting? {
    guard !isEvaluated, budget > 0 else { return nil }
    let current = waiting[head]
    budget -= 1
    switch current {
    case .subscription(let subscription):
      while progress < traits.count {
        guard budget > 0 else { return nil }
        evaluate(progress, subscription, &budget)
        progress += 1
      }
      entries[Int(subscription)].isWaiting = false
    case .agent(let agent):
      while progress < constrained.count {
        guard budget > 0 else { return nil }
        evaluate(agent, constrained[progress], &budget)
        progress += 1
      }
      let (word, bit) = Self.place(agent)
      waitingAgents[word] &= ~bit
    }
    next()
    return current
  }

  private mutating func next() {
    head += 1
    progress = 0
    if head == waiting.count {
      waiting.removeAll(keepingCapacity: true)
      head = 0
    } else if head > 1024, head > waiting.count / 2 {
      waiting.removeSubrange(..<head)
      head = 0
    }
  }

  private mutating func evaluate(_ agent: Int, _ subscription: UInt32, _ budget: inout Int) {
    let index = Int(subscription)
    guard let filter = entries[index].filter else { return }
    budget -= filter.count
    let (word, bit) = Self.place(agent)
    while entries[index].excluded.count <= word { entries[index].excluded.append(.max) }
    if filter.allows(traits[agent]) {
      entries[index].excluded[word] &= ~bit
    } else {
      entries[index].excluded[word] |= bit
    }
  }
}
