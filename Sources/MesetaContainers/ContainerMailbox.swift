// What callers ask of the containerizer's thread, and how they wake it.

import CMesetaProcess
import Glibc
import MesetaAgent
import Synchronization

/// An order for the containerizer's thread.
enum ContainerCommand: Sendable {
  case launch(ContainerLaunch)
  case kill(String, graceNanoseconds: Int64)
  case recover(String)
  case forget(String)
  /// From the worker: a supervisor was started.
  case started(String, ContainerStart.Started)
  /// From the worker: a launch failed before there was a supervisor.
  case failed(String, reason: String)
  /// From the worker: the remains of a lost container are gone.
  case lost(String, reason: String)
  case stop
}

/// A queue into the containerizer's thread.
final class ContainerMailbox: Sendable {
  private struct State {
    var commands: [ContainerCommand] = []
    var isStopped = false
  }

  private let state = Mutex(State())
  /// Readable while there are commands.
  let wakeup: Descriptor

  init() throws(SystemError) {
    wakeup = try Descriptor(meseta_eventfd(1), "create an eventfd")
  }

  /// Queues a command; after the thread has stopped, does nothing.
  func post(_ command: ContainerCommand) {
    let isFirst = state.withLock { state in
      guard !state.isStopped else { return false }
      state.commands.append(command)
      return state.commands.count == 1
    }
    guard isFirst else { return }
    var one: UInt64 = 1
    write(wakeup.number, &one, 8)
  }

  func take() -> [ContainerCommand] {
    var count: UInt64 = 0
    read(wakeup.number, &count, 8)
    return state.withLock { state in
      defer { state.commands = [] }
      return state.commands
    }
  }

  func stop() {
    state.withLock { state in
      state.isStopped = true
      state.commands = []
    }
  }
}
