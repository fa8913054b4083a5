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

/// What is going to happen and takes more room to say.
enum PooledEvent: Sendable {
  /// An end of a broken session notices.
  case notice(SessionID, atServer: Bool, reason: String)
  case connectFailed(NodeID, life: Int, reason: String)
  /// A write is durable.
  case durable(NodeID, life: Int, StorageToken)
  /// A node hears that a write is durable.
  case stored(NodeID, life: Int, StorageToken)
  case containerStarts(NodeID, serial: Int)
  case containerEnds(NodeID, serial: Int, ContainerExit)
  /// A report of the containerizer to a life of the agent.
  case report(NodeID, life: Int, ContainerEvent)
  case measured(NodeID, life: Int, MachineUsage)
  case crash(NodeID)
  case start(NodeID)
  case heal([NodeID], [Direction], blockage: Int)
  case elect(term: Int)
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
  private var deadlines = Deadlines<Event>()
  private var pool: [PooledEvent?] = []
  private var free: [Int] = []

  var next: Instant { deadlines.next }

  mutating func add(_ event: Event, at time: Instant) { deadlines.add(event, at: time) }

  mutating func add(_ event: PooledEvent, at time: Instant) {
    guard time != .never else { return }
    let place: Int
    if let last = free.popLast() {
      place = last
      pool[place] = event
    } else {
      place = pool.count
      pool.append(event)
    }
    deadlines.add(.pooled(place), at: time)
  }

  mutating func takeDue(_ now: Instant) -> Event? { deadlines.takeDue(now) }

  mutating func take(pooled place: Int) -> PooledEvent? {
    var event: PooledEvent?
    swap(&event, &pool[place])
    free.append(place)
    return event
  }
}
