// Sessions in a simulated network: streams that keep the order, break as a whole, and stall while nothing gets
// through.

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
    /// With the number of the task that was looked for last when it was sent: mostly the one that it is about.
    case message(Message, task: Int)
    case close(String)
  }

  /// One direction: nothing overtakes what was sent before it.
  struct Lane {
    /// What is under way, in order. For each packet there is an arrival among the events, or a stalled one.
    var packets = PacketQueue()
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

  /// Sends something. Returns when it arrives.
  mutating func send(
    _ packet: consuming Packet, toServer: Bool, at now: Instant, _ delay: ClosedRange<Span>
  ) -> Instant {
    if toServer { self.toServer.packets.append(packet) } else { toClient.packets.append(packet) }
    return planArrival(atServer: toServer, at: now, delay)
  }

  /// When what comes next in a direction arrives: after a delay, and not before what was sent earlier.
  mutating func planArrival(atServer: Bool, at now: Instant, _ delay: ClosedRange<Span>) -> Instant {
    let earliest = now + random.draw(delay)
    let arrival = max(atServer ? toServer.lastArrival : toClient.lastArrival, earliest)
    if atServer { toServer.lastArrival = arrival } else { toClient.lastArrival = arrival }
    return arrival
  }

  /// Takes what comes next in a direction; nil if the end that it comes to is closed.
  mutating func takeNext(atServer: Bool) -> Packet? {
    let packet = atServer ? toServer.packets.popFirst() : toClient.packets.popFirst()
    return end(atServer: atServer) == .closed ? nil : packet
  }

  func isStalled(atServer: Bool) -> Bool { (atServer ? toServer.stalled : toClient.stalled) > 0 }

  /// Whom a node reaches, and in which direction; nil if its own end is closed.
  func peer(of id: NodeID) -> (peer: NodeID, toServer: Bool)? {
    if id == client { return clientEnd == .closed ? nil : (server, true) }
    return serverEnd == .closed ? nil : (client, false)
  }

  /// The nodes that what arrives comes from and goes to.
  func ends(atServer: Bool) -> (from: NodeID, to: NodeID) { atServer ? (client, server) : (server, client) }

  mutating func close(atServer: Bool) { if atServer { serverEnd = .closed } else { clientEnd = .closed } }
}

/// Packets in order. A `Deque` copies each on its way in.
struct PacketQueue {
  /// A ring; a power of two of places. What is not in use is `open`.
  private var ring: [Link.Packet] = []
  private var first = 0
  private var count = 0

  mutating func append(_ packet: consuming Link.Packet) {
    if count == ring.count { grow() }
    // What stands there is nothing: a swap need not take it away first.
    var packet = packet
    swap(&packet, &ring[(first + count) & (ring.count - 1)])
    count += 1
  }

  mutating func popFirst() -> Link.Packet? {
    if count == 0 { return nil }
    var packet = Link.Packet.open
    swap(&packet, &ring[first])
    count -= 1
    // One that is empty begins anew where it was written last: that is still near the processor.
    first = count == 0 ? 0 : (first + 1) & (ring.count - 1)
    return packet
  }

  private mutating func grow() {
    let packets = ring[first...] + ring[..<first]
    ring = packets + Array(repeating: .open, count: max(2, count))
    first = 0
  }
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

  /// Where a session is, to look at it more than once; nil if it is over.
  func find(_ session: SessionID) -> SlotMap<Link>.Key? {
    guard session.number > 0, session.number <= UInt64(keys.count) else { return nil }
    let key = keys[Int(session.number) - 1]
    return slots.contains(key) ? key : nil
  }

  func contains(_ session: SessionID) -> Bool { find(session) != nil }

  /// A copy of a session, which costs more than a look at ``subscript(valid:)``; nil if it is over.
  subscript(session: SessionID) -> Link? { find(session).flatMap { slots[$0] } }

  /// - Precondition: The session is not over.
  subscript(valid session: SessionID) -> Link {
    _read { yield slots[valid: keys[Int(session.number) - 1]] }
    _modify { yield &slots[valid: keys[Int(session.number) - 1]] }
  }

  /// - Precondition: The session that was found there is not over.
  subscript(found key: SlotMap<Link>.Key) -> Link {
    _read { yield slots[Int(key.index)] }
    _modify { yield &slots[Int(key.index)] }
  }

  mutating func remove(_ session: SessionID) -> Link? { find(session).flatMap { slots.remove($0) } }
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
