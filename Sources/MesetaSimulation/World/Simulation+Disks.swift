// What nodes write down, and what of it survives a crash.

import MesetaAgent
import MesetaMaster
import MesetaRecording
import MesetaRuntime
import MesetaWire

/// A write that its node has not heard of yet.
struct PendingWrite: Sendable {
  let token: StorageToken
  let write: Write
  /// It would survive a crash.
  var isDurable = false
}

extension Simulation {
  /// Writes become durable in the order in which they were asked for, and their node hears of that then or later.
  mutating func write(_ id: NodeID, _ token: StorageToken, _ write: Write) {
    note(id, "writes \(write.text)")
    let done = max(nodes[id.index].lastWrite, now + nodes[id.index].random.draw(faults.storeDelay))
    var told = done
    if faults.lateCompletionMillionths > 0, isBreaking {
      let (isLate, wait) = (
        nodes[id.index].random.chance(millionths: faults.lateCompletionMillionths),
        nodes[id.index].random.draw(.zero...Span.seconds(2))
      )
      if isLate, strikes(.lateCompletion) { told = done + wait }
    }
    nodes[id.index].lastWrite = told
    nodes[id.index].pendingWrites.append(PendingWrite(token: token, write: write))
    if nodes[id.index].isStoreFailing || storeFails(id, at: told) { return }
    if told != done { events.add(.durable(id, life: nodes[id.index].life, token), at: done) }
    events.add(.stored(id, life: nodes[id.index].life, token), at: told)
  }

  /// What an agent writes down survives it at once; what it has synchronised it hears of later.
  mutating func record(_ id: NodeID, _ records: [AgentRecord], _ token: StorageToken?) {
    nodes[id.index].disk.journal.write(records, token)
    guard let token else { return }
    let delay = nodes[id.index].random.draw(faults.storeDelay)
    // By itself: within `max` the whole node would be copied to be looked at.
    let last = nodes[id.index].lastSync
    let done = max(last, now + delay)
    nodes[id.index].lastSync = done
    events.add(.recorded(id, life: nodes[id.index].life, token), at: done)
  }

  /// What an agent has written down is synchronised, and it hears of that.
  mutating func recorded(_ token: StorageToken, of id: NodeID) {
    nodes[id.index].disk.journal.synchronize(upTo: token)
    finish(with: .local(.recorded(token)), to: id)
  }

  /// A write is durable, whether or not its node ever hears of that.
  mutating func becomeDurable(_ token: StorageToken, of id: NodeID) {
    guard mayWrite(id),
      let place = nodes[id.index].pendingWrites.firstIndex(where: { $0.token == token })
    else { return }
    makeDurable(0...place, of: id)
  }

  /// Those of a node's writes are durable.
  mutating func makeDurable(_ places: some Sequence<Int>, of id: NodeID) {
    for place in places where !nodes[id.index].pendingWrites[place].isDurable {
      nodes[id.index].pendingWrites[place].isDurable = true
      keep(nodes[id.index].pendingWrites[place].write, of: id)
    }
  }

  /// A node hears that a write is durable, or a master that it was refused.
  mutating func stored(_ token: StorageToken, of id: NodeID) {
    becomeDurable(token, of: id)
    guard let place = nodes[id.index].pendingWrites.firstIndex(where: { $0.token == token }) else { return }
    guard nodes[id.index].pendingWrites[place].isDurable else {
      return giveUp(id, "another master has taken over the registry")
    }
    nodes[id.index].pendingWrites.remove(at: place)
    input(.local(.stored(token)), to: id)
  }

  private mutating func keep(_ write: Write, of id: NodeID) {
    switch write {
    case .registry(let operation): registry.apply(operation)
    case .checkpoint(let checkpoint): nodes[id.index].disk.checkpoint = checkpoint
    }
    checks.stored(write, by: id)
  }

  /// A node ends in good order: what it has asked to be written is written first.
  mutating func finishWrites(of id: NodeID) {
    let pending = nodes[id.index].pendingWrites
    nodes[id.index].pendingWrites = []
    for write in pending where !write.isDurable { keep(write.write, of: id) }
  }

  /// A node crashes while it writes: what is under way is lost, or the first of it survives and the next is cut short.
  mutating func settleWrites(of id: NodeID, _ fate: DiskFate) {
    let pending = nodes[id.index].pendingWrites.filter { !$0.isDurable }
    nodes[id.index].pendingWrites = []
    guard fate == .torn || fate == .rebooted, !pending.isEmpty, mayWrite(id) else { return }
    let count = Int(nodes[id.index].random.below(UInt64(pending.count) + 1))
    // Written as the files of records are that hosts write, so that what is cut short is told by its checksum.
    var file: [UInt8] = []
    RecordFile.appendHeader(to: &file)
    for write in pending[..<count] { RecordFile.append(record: write.bytes, to: &file) }
    let whole = file.count
    if count < pending.count {
      RecordFile.append(record: pending[count].bytes, to: &file)
      file.removeLast(1 + Int(nodes[id.index].random.below(UInt64(file.count - whole))))
    }
    let survivors = Self.wholeRecords(of: file)
    if survivors != count { checks.fail("a file with \(count) whole records is read as one of \(survivors)") }
    for write in pending[..<count] { keep(write.write, of: id) }
    note(id, "finds \(count) of \(pending.count) writes whole")
  }

  /// How many records a file gives before the one that was cut short.
  private static func wholeRecords(of file: [UInt8]) -> Int {
    guard var reader = try? RecordFileReader(file) else { return -1 }
    var count = 0
    while let record = try? reader.next(), !record.isEmpty { count += 1 }
    return count
  }
}

extension PendingWrite {
  /// The write as bytes.
  fileprivate var bytes: [UInt8] {
    let bytes: [UInt8]? =
      switch write {
      case .registry(let operation): try? SnapshotEncoder.encode(operation)
      case .checkpoint(let checkpoint): try? SnapshotEncoder.encode(checkpoint)
      }
    return bytes ?? []
  }
}
