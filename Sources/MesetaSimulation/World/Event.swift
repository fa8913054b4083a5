// What is going to happen in a simulation.

import MesetaAgent
import MesetaMaster
import MesetaProtocol
import MesetaRuntime

enum Event: Sendable {
  /// What comes next in a direction of a session; the packets wait in ``Simulation/wire``.
  case arrival(SessionID, atServer: Bool, packet: Int)
  /// An end of a session that stalls gives up, if the blockage is still that one.
  case giveUp(SessionID, atServer: Bool, blockage: Int)
  /// An end of a broken session notices.
  case notice(SessionID, atServer: Bool, reason: String)
  case connectFailed(NodeID, life: Int, reason: String)
  case wake(NodeID, life: Int)
  case stored(NodeID, life: Int, StorageToken, Write)
  case containerStarts(NodeID, containerID: String)
  case containerEnds(NodeID, containerID: String, ContainerExit)
  /// A report of the containerizer to a life of the agent.
  case report(NodeID, life: Int, ContainerEvent)
  case measured(NodeID, life: Int, MachineUsage)
  case planned(Int)
  case start(NodeID)
  case heal(NodeID, NodeID)
  /// A fault that comes again and again.
  case fault(FaultKind)

  enum Write: Hashable, Sendable {
    case registry(RegistryOperation)
    case checkpoint(AgentCheckpoint)
  }
}
