// How much simulated machines and processes use.

public import MesetaAgent
import MesetaModel
import MesetaRuntime

extension Simulation {
  /// What an agent hears of its machine's load from now on.
  public mutating func setLoad(_ load: LoadAverages, of agent: NodeID) { nodes[agent.index].load = load }

  /// Simulated processes only wait, unless ``processesAreBusy``.
  mutating func measure(_ containerIDs: [String], on agent: NodeID) {
    let containers = containerIDs.compactMap { id -> MachineUsage.Container? in
      guard let container = nodes[agent.index].containers.first(where: { $0.id == id && !$0.hasEnded }) else {
        return nil
      }
      let age = processesAreBusy && container.state == .running ? (now - container.start).nanoseconds : 0
      let time = Span(nanoseconds: age / 2 * Int64(container.spec.serial % 4))
      return MachineUsage.Container(containerID: id, processorTime: time, memoryBytes: 0)
    }
    let usage = MachineUsage(load: nodes[agent.index].load, containers: containers)
    events.add(.measured(agent, life: nodes[agent.index].life, usage), at: now)
  }
}
