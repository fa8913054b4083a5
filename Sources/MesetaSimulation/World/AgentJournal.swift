// What an agent has written down of its tasks, and what of it survives its machine.

import MesetaAgent
import MesetaRuntime

/// The records of an agent. What is written survives the agent, what is synchronised also the machine.
struct AgentJournal: Sendable {
  private struct Batch: Sendable {
    var records: [AgentRecord]
    var token: StorageToken?
  }

  /// What the first of what was written make up. As a whole only once ``open()`` or ``reboot(pick:)`` has settled what there is.
  private(set) var memory = AgentMemory()
  /// What was written after that, in its order.
  private var rest: [Batch] = []
  /// How many of those survive the machine; the others would survive the agent alone.
  private var synchronized = 0

  /// How many are taken into the memory together: one by one each would find other code in the processor.
  private static var mostSynchronized: Int { 16 }

  mutating func write(_ records: [AgentRecord], _ token: StorageToken?) {
    rest.append(Batch(records: records, token: token))
  }

  /// What was written with that token survives the machine, and all before it.
  mutating func synchronize(upTo token: StorageToken) {
    guard let place = (synchronized..<rest.count).first(where: { rest[$0].token == token }) else { return }
    synchronized = place + 1
    if synchronized >= Self.mostSynchronized { keep(synchronized) }
  }

  /// Whoever opens what an earlier life has left synchronises it.
  mutating func open() { keep(rest.count) }

  /// The machine goes down: some of the batches that were not synchronised are there all the same, the first of them.
  ///
  /// - Returns: How many batches are lost.
  mutating func reboot(pick: UInt64) -> Int {
    keep(synchronized + Int(pick % UInt64(rest.count - synchronized + 1)))
    defer { rest = [] }
    return rest.count
  }

  private mutating func keep(_ count: Int) {
    for place in 0..<count {
      var records: [AgentRecord] = []
      swap(&records, &rest[place].records)
      // Each is handed on and not copied.
      records.reverse()
      while let record = records.popLast() { memory.apply(record) }
    }
    rest.removeFirst(count)
    synchronized = max(0, synchronized - count)
  }
}
