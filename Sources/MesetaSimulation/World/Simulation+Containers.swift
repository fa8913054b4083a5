// The simulated containerizer: processes are plans.

import MesetaAgent
public import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Simulation {
  mutating func launch(_ launch: ContainerLaunch, on agent: NodeID) {
    let plan = CommandPlan(parsing: launch.commandLine, &nodes[agent.index].random)
    let container = SimulatedContainer(launch: launch, plan: plan)
    checks.launched(container, on: agent, at: now)
    note(agent, .launches(launch))
    if plan.cannotStart {
      let event = ContainerEvent.launchFailed(
        containerID: launch.containerID, reason: "there is no such program")
      report(event, of: agent)
      return
    }
    nodes[agent.index].containers.append(container)
    let delay = nodes[agent.index].random.draw(faults.startDelay)
    events.add(.containerStarts(agent, containerID: launch.containerID), at: now + delay)
  }

  mutating func containerStarts(_ id: String, on agent: NodeID) {
    guard let index = index(of: id, on: agent), nodes[agent.index].containers[index].state == .starting else {
      return
    }
    let container = nodes[agent.index].containers[index]
    nodes[agent.index].containers[index].state = .running
    statistics.containers += 1
    checks.started(container, on: agent, at: now)
    trace.add(now, agent, .runs(container.launch))
    report(.started(containerID: id, pid: Int32(1000 + nodes[agent.index].containers.count)), of: agent)
    if container.plan.isExecutor {
      nodes[agent.index].containers[index].executor = addExecutor(container, on: agent)
    } else if let length = container.plan.length {
      events.add(.containerEnds(agent, containerID: id, .exited(container.plan.status)), at: now + length)
    }
  }

  private mutating func addExecutor(_ container: SimulatedContainer, on agent: NodeID) -> NodeID {
    let framework = FrameworkID(container.variable("MESOS_FRAMEWORK_ID") ?? "")
    let executor = ExecutorID(container.variable("MESOS_EXECUTOR_ID") ?? "")
    // Streams of executors are named by their containers, so that one more does not shift those of others.
    var stream = Digest()
    stream.absorb(container.id)
    return addNode(
      "\(executor.value)@\(nodes[agent.index].name)", .executor, server: agent, stream: stream.value
    ) { _, seed, _ in
      ScriptedExecutor(frameworkID: framework, executorID: executor, seed: seed)
    }
  }

  mutating func kill(_ id: String, grace: Span, on agent: NodeID) {
    guard let index = index(of: id, on: agent), !nodes[agent.index].containers[index].hasEnded else { return }
    let container = nodes[agent.index].containers[index]
    note(agent, .kills(container.launch, grace: grace))
    if grace <= .zero {
      events.add(.containerEnds(agent, containerID: id, .signaled(9)), at: now + .milliseconds(1))
      return
    }
    if !container.plan.ignoresTermination {
      events.add(.containerEnds(agent, containerID: id, .signaled(15)), at: now + .milliseconds(5))
    } else {
      events.add(.containerEnds(agent, containerID: id, .signaled(9)), at: now + grace)
    }
  }

  mutating func containerEnds(_ id: String, _ exit: ContainerExit, on agent: NodeID) {
    guard let index = index(of: id, on: agent), !nodes[agent.index].containers[index].hasEnded else { return }
    let container = nodes[agent.index].containers[index]
    nodes[agent.index].containers[index].state = .ended(exit)
    checks.ended(container, on: agent)
    trace.add(now, agent, .ends(container.launch))
    if let executor = container.executor, nodes[executor.index].isUp {
      takeDown(executor)
      closeSessions(of: executor, after: faults.delay, "the executor has ended")
    }
    report(.exited(containerID: id, exit), of: agent)
  }

  /// The containerizer tells the agent something, if that is up.
  private mutating func report(_ event: ContainerEvent, of agent: NodeID) {
    guard nodes[agent.index].isUp else { return }
    events.add(.report(agent, life: nodes[agent.index].life, event), at: now)
  }

  /// An agent that starts again finds the containers of its earlier life.
  mutating func recoverContainers(of agent: NodeID) {
    for container in nodes[agent.index].containers {
      switch container.state {
      case .starting: break  // reported when it has started
      case .running: report(.started(containerID: container.id, pid: 1), of: agent)
      case .ended(let exit): report(.exited(containerID: container.id, exit), of: agent)
      }
    }
  }

  private func index(of id: String, on agent: NodeID) -> Int? {
    nodes[agent.index].containers.firstIndex { $0.id == id }
  }

  /// Ends the process that runs an executor, or a plain command under its task's id, with that status.
  ///
  /// - Returns: Whether there is one.
  @discardableResult
  public mutating func endProcess(_ executor: ExecutorID, status: Int32 = 0) -> Bool {
    for agent in agents {
      for container in nodes[agent.index].containers
      where !container.hasEnded && container.variable("MESOS_EXECUTOR_ID") == executor.value {
        containerEnds(container.id, .exited(status), on: agent)
        return true
      }
    }
    return false
  }
}
