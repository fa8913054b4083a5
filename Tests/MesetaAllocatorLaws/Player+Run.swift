// Allocation runs, an agent at a time.

import MesetaAllocator
import MesetaModel
import MesetaRuntime

extension Player {
  /// A few looks of a run that is not finished then.
  mutating func look() throws(Violation) {
    for _ in 0...draw(2) where try lookOnce() { return }
  }

  /// Runs until there is nothing left to do.
  mutating func run() throws(Violation) {
    var runs = 0
    repeat {
      runs += 1
      guard runs < 10 else { throw Violation("there is something to do after \(runs) runs") }
      while try !lookOnce() {}
    } while allocator.needsRun || allocator.nextWake <= now
    try checkNothingIsLeft()
  }

  /// Looks at one agent. Returns whether the run is finished.
  private mutating func lookOnce() throws(Violation) -> Bool {
    if !allocator.isRunUnderWay { isInterrupted = false }
    let before = naive
    let sums = before.sums
    let order = before.order(sums, allocator)
    let free = agents.map { ($0, allocator.unallocated($0)) }
    let forGuarantees = allocator.looksForGuaranteesNext
    var made: [Held] = []
    let isFinished = allocator.allocate(now: now, limit: 1) {
      made.append(Held(agent: $0.agent, framework: $0.framework, role: $0.role, resources: $0.resources))
    }
    guard let agent = made.first?.agent else { return isFinished }
    for offer in made {
      tell { "offer \($0.name(offer))" }
      try check(offer, order, forGuarantees: forGuarantees)
      naive.book(agent, try client(offer), offer.resources)
    }
    offers += made
    guard let free = free.first(where: { $0.0 == agent })?.1, isDefined(agent, free, sums, before) else {
      return isFinished
    }
    let expected = before.offers(agent, free, order, now, forGuarantees: forGuarantees)
    let isEqual =
      expected.count == made.count
      && zip(expected, made).allSatisfy {
        $0.client.framework == $1.framework && $0.client.role == allocator.roleName($1.role)
          && $0.part == $1.resources
      }
    guard isEqual else {
      let wanted = expected.map { "\($0.part) to \(name($0.client))" }.joined(separator: ", then ")
      throw Violation("of \(name(agent)) the definitions give \(wanted.isEmpty ? "nothing" : wanted)")
    }
    return isFinished
  }

  /// Whether the definitions say who gets what in a look.
  private func isDefined(
    _ agent: AgentSlot, _ free: Resources, _ sums: NaiveAllocator.Sums, _ before: NaiveAllocator
  ) -> Bool {
    if isInterrupted { return false }
    // Shared resources are there for others too, who did not ask.
    if setting.has(.shared), allocator.wasLookedAtForAskers(agent) { return false }
    // Who has used up a limit comes late for what limits do not count: it is not defined how late.
    let standing = NaiveAllocator.QuotaStanding(before, sums)
    return !RoleNames.all.contains(where: standing.isExhausted)
      || free.allSatisfy { $0.isPlain && $0.value.kind == .scalar }
  }
}
