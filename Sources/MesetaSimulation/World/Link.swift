// Sessions in a simulated network: streams that keep the order, break as a whole, and stall while nothing gets
// through.

import DequeModule
import MesetaProtocol
import MesetaRuntime

/// A session between two nodes.
struct Link {
  enum End: Hashable {
    case opening
    case open
    case closed
  }

  /// What travels.
  enum Packet {
    /// The client asks for the session, or the server grants it.
    case open
    case message(Message)
    case close(String)
  }

  /// One direction: nothing overtakes what was sent before it.
  struct Lane {
    /// What is under way, in order. For each packet there is an arrival among the events, or a stalled one.
    var packets = Deque<Packet>()
    /// What was sent last arrives then.
    var lastArrival = Instant.zero
    /// How many packets should have arrived, and wait until something gets through.
    var stalled = 0
  }

  let client: NodeID
  let server: NodeID
  let clientLife: Int
  let serverLife: Int
  /// How its packets travel.
  var random: SeededGenerator
  var clientEnd = End.opening
  var serverEnd = End.opening
  /// Nothing that is sent from now on arrives.
  var isBroken = false
  private var toServer = Lane()
  private var toClient = Lane()

  init(client: NodeID, server: NodeID, clientLife: Int, serverLife: Int, random: SeededGenerator) {
    self.client = client
    self.server = server
    self.clientLife = clientLife
    self.serverLife = serverLife
    self.random = random
  }

  /// The direction that leads to the server, or to the client.
  subscript(laneToServer isToServer: Bool) -> Lane {
    _read { if isToServer { yield toServer } else { yield toClient } }
    _modify { if isToServer { yield &toServer } else { yield &toClient } }
  }

  func end(atServer: Bool) -> End { atServer ? serverEnd : clientEnd }
  func node(atServer: Bool) -> NodeID { atServer ? server : client }
  func life(atServer: Bool) -> Int { atServer ? serverLife : clientLife }
  var isOver: Bool { clientEnd == .closed && serverEnd == .closed }

  mutating func close(atServer: Bool) { if atServer { serverEnd = .closed } else { clientEnd = .closed } }
}

/// The sessions that are not over, by their numbers.
struct LinkTable {
  private var slots = SlotMap<Link>()
  /// Where each session is that there ever was.
  private var keys: [SlotMap<Link>.Key] = []

  mutating func add(_ link: Link) -> SessionID {
    keys.append(slots.insert(link))
    return SessionID(UInt64(keys.count))
  }

  func contains(_ session: SessionID) -> Bool {
    session.number > 0 && session.number <= UInt64(keys.count) && slots.contains(key(of: session))
  }

  /// A copy of a session, which costs more than a look at ``subscript(valid:)``; nil if it is over.
  subscript(session: SessionID) -> Link? { contains(session) ? slots[key(of: session)] : nil }

  /// - Precondition: The session is not over.
  subscript(valid session: SessionID) -> Link {
    _read { yield slots[valid: key(of: session)] }
    _modify { yield &slots[valid: key(of: session)] }
  }

  mutating func remove(_ session: SessionID) -> Link? {
    contains(session) ? slots.remove(key(of: session)) : nil
  }

  private func key(of session: SessionID) -> SlotMap<Link>.Key { keys[Int(session.number) - 1] }
}

/// Two nodes, in the direction of what is sent.
struct Direction: Hashable {
  var from: NodeID
  var to: NodeID
}

/// Which ways a partition blocks.
public enum Blockage: Hashable, Sendable {
  case bothWays
  /// Only what the first of the two nodes sends.
  case outgoing
  /// Only what the first of the two nodes is sent.
  case incoming
}
