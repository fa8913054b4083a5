// What is going to happen in a simulation.

import MesetaAgent
import MesetaMaster
import MesetaProtocol
import MesetaRuntime

/// What is going to happen: small, because thousands wait in a queue. What takes more room waits in a pool beside it.
enum Event: Sendable {
  /// What comes next in a direction of a session.
  case arrival(SessionID, atServer: Bool)
  /// An end of a session that stalls gives up, if the blockage is still that one.
  case giveUp(SessionID, atServer: Bool, blockage: Int)
  case wake(NodeID, life: Int)
  /// A node is not busy any more.
  case resume(NodeID, life: Int)
  case planned(Int)
  /// A fault that comes again and again.
  case fault(FaultKind)
  case pooled(Int)
}

extension Event {
  /// The same as numbers: the kind in the low byte of the second word, and beside it what takes little room.
  var content: EventHeap.Content {
    switch self {
    case .arrival(let session, let atServer): Self.content(0, session.number, atServer ? 1 : 0)
    case .giveUp(let session, let atServer, let blockage):
      Self.content(1, session.number, blockage << 1 | (atServer ? 1 : 0))
    case .wake(let node, let life): Self.content(2, UInt64(node.index), life)
    case .resume(let node, let life): Self.content(3, UInt64(node.index), life)
    case .planned(let number): Self.content(4, UInt64(number), 0)
    case .fault(let kind): Self.content(5, UInt64(kind.rawValue), 0)
    case .pooled(let place): Self.content(6, UInt64(place), 0)
    }
  }

  private static func content(_ kind: UInt64, _ first: UInt64, _ detail: Int) -> EventHeap.Content {
    EventHeap.Content(first: first, second: UInt64(detail) << 8 | kind)
  }

  /// Nil for what ``content`` is of no event.
  init?(_ content: EventHeap.Content) {
    let detail = Int(content.second >> 8)
    let (session, node) = (SessionID(content.first), NodeID(index: Int(content.first)))
    switch content.second & 0xff {
    case 0: self = .arrival(session, atServer: detail != 0)
    case 1: self = .giveUp(session, atServer: detail & 1 != 0, blockage: detail >> 1)
    case 2: self = .wake(node, life: detail)
    case 3: self = .resume(node, life: detail)
    case 4: self = .planned(Int(content.first))
    case 5:
      guard let kind = FaultKind(rawValue: Int(content.first)) else { return nil }
      self = .fault(kind)
    case 6: self = .pooled(Int(content.first))
    default: return nil
    }
  }
}

/// What is going to happen and takes more room to say.
enum PooledEvent: Sendable {
  /// An end of a broken session notices.
  case notice(SessionID, atServer: Bool, reason: String)
  case connectFailed(NodeID, life: Int, reason: String)
  /// A write is durable.
  case durable(NodeID, life: Int, StorageToken)
  /// A node hears that a write is durable.
  case stored(NodeID, life: Int, StorageToken)
  /// What an agent has written down is there for good.
  case recorded(NodeID, life: Int, StorageToken)
  case containerStarts(NodeID, serial: Int)
  case containerEnds(NodeID, serial: Int, ContainerExit)
  /// A report of the containerizer to a life of the agent.
  case report(NodeID, life: Int, ContainerEvent)
  case measured(NodeID, life: Int, MachineUsage)
  case crash(NodeID)
  case start(NodeID)
  case heal([NodeID], [Direction], blockage: Int)
  case elect(term: Int)
  /// The lease of a master ends that was deposed.
  case leaseEnds(NodeID, life: Int)
  /// A master hears that its registry has failed.
  case storeFails(NodeID, life: Int)
  /// Whoever follows a master hears that another leads.
  case hearsOfLeader(NodeID)
  /// A call that travels on a connection of its own.
  case detour(SessionID, Message)
}

/// What is written to a disk.
enum Write: Hashable, Sendable {
  case registry(RegistryOperation)
  case checkpoint(AgentCheckpoint)
}

/// What is going to happen, by time.
struct EventQueue {
  private var heaps = EventHeaps()
  private var pool: [PooledEvent?] = []
  private var free: [Int] = []

  var next: Instant { heaps.next }

  mutating func add(_ event: Event, at time: Instant) { heaps.add(event.content, at: time) }

  mutating func add(_ event: consuming PooledEvent, at time: Instant) {
    guard time != .never else { return }
    let place: Int
    if let last = free.popLast() {
      place = last
      pool[place] = event
    } else {
      place = pool.count
      pool.append(event)
    }
    heaps.add(Event.pooled(place).content, at: time)
  }

  mutating func takeDue(_ now: Instant) -> Event? { heaps.takeDue(now).flatMap { Event($0) } }

  mutating func take(pooled place: Int) -> PooledEvent? {
    var event: PooledEvent?
    swap(&event, &pool[place])
    free.append(place)
    return event
  }
}
