// Runs containers as plain processes, each under a meseta-supervisor that outlives the agent.

import Glibc
public import MesetaAgent

/// A containerizer of plain processes.
///
/// Each container is a `meseta-supervisor` with the program beneath it, in a session of its own. The supervisor
/// outlives this object and this process; another containerizer on the same runtime directory finds it again
/// with ``recover()``.
///
/// One thread waits for all containers; another does what a launch takes. Events reach the observer on the first,
/// in order for each container, so the observer must not block. Containers go on when the containerizer is
/// released; no event comes after.
public final class ProcessContainerizer: Containerizer {
  private let mailbox: ContainerMailbox
  private let runtime: RuntimeDirectory
  private let mainProcesses = MainProcesses()

  /// Creates a containerizer and the runtime directory if that is missing.
  ///
  /// - Parameters:
  ///   - runtimeDirectory: where supervisors keep their sockets and status files: an absolute path. It need not
  ///     outlast a restart of the machine, which no container does; a file system in memory (`/run`) takes half
  ///     the work out of a launch. One agent at a time uses it.
  ///   - supervisor: the path of `meseta-supervisor`; nil to look for it (``SupervisorLocation``).
  ///   - observer: hears what becomes of the containers.
  /// - Throws: ``SupervisorNotFound``, or ``SystemError`` if the directory or a thread cannot be created.
  public init(
    runtimeDirectory: String, supervisor: String? = nil,
    observer: @escaping @Sendable (ContainerEvent) -> Void
  ) throws {
    let supervisor = try supervisor.map(SupervisorLocation.check) ?? SupervisorLocation.find()
    guard runtimeDirectory.hasPrefix("/") else {
      throw SystemError(
        "use the runtime directory \"\(runtimeDirectory)\": not an absolute path", code: EINVAL)
    }
    runtime = try RuntimeDirectory(path: runtimeDirectory)
    mailbox = try ContainerMailbox()
    var loop = try ContainerLoop(
      mailbox: mailbox, start: ContainerStart(runtime: runtime, supervisor: supervisor)
    ) { [mainProcesses] event in
      mainProcesses.note(event)
      observer(event)
    }
    try startThread(named: "containers-wait") { loop.run() }
  }

  deinit { mailbox.post(.stop) }

  public func launch(_ launch: ContainerLaunch) { mailbox.post(.launch(launch)) }

  public func kill(containerID: String, graceNanoseconds: Int64) {
    mailbox.post(.kill(containerID, graceNanoseconds: graceNanoseconds))
  }

  public func recover() -> [String] {
    let ids = runtime.containers()
    for id in ids { mailbox.post(.recover(id)) }
    return ids
  }

  public func measure(_ containerIDs: [String]) -> MachineUsage {
    MachineUsage(load: .current, containers: ProcessTable.read().usage(of: mainProcesses[containerIDs]))
  }

  public func forget(containerID: String) { mailbox.post(.forget(containerID)) }
}
