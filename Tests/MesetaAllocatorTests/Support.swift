// What the tests of the allocator share.

import MesetaModel
import MesetaRuntime

@testable import MesetaAllocator

func bag(_ text: String) -> Resources {
  do { return try Resources(parsing: text) } catch { preconditionFailure("\(error)") }
}

func at(_ seconds: Int) -> Instant { .zero + .seconds(seconds) }

func quantities(_ text: String) -> [ResourceQuantity] {
  bag(text).map { ResourceQuantity($0.name, $0.value.quantity) }
}

/// A persistent volume that many may use at once.
func sharedVolume(_ size: Int, role: String) -> Resources {
  let traits = ResourceTraits(
    reservations: [Reservation(.dynamic, role: role)],
    disk: DiskInfo(persistence: DiskInfo.Persistence(id: "v")), isShared: true)
  return Resources([Resource("disk", .scalar(Scalar(size)), traits: traits)])
}

/// A disk of its own, which is there as a whole or not at all.
func mount(_ size: Int, root: String = "/mnt") -> Resources {
  let traits = ResourceTraits(disk: DiskInfo(source: DiskInfo.Source(.mount, root: root)))
  return Resources([Resource("disk", .scalar(Scalar(size)), traits: traits)])
}

extension Allocator {
  mutating func setQuota(_ role: String, guarantee: String = "", limit: String = "") {
    setQuota(role, Quota(guarantees: quantities(guarantee), limits: quantities(limit)))
  }

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
