import MesetaAllocator
import MesetaModel
import MesetaRuntime

typealias OfferKey = Slot<OfferEntry>

/// An offer that a framework has not answered.
struct OfferEntry: Codable, Sendable {
  var number: UInt64
  var framework: FrameworkKey
  var agent: AgentKey
  var role: RoleSlot
  /// At rest: without the role of the allocation.
  var resources: Resources
  var expiry: Instant
  // Neighbours in the order of making, for expiry.
  fileprivate var previous: OfferKey?
  fileprivate var next: OfferKey?
  fileprivate var positionOnAgent: Int32
  fileprivate var positionInFramework: Int32
}

/// The offers that are out. Each is found by its number, by its agent, by its framework and by its age, in O(1).
struct OfferBook: Codable, Sendable {
  /// Stands before the number in the identifiers of this master's offers.
  let prefix: String
  private var offers = SlotMap<OfferEntry>()
  private var byNumber: [UInt64: OfferKey] = [:]
  private var byAgent: [[OfferKey]] = []
  private var byFramework: [[OfferKey]] = []
  private var oldest: OfferKey?
  private var newest: OfferKey?
  private var lastNumber: UInt64 = 0

  init(prefix: String) { self.prefix = prefix }

  var count: Int { offers.count }

  /// When the oldest offer expires.
  var nextExpiry: Instant {
    guard let oldest, offers.contains(oldest) else { return .never }
    return offers[valid: oldest].expiry
  }

  /// An identifier that no offer has.
  mutating func nextID() -> OfferID {
    lastNumber += 1
    return OfferID(prefix: prefix, number: lastNumber)
  }

  /// Enters an offer; returns its identifier.
  mutating func add(
    framework: FrameworkKey, agent: AgentKey, role: RoleSlot, resources: Resources, expiry: Instant
  ) -> OfferID {
    lastNumber += 1
    let number = lastNumber
    grow(&byAgent, to: agent.index)
    grow(&byFramework, to: framework.index)
    let key = offers.insert(
      OfferEntry(
        number: number, framework: framework, agent: agent, role: role, resources: resources,
        expiry: expiry, previous: newest, next: nil,
        positionOnAgent: Int32(byAgent[Int(agent.index)].count),
        positionInFramework: Int32(byFramework[Int(framework.index)].count)))
    byAgent[Int(agent.index)].append(key)
    byFramework[Int(framework.index)].append(key)
    byNumber[number] = key
    if let newest { offers.update(newest) { $0.next = key } }
    newest = key
    if oldest == nil { oldest = key }
    return OfferID(prefix: prefix, number: number)
  }

  /// The offer, if it is still out.
  func offer(_ id: OfferID) -> OfferEntry? {
    guard let number = id.number, let key = byNumber[number], id.prefix == prefix else { return nil }
    return offers[key]
  }

  /// Takes an offer out of the book; nil, and does nothing, unless it is out to that framework.
  mutating func take(_ id: OfferID, from framework: FrameworkKey) -> OfferEntry? {
    guard let number = id.number, let key = byNumber[number], id.prefix == prefix,
      offers[valid: key].framework == framework
    else { return nil }
    return remove(key)
  }

  /// Takes an offer out of the book.
  @discardableResult
  mutating func remove(_ id: OfferID) -> OfferEntry? {
    guard let number = id.number, let key = byNumber[number], id.prefix == prefix else { return nil }
    return remove(key)
  }

  func identifier(_ offer: OfferEntry) -> OfferID { OfferID(prefix: prefix, number: offer.number) }

  /// Takes the oldest offer that expired by `now` out of the book.
  mutating func takeExpired(_ now: Instant) -> OfferEntry? {
    guard nextExpiry <= now, let oldest else { return nil }
    return remove(oldest)
  }

  /// Takes any one offer of the agent's out of the book.
  mutating func takeOffer(ofAgent agent: AgentKey) -> OfferEntry? {
    guard agent.index < byAgent.count, let key = byAgent[Int(agent.index)].first else { return nil }
    return remove(key)
  }

  /// Takes any one offer of the framework's out of the book.
  mutating func takeOffer(ofFramework framework: FrameworkKey) -> OfferEntry? {
    guard framework.index < byFramework.count, let key = byFramework[Int(framework.index)].first else {
      return nil
    }
    return remove(key)
  }

  /// The framework's offers, in a fixed order. O(n) in their number.
  func identifiers(ofFramework framework: FrameworkKey) -> [OfferID] {
    guard framework.index < byFramework.count else { return [] }
    return byFramework[Int(framework.index)].compactMap { offers[$0].map(identifier) }
  }

  /// The offers of an agent, in a fixed order. O(n) in their number.
  func identifiers(ofAgent agent: AgentKey) -> [OfferID] {
    guard agent.index < byAgent.count else { return [] }
    return byAgent[Int(agent.index)].compactMap { offers[$0].map(identifier) }
  }

  /// What the offers of an agent hold together. O(n) in their number.
  func sum(ofAgent agent: AgentKey) -> ResourceSum {
    var sum = ResourceSum()
    guard agent.index < byAgent.count else { return sum }
    for key in byAgent[Int(agent.index)] where offers.contains(key) { sum.add(offers[valid: key].resources) }
    return sum
  }

  /// How often the offers of an agent hold something that is shared. O(n) in their number.
  func shared(ofAgent agent: AgentKey) -> Int {
    guard agent.index < byAgent.count else { return 0 }
    return byAgent[Int(agent.index)].reduce(0) { count, key in
      offers.contains(key) ? count + offers[valid: key].resources.count { $0.isShared } : count
    }
  }

  /// All offers, the oldest first. O(n) in their number.
  func identifiers() -> [OfferID] {
    var identifiers: [OfferID] = []
    var next = oldest
    while let key = next, let offer = offers[key] {
      identifiers.append(identifier(offer))
      next = offer.next
    }
    return identifiers
  }

  private mutating func remove(_ key: OfferKey) -> OfferEntry? {
    guard let offer = offers.remove(key) else { return nil }
    byNumber[offer.number] = nil
    if let previous = offer.previous {
      offers.update(previous) { $0.next = offer.next }
    } else {
      oldest = offer.next
    }
    if let next = offer.next {
      offers.update(next) { $0.previous = offer.previous }
    } else {
      newest = offer.previous
    }
    if let moved = byAgent[Int(offer.agent.index)].swapRemove(at: Int(offer.positionOnAgent)) {
      offers.update(moved) { $0.positionOnAgent = offer.positionOnAgent }
    }
    if let moved = byFramework[Int(offer.framework.index)].swapRemove(at: Int(offer.positionInFramework)) {
      offers.update(moved) { $0.positionInFramework = offer.positionInFramework }
    }
    return offer
  }

  private func grow(_ lists: inout [[OfferKey]], to index: UInt32) {
    while lists.count <= Int(index) { lists.append([]) }
  }
}

extension Array {
  /// Removes an element by moving the last one into its place; returns the one that moved.
  mutating func swapRemove(at index: Int) -> Element? {
    let last = removeLast()
    guard index < count else { return nil }
    self[index] = last
    return last
  }
}
