// The operations whose status has not been acknowledged.

internal import DequeModule
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// An operation that was done, or refused: each has one status, which is terminal.
struct AgentOperation: Codable, Sendable {
  let record: OperationRecord
  /// The order in which they came.
  fileprivate(set) var number: UInt64 = 0
  /// The checkpoint that has to be durable before anybody is told; nil once it is.
  fileprivate(set) var checkpoint: StorageToken?
  /// When the status is sent again; `.never` while it was not sent in this session.
  private(set) var resend = Instant.never
  /// How often it was sent.
  private(set) var attempt = 0

  init(_ record: OperationRecord, checkpoint: StorageToken?) {
    self.record = record
    self.checkpoint = checkpoint
  }

  /// The status was sent and is sent again at that time.
  mutating func sent(again time: Instant) {
    resend = time
    attempt += 1
  }

  /// The session is gone: what was sent has to be sent again, without haste of its own.
  mutating func pause() {
    resend = .never
    attempt = 0
  }

  var update: OperationUpdate {
    OperationUpdate(record.uuid, frameworkID: record.frameworkID, record.status)
  }
}

/// The operations by UUID.
struct OperationTable: Codable, Sendable {
  typealias Key = Slot<AgentOperation>

  private var entries = SlotMap<AgentOperation>()
  private var index: [UUID: Key] = [:]
  private var lastNumber: UInt64 = 0
  /// Those whose checkpoint is not durable, in their order.
  private var unstored = Deque<Key>()

  var count: Int { entries.count }
  var isEmpty: Bool { count == 0 }

  func find(_ uuid: UUID) -> Key? { index[uuid] }

  subscript(key: Key) -> AgentOperation? { entries[key] }

  @discardableResult
  mutating func update<Result>(_ key: Key, _ change: (inout AgentOperation) -> Result) -> Result? {
    entries.update(key, change)
  }

  @discardableResult
  mutating func insert(_ operation: AgentOperation) -> Key {
    lastNumber += 1
    var operation = operation
    operation.number = lastNumber
    let key = entries.insert(operation)
    index[operation.record.uuid] = key
    if operation.checkpoint != nil { unstored.append(key) }
    return key
  }

  /// Those whose checkpoint is durable now.
  mutating func takeStored(_ token: StorageToken) -> [Key] {
    var stored: [Key] = []
    while let key = unstored.first {
      if let checkpoint = entries[key]?.checkpoint {
        if checkpoint.number > token.number { break }
        entries.update(key) { $0.checkpoint = nil }
        stored.append(key)
      }
      unstored.removeFirst()
    }
    return stored
  }

  /// Nothing was sent in the session that begins.
  mutating func pauseAll() {
    for place in 0..<entries.capacity {
      if let key = entries.key(at: place) { entries.update(key) { $0.pause() } }
    }
  }

  mutating func remove(_ key: Key) {
    if let removed = entries.remove(key) { index[removed.record.uuid] = nil }
  }

  /// Whether the status of an operation is to be sent again at that time.
  func isDue(_ key: Key, at time: Instant) -> Bool { entries[key]?.resend == time }

  /// All, in the order they came. O(n log n).
  var keys: [Key] {
    var found: [(number: UInt64, key: Key)] = []
    entries.visit { found.append(($1.number, $0)) }
    return found.sorted { $0.number < $1.number }.map(\.key)
  }

  /// All as they are written down and told, in the order they came.
  var records: [OperationRecord] { keys.compactMap { entries[$0]?.record } }
}
