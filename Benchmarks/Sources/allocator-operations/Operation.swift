// The allocator's hot paths one by one.

import BenchmarkSupport
import MesetaModel
import MesetaRuntime

/// A hot path. Each is there and back, so that it can be done as often as wanted.
enum Operation: String, CaseIterable {
  /// An offer in a cycle that offers every agent, and its decline without a filter.
  case offerInOneRole = "offer-in-one-role"
  /// The same where each framework has a role of its own.
  case offerInOwnRoles = "offer-in-own-roles"
  /// The same where each of these roles has a quota.
  case offerWithQuota = "offer-with-quota"
  /// Ten declines of a thousand offers, and the cycle that makes them again.
  case incrementalCycle = "incremental-cycle"
  /// A cycle with nothing to do.
  case idleCycle = "idle-cycle"
  /// A decline without a filter.
  case recover
  /// A decline with a filter.
  case declineWithFilter = "decline-with-filter"
  /// A task of a second on an agent that all 50 frameworks have declined, and the cycle that looks at it.
  case filteredLook = "filtered-look"
  /// An offer that is declined for a minute, and the end of its filter.
  case filterAndItsEnd = "filter-and-its-end"
  case addAgent = "add-agent"

  /// Returns how many operations were done.
  func run(isLong: Bool) throws -> Int {
    switch self {
    case .offerInOneRole: try fullCycles((1000, 50, 1, false), isLong ? 4 : 1)
    case .offerInOwnRoles: try fullCycles((1000, 200, 200, false), isLong ? 4 : 1)
    case .offerWithQuota: try fullCycles((300, 300, 300, true), isLong ? 6 : 1)
    case .incrementalCycle: try incrementalCycles(isLong ? 110 : 10)
    case .idleCycle: try idleCycles(isLong ? 1100 : 100)
    case .recover: try declines(isLong ? 900 : 100, refuse: nil)
    case .declineWithFilter: try declines(isLong ? 900 : 100, refuse: .seconds(60))
    case .filteredLook: try filteredLooks(isLong ? 550 : 50)
    case .filterAndItsEnd: try filterLives(isLong ? 3 : 1)
    case .addAgent: try additions(isLong ? 900 : 100)
    }
  }

  private func fullCycles(
    _ size: (agents: Int, frameworks: Int, roles: Int, quota: Bool), _ count: Int
  ) throws -> Int {
    var cluster = try AllocatorCluster(
      AllocatorCluster.Size(
        agents: size.agents, frameworks: size.frameworks, roles: size.roles, quota: size.quota))
    cluster.cycle()
    var offers = 0
    for _ in 0..<count {
      cluster.declineAll()
      cluster.cycle()
      offers += cluster.outstanding.count
    }
    return offers
  }

  private func offered(inUse: Bool = false) throws -> AllocatorCluster {
    var cluster = try AllocatorCluster(
      AllocatorCluster.Size(agents: 1000, frameworks: 50, roles: 1), inUse: inUse)
    cluster.cycle()
    return cluster
  }

  private func incrementalCycles(_ count: Int) throws -> Int {
    var cluster = try offered()
    for round in 0..<count {
      cluster.declineHundredth(round: round)
      cluster.cycle()
    }
    return count
  }

  private func idleCycles(_ count: Int) throws -> Int {
    var cluster = try offered()
    for _ in 0..<count { cluster.cycle() }
    return count
  }

  private func declines(_ count: Int, refuse: Span?) throws -> Int {
    var cluster = try offered(inUse: true)
    for _ in 0..<count { cluster.declineLast(refuse: refuse) }
    return count
  }

  private func filteredLooks(_ count: Int) throws -> Int {
    var cluster = try AllocatorCluster(
      AllocatorCluster.Size(agents: 50, frameworks: 50, roles: 1), inUse: true)
    _ = cluster.declineEverything(refuse: .seconds(60))
    for number in 0..<count {
      cluster.touch(number % 50)
      cluster.cycle()
    }
    return count
  }

  /// In each round every framework declines every agent for a minute, and the minute passes.
  private func filterLives(_ rounds: Int) throws -> Int {
    var cluster = try AllocatorCluster(
      AllocatorCluster.Size(agents: 100, frameworks: 20, roles: 1), inUse: true)
    var (now, filters) = (Instant.zero, 0)
    for _ in 0..<rounds {
      cluster.cycle(at: now)
      while !cluster.outstanding.isEmpty {
        filters += cluster.outstanding.count
        cluster.declineAll(refuse: .seconds(60), at: now)
        cluster.cycle(at: now)
      }
      now = now + .seconds(61)
    }
    return filters
  }

  private func additions(_ count: Int) throws -> Int {
    var cluster = try AllocatorCluster(AllocatorCluster.Size(agents: 1, frameworks: 50, roles: 1))
    let totals = try (0..<1000).map { _ in try Resources(parsing: AllocatorCluster.agentText) }
    for total in totals.prefix(count) { cluster.add(total) }
    return count
  }
}
