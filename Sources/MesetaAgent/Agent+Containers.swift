// What becomes of containers reaches the task or the executor that they belong to.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Agent {
  mutating func handle<E: AgentEffects>(_ event: ContainerEvent, at time: Time, _ effects: inout E) {
    switch event {
    case .started(let id, _):
      switch containers[id] {
      case .task(let key): commandStarted(key, at: time, &effects)
      case .executor: break  // It tells of itself when it subscribes.
      case nil:
        marks.insert(.strangeContainerKilled)
        effects.log(.warning, "killing container \(id), which nobody here knows")
        effects.kill(containerID: id, grace: .zero)
      }
    case .exited(let id, let exit): containerEnded(id, .ended(exit), at: time, &effects)
    case .launchFailed(let id, let reason):
      containerEnded(id, .notLaunched(reason: reason), at: time, &effects)
    }
  }

  private mutating func containerEnded<E: AgentEffects>(
    _ id: String, _ end: ContainerEnd, at time: Time, _ effects: inout E
  ) {
    switch containers.removeValue(forKey: id) {
    case .task(let key): commandEnded(key, end, at: time, &effects)
    case .executor(let key): executorEnded(key, end, at: time, &effects)
    case nil: break
    }
    effects.forget(containerID: id)
    leaveIfStopped(at: time, &effects)
  }
}
