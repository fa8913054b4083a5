// What agents oversubscribe, in a list of them.

import MesetaModel
import MesetaProtocol
import MesetaService

extension Listing {
  /// Adds what is used of what the agents oversubscribe, if any of them does. Theirs are the first rows; of others it is not known.
  mutating func addOversubscribed(_ agents: [AgentDescription]) {
    guard agents.contains(where: { !$0.total.revocable.isEmpty || !$0.allocated.revocable.isEmpty }) else {
      return
    }
    columns.append(.init("REVOCABLE USED", isFlexible: true))
    columns.append(.init("REVOCABLE", isFlexible: true))
    keys += ["revocable_used", "revocable"]
    for index in rows.indices {
      let agent = agents.dropFirst(index).first
      rows[index].append(.text(agent?.allocated.revocable.plainText ?? "-"))
      rows[index].append(.text(agent?.total.revocable.plainText ?? "-"))
    }
  }
}

extension Resources {
  /// `cpus:2;mem:64`, without what tells these from others; `-` if there are none.
  fileprivate var plainText: String {
    isEmpty ? "-" : map { "\($0.name):\($0.value)" }.joined(separator: ";")
  }
}
