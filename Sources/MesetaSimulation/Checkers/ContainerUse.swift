// A task runs once at a time, and the tasks of an agent fit its resources.

import MesetaModel
import MesetaProtocol

struct ContainerUse {
  private struct Place: Hashable {
    var agent: NodeID
    var framework: String
    var task: String
  }

  private struct Name: Hashable {
    var framework: String
    var task: String
  }

  private var totals: [NodeID: Resources] = [:]
  /// The resources of the plain commands that agents were sent.
  private var commands: [Place: Resources] = [:]
  private var used: [NodeID: Resources] = [:]
  /// Where each plain command runs.
  private var running: [Name: NodeID] = [:]

  mutating func registered(_ resources: Resources, on agent: NodeID) { totals[agent] = resources }

  mutating func sent(_ task: TaskInfo, of framework: FrameworkID, to agent: NodeID) {
    guard task.command != nil else { return }
    commands[Place(agent: agent, framework: framework.value, task: task.id.value)] =
      task.resources.nonRevocable.allocated(to: nil)
  }

  /// Returns what is wrong, if something is.
  mutating func started(_ container: SimulatedContainer, on agent: NodeID) -> String? {
    guard let place = place(of: container, on: agent), let resources = commands[place] else { return nil }
    let name = Name(framework: place.framework, task: place.task)
    if running[name] != nil { return "task \(place.task) runs twice at the same time" }
    running[name] = agent
    used[agent, default: Resources()] += resources
    if let total = totals[agent], let used = used[agent], !total.stripped.contains(used.stripped) {
      return "the tasks of an agent with \(total) use \(used)"
    }
    return nil
  }

  mutating func ended(_ container: SimulatedContainer, on agent: NodeID) {
    guard let place = place(of: container, on: agent), let resources = commands[place] else { return }
    let name = Name(framework: place.framework, task: place.task)
    guard running[name] == agent else { return }
    running[name] = nil
    used[agent, default: Resources()] -= resources
  }

  private func place(of container: SimulatedContainer, on agent: NodeID) -> Place? {
    guard let framework = container.variable("MESOS_FRAMEWORK_ID"),
      let task = container.variable("MESOS_EXECUTOR_ID")
    else { return nil }
    return Place(agent: agent, framework: framework, task: task)
  }
}

extension Resources {
  /// What reservations and volumes were made of. A shared volume is there once, however many use it.
  fileprivate var stripped: Resources {
    var (result, shared) = (Resources(), Resources())
    for resource in self where !shared.contains(resource) {
      if resource.isShared { shared.add(resource) }
      result.add(resource.withoutVolume.fullyUnreserved)
    }
    return result
  }
}
