public import MesetaModel
import MesetaRuntime

/// The agents that the registry has admitted, by id.
public struct AdmittedAgents: Codable, Sendable {
  private var entries = SlotMap<AgentInfo>()
  /// Look-up only.
  private var index: [AgentID: Slot<AgentInfo>] = [:]

  public init() {}

  /// How many there are.
  public var count: Int { entries.count }

  /// All of them, in an order that follows from how they came and went. O(n).
  public var all: [AgentInfo] {
    var all: [AgentInfo] = []
    all.reserveCapacity(count)
    entries.visit { _, info in all.append(info) }
    return all
  }

  /// What is known of an agent; nil: it is not among them.
  public subscript(id: AgentID) -> AgentInfo? { index[id].flatMap { entries[$0] } }

  /// Adds an agent, or replaces what is known of it. One without an id is none.
  public mutating func insert(_ info: AgentInfo) {
    guard let id = info.id else { return }
    if let slot = index[id] {
      entries.update(slot) { $0 = info }
    } else {
      index[id] = entries.insert(info)
    }
  }

  /// Takes an agent out, if it is there.
  @discardableResult
  public mutating func remove(_ id: AgentID) -> AgentInfo? {
    index.removeValue(forKey: id).flatMap { entries.remove($0) }
  }
}

extension AdmittedAgents: Equatable {
  /// Whether they are the same agents, in whichever order they came.
  public static func == (left: AdmittedAgents, right: AdmittedAgents) -> Bool {
    guard left.count == right.count else { return false }
    return left.all.allSatisfy { info in info.id.flatMap { right[$0] } == info }
  }
}
