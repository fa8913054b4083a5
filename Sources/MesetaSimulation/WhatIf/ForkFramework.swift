// A framework of a fork: what it still wants.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

struct ForkFramework: Sendable {
  /// How many tasks it tries to fit on one offer, the first that it wanted first.
  private static let attempts = 200

  private struct Wish: Sendable {
    var place: Int
    var since: Instant
  }

  let demand: Demand.Framework
  /// Nil before it subscribes.
  var session: SessionID?
  var id: FrameworkID?
  /// What it has not launched, in the order in which it wanted it.
  private var wishes: [Wish]
  private var isSuppressed = false

  init(_ demand: Demand.Framework) {
    self.demand = demand
    id = demand.info.id
    wishes = demand.tasks.indices.map { Wish(place: $0, since: demand.tasks[$0].wanted) }
  }

  func wantsAny(at now: Instant) -> Bool { wishes.first.map { $0.since <= now } ?? false }

  /// When it begins to want something; nil if it wants nothing more than it does.
  func nextWanted(after now: Instant) -> Instant? { wishes.first { $0.since > now }?.since }

  /// Whether it is to ask for no more offers, which it has not said yet.
  mutating func suppresses() -> Bool {
    defer { isSuppressed = true }
    return !isSuppressed
  }

  /// Whether it is to ask for offers again.
  mutating func revives(at now: Instant) -> Bool {
    guard wantsAny(at: now) else { return false }
    isSuppressed = false
    return true
  }

  /// Takes what it wants and has room for out of an offer.
  mutating func take(
    from rest: inout Resources, role: String, at now: Instant
  ) -> [(place: Int, task: (task: Demand.Task, resources: Resources, since: Instant))] {
    var taken: [(place: Int, task: (task: Demand.Task, resources: Resources, since: Instant))] = []
    var kept: [Wish] = []
    var (number, attempts) = (0, 0)
    while number < wishes.count, attempts < Self.attempts, wishes[number].since <= now, !rest.isEmpty {
      let wish = wishes[number]
      number += 1
      let task = demand.tasks[wish.place]
      attempts += 1
      if task.role == role, let resources = rest.take(task.info.resources.allocated(to: nil)) {
        taken.append((wish.place, (task, resources, wish.since)))
        attempts -= 1
      } else {
        kept.append(wish)
      }
    }
    wishes.replaceSubrange(..<number, with: kept)
    return taken
  }

  /// A task was lost.
  mutating func want(again place: Int, at now: Instant) {
    let index = wishes.firstIndex { $0.since > now } ?? wishes.endIndex
    wishes.insert(Wish(place: place, since: now), at: index)
  }

  /// What it wants and has not got, with the role and how long it has waited.
  func waiting(at end: Instant) -> [(role: String, span: Span)] {
    wishes.prefix { $0.since <= end }.map { (demand.tasks[$0.place].role, end - $0.since) }
  }
}
