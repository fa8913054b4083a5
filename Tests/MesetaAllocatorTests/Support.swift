// What the tests of the allocator share.

import MesetaModel
import MesetaRuntime

@testable import MesetaAllocator

func bag(_ text: String) -> Resources {
  do { return try Resources(parsing: text) } catch { preconditionFailure("\(error)") }
}

func at(_ seconds: Int) -> Instant { .zero + .seconds(seconds) }

extension Allocator {
  /// A whole run, after which everything adds up.
  mutating func run(at now: Instant = .zero) -> [Allocation] {
    var result: [Allocation] = []
    while !allocate(now: now, { result.append($0) }) {}
    checkConservation()
    return result
  }

  mutating func decline(_ offer: Allocation, refuse: Span? = nil, now: Instant = .zero) {
    recoverOffered(offer.agent, offer.framework, offer.role, offer.resources, refuse: refuse, now: now)
  }

  /// Accepts a part of an offer and returns the rest.
  mutating func accept(_ offer: Allocation, _ part: Resources, refuse: Span? = nil, now: Instant = .zero) {
    use(offer.agent, offer.framework, offer.role, part)
    recoverOffered(
      offer.agent, offer.framework, offer.role, offer.resources - part, refuse: refuse, now: now)
  }
}
