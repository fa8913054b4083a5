// What an agent has written down of its tasks, and what of it survives its machine.

import MesetaAgent
import MesetaRuntime

/// The records of an agent. What is written survives the agent, what is synchronised also the machine.
struct AgentJournal: Sendable {
  private struct Batch: Sendable {
    var records: [AgentRecord]
    var token: StorageToken?
  }

  /// What survives the machine.
  private(set) var memory = AgentMemory()
  /// What would survive the agent alone, in the order it was written.
  private var rest: [Batch] = []

  mutating func write(_ records: [AgentRecord], _ token: StorageToken?) {
    rest.append(Batch(records: records, token: token))
  }

  /// What was written with that token survives the machine, and all before it.
  mutating func synchronize(upTo token: StorageToken) {
    if let place = rest.firstIndex(where: { $0.token == token }) { keep(place + 1) }
  }

  /// Whoever opens what an earlier life has left synchronises it.
  mutating func open() { keep(rest.count) }

  /// The machine goes down: some of the batches that were not synchronised are there all the same, the first of them.
  ///
  /// - Returns: How many batches are lost.
  mutating func reboot(pick: UInt64) -> Int {
    keep(Int(pick % UInt64(rest.count + 1)))
    defer { rest = [] }
    return rest.count
  }

  private mutating func keep(_ count: Int) {
    for batch in rest[..<count] {
      for record in batch.records { memory.apply(record) }
    }
    rest.removeFirst(count)
  }
}
