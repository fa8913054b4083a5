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
        effects.log(.warning, "killing container \(id), which nobody here knows")
        endContainer(id, grace: .zero, &effects)
      }
    case .exited(let id, let exit): containerEnded(id, .ended(exit), at: time, &effects)
    case .launchFailed(let id, let reason):
      metrics.containerLaunchErrors += 1
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
    forgetContainer(id, &effects)
    finishRecovery(&effects)
    leaveIfStopped(at: time, &effects)
  }
}
