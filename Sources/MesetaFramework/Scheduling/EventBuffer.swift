// Events on their way to someone who takes them at leisure.

public import MesetaModel

/// A bounded queue between a scheduler driver and the consumer of an `AsyncSequence`.
///
/// Nothing is dropped silently. When the buffer is full, an offer is to be declined, an update that its agent sends
/// again is to be refused (``SchedulerCalls/refuse(_:)``), which holds the agent back, and of updates that nobody sends
/// again the latest of each task is kept. Offers that are rescinded, or lost with the connection, are taken out.
public struct EventBuffer<Command: Hashable & Sendable>: Sendable {
  public typealias Event = SchedulerInput<Command>

  /// What became of an event.
  public enum Outcome: Hashable, Sendable {
    case stored
    /// There is no room for these offers: decline them.
    case decline([Offer])
    /// There is no room: refuse the update.
    case refuse(TaskUpdate)
    /// There is no room: this is lost, as messages may be. Say so to the operator.
    case lost
  }

  /// How many events there is room for; an offer counts as one.
  public let capacity: Int
  /// How many are stored. Above ``capacity`` only by news that cannot be had again.
  public private(set) var count = 0

  // A queue in an array: what is before `head` is taken. Taken places are nil, and reclaimed when they are half.
  private var events: [Event?] = []
  private var head = 0

  public init(capacity: Int) { self.capacity = max(capacity, 1) }

  public var isEmpty: Bool { count == 0 }

  /// Adds an event, or says what to do with it in its place.
  public mutating func push(_ event: Event) -> Outcome {
    let isFull = count >= capacity
    switch event {
    case .offers(let offers):
      let room = max(capacity - count, 0)
      append(.offers(Array(offers.prefix(room))))
      return offers.count <= room ? .stored : .decline(Array(offers.dropFirst(room)))
    case .update(let update) where isFull:
      if update.status.uuid != nil { return .refuse(update) }
      replaceUpdate(update)
      return .stored
    case .message where isFull:
      return .lost
    case .rescinded(let id):
      // The consumer hears of it only if the offer has reached it.
      if !removeOffer(id) { append(event) }
      return .stored
    case .disconnected:
      removeAllOffers()
      append(event)
      return .stored
    default:
      append(event)
      return .stored
    }
  }

  /// Takes the oldest event.
  public mutating func pop() -> Event? {
    while head < events.count {
      let event = events[head]
      events[head] = nil
      head += 1
      guard let event else { continue }
      count -= Self.weight(event)
      reclaim()
      return event
    }
    reclaim()
    return nil
  }

  /// Gives back the places of events that were taken, now and then, so that each costs O(1).
  private mutating func reclaim() {
    guard head == events.count || (head > 32 && head > events.count / 2) else { return }
    events.removeFirst(head)
    head = 0
  }

  private static func weight(_ event: Event) -> Int {
    if case .offers(let offers) = event { offers.count } else { 1 }
  }

  private mutating func append(_ event: Event) {
    let weight = Self.weight(event)
    guard weight > 0 else { return }
    events.append(event)
    count += weight
  }

  /// Keeps the latest update of a task in place of an earlier one that nobody sends again either.
  private mutating func replaceUpdate(_ update: TaskUpdate) {
    for index in (head..<events.count).reversed() {
      if case .update(let stored)? = events[index], stored.taskID == update.taskID {
        guard stored.status.uuid == nil else { break }
        events[index] = .update(update)
        return
      }
    }
    append(.update(update))
  }

  /// Takes an offer out; false if it is not here.
  private mutating func removeOffer(_ id: OfferID) -> Bool {
    for index in head..<events.count {
      guard case .offers(var offers)? = events[index], let at = offers.firstIndex(where: { $0.id == id })
      else {
        continue
      }
      offers.remove(at: at)
      events[index] = offers.isEmpty ? nil : .offers(offers)
      count -= 1
      return true
    }
    return false
  }

  private mutating func removeAllOffers() {
    for index in head..<events.count {
      if case .offers(let offers)? = events[index] {
        events[index] = nil
        count -= offers.count
      }
    }
  }
}
