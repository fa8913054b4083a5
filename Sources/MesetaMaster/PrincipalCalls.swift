import MesetaModel

/// How many calls the frameworks of each principal made, those too that are gone, as long as one is left.
struct PrincipalCalls: Codable, Sendable {
  private struct Entry: Codable, Sendable {
    var frameworks = 0
    /// Of those that are gone.
    var calls: UInt64 = 0
  }

  private var entries: [String: Entry] = [:]

  mutating func added(_ framework: FrameworkEntry) {
    guard let principal = framework.info.principal else { return }
    entries[principal, default: Entry()].frameworks += 1
  }

  mutating func removed(_ framework: FrameworkEntry, _ counters: Counters<FrameworkCounter>) {
    guard let principal = framework.info.principal, var entry = entries[principal] else { return }
    entry.frameworks -= 1
    entry.calls &+= counters.calls
    entries[principal] = entry.frameworks == 0 ? nil : entry
  }

  /// Of frameworks that are gone.
  subscript(principal: String) -> UInt64 { entries[principal]?.calls ?? 0 }
}

extension Counters<FrameworkCounter> {
  /// How many calls a framework made once it was subscribed.
  var calls: UInt64 { self[.calls] &- self[.callsSubscribe] }
}
