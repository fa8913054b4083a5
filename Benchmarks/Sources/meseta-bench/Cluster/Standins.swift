// What stands in for processes and disks where those are not what is measured.

import MesetaAgent
import MesetaHost
import MesetaModel
import MesetaProtocol

/// Starts no process: every container ends at once, with success, or runs until it is killed.
struct NoContainerizer: Containerizer {
  let holds: Bool
  let observer: @Sendable (ContainerEvent) -> Void

  func launch(_ launch: ContainerLaunch) {
    observer(.started(containerID: launch.containerID, pid: 1))
    if !holds { observer(.exited(containerID: launch.containerID, .exited(0))) }
  }

  func kill(containerID: String, graceNanoseconds: Int64) {
    if holds { observer(.exited(containerID: containerID, .signaled(15))) }
  }

  func recover() -> [String] { [] }
}

/// Writes nothing.
struct NoStorage: AgentStorage {
  func write(_ checkpoint: AgentCheckpoint) {}

  func list(_ path: String, below root: String) throws(CallError) -> [FileInfo] {
    throw CallError(.notFound, "a measured agent has no files")
  }

  func read(
    _ path: String, offset: UInt64, length: UInt64?, below root: String
  ) throws(CallError) -> (size: UInt64, data: [UInt8]) {
    throw CallError(.notFound, "a measured agent has no files")
  }
}
