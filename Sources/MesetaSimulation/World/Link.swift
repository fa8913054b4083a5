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
    case message(Message)
    case close(String)
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
  /// What was sent last arrives then, in each direction: nothing overtakes it.
  var lastArrivalAtServer = Instant.zero
  var lastArrivalAtClient = Instant.zero
  /// What stalls because nothing gets through.
  var heldForServer: [Packet] = []
  var heldForClient: [Packet] = []

  func end(atServer: Bool) -> End { atServer ? serverEnd : clientEnd }
  func node(atServer: Bool) -> NodeID { atServer ? server : client }
  func life(atServer: Bool) -> Int { atServer ? serverLife : clientLife }
  var isOver: Bool { clientEnd == .closed && serverEnd == .closed }

  mutating func close(atServer: Bool) { if atServer { serverEnd = .closed } else { clientEnd = .closed } }
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
