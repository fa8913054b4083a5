// The simulated containerizer: processes are plans.

import MesetaAgent
public import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Simulation {
  mutating func launch(_ launch: ContainerLaunch, on agent: NodeID) {
    var plan = CommandPlan(parsing: launch.commandLine, &nodes[agent.index].random)
    spoil(&plan, on: agent)
    let delay = nodes[agent.index].random.draw(faults.startDelay)
    nodes[agent.index].lastContainer += 1
    let spec = ContainerSpec(launch, plan, serial: nodes[agent.index].lastContainer)
    let container = SimulatedContainer(spec: spec)
    checks.launched(container, on: agent, at: now)
    note(agent, .launches(spec))
    if plan.cannotStart {
      let event = ContainerEvent.launchFailed(
        containerID: launch.containerID, reason: "there is no such program")
      report(event, of: agent)
      return
    }
    nodes[agent.index].containers.append(container)
    events.add(.containerStarts(agent, serial: spec.serial), at: now + delay)
  }

  mutating func containerStarts(_ serial: Int, on agent: NodeID) {
    guard let index = index(of: serial, on: agent), nodes[agent.index].containers[index].state == .starting
    else { return }
    nodes[agent.index].containers[index].state = .running
    nodes[agent.index].containers[index].start = now
    let container = nodes[agent.index].containers[index]
    statistics.containers += 1
    checks.started(container, on: agent, at: now)
    trace.add(now, agent, .runs(container.spec))
    let pid = Int32(1000 + nodes[agent.index].containers.count)
    if container.spec.plan.isExecutor {
      nodes[agent.index].containers[index].executor = addExecutor(container, on: agent)
    } else if let length = container.spec.plan.length {
      end(container, .exited(container.spec.plan.status), after: length, on: agent)
    }
    if let early = container.spec.plan.earlyEnd { end(container, .exited(1), after: early, on: agent) }
    tell(agent, .started(containerID: container.id, pid: pid))
  }

  /// A container does not go as its command says.
  private mutating func spoil(_ plan: inout CommandPlan, on agent: NodeID) {
    guard isBreaking else { return }
    if strikesContainer(.launchFailure, faults.launchFailureMillionths, on: agent) { plan.cannotStart = true }
    if strikesContainer(.earlyExit, faults.earlyExitMillionths, on: agent) {
      plan.earlyEnd = nodes[agent.index].random.draw(.zero...(plan.length ?? .seconds(30)))
    }
    if strikesContainer(.ignoredKill, faults.ignoredKillMillionths, on: agent) {
      plan.ignoresTermination = true
    }
    guard let length = plan.length, strikesContainer(.hang, faults.hangMillionths, on: agent) else { return }
    plan.length = Instant.zero + faults.end + length - now
  }

  private mutating func strikesContainer(_ kind: FaultKind, _ millionths: UInt64, on agent: NodeID) -> Bool {
    millionths > 0 && nodes[agent.index].random.chance(millionths: millionths) && strikes(kind)
  }

  /// Plans the end of a container, unless it ends before.
  private mutating func end(
    _ container: SimulatedContainer, _ exit: ContainerExit, after span: Span, on agent: NodeID
  ) {
    events.add(.containerEnds(agent, serial: container.spec.serial, exit), at: now + span)
  }

  private mutating func addExecutor(_ container: SimulatedContainer, on agent: NodeID) -> NodeID {
    let framework = FrameworkID(container.variable("MESOS_FRAMEWORK_ID") ?? "")
    let executor = ExecutorID(container.variable("MESOS_EXECUTOR_ID") ?? "")
    // Streams of executors are named by their containers, so that one more does not shift those of others.
    var stream = Digest()
    stream.absorb(container.id)
    let node = addNode(
      "\(executor.value)@\(nodes[agent.index].name)", .executor, server: .node(agent), stream: stream.value
    ) { _, seed, _ in
      ScriptedExecutor(
        frameworkID: framework, executorID: executor, seed: seed, isDeaf: container.plan.ignoresTermination,
        isSteady: container.plan.isSteady, isUnruly: container.plan.isUnruly)
    }
    checks.addedExecutor(node, of: framework, on: agent)
    return node
  }

  mutating func kill(_ id: String, grace: Span, on agent: NodeID) {
    let containers = nodes[agent.index].containers
    guard let container = containers.first(where: { $0.id == id }), !container.hasEnded else { return }
    note(agent, .kills(container.spec, grace: grace))
    if grace <= .zero {
      end(container, .signaled(9), after: .milliseconds(1), on: agent)
    } else if !container.plan.ignoresTermination {
      end(container, .signaled(15), after: .milliseconds(5), on: agent)
    } else {
      end(container, .signaled(9), after: grace, on: agent)
    }
  }

  /// The time has come for a container to end.
  mutating func containerEnds(_ serial: Int, _ exit: ContainerExit, on agent: NodeID) {
    if let container = endContainer(serial, exit, on: agent) {
      tell(agent, .exited(containerID: container.id, exit))
    }
  }

  /// A container ends by something else that happens.
  private mutating func cutShort(_ serial: Int, _ exit: ContainerExit, on agent: NodeID) {
    if let container = endContainer(serial, exit, on: agent) {
      report(.exited(containerID: container.id, exit), of: agent)
    }
  }

  /// Returns the container, unless it has ended before.
  private mutating func endContainer(
    _ serial: Int, _ exit: ContainerExit, on agent: NodeID
  ) -> SimulatedContainer? {
    guard let index = index(of: serial, on: agent), !nodes[agent.index].containers[index].hasEnded else {
      return nil
    }
    nodes[agent.index].containers[index].state = .ended(exit)
    let container = nodes[agent.index].containers[index]
    checks.ended(container, on: agent, at: now)
    trace.add(now, agent, .ends(container.spec))
    if let executor = container.executor, nodes[executor.index].isUp {
      takeDown(executor)
      closeSessions(of: executor, after: faults.delay, "the executor has ended")
    }
    return container
  }

  /// A custom executor is gone, and its container with it.
  mutating func endContainer(ofExecutor id: NodeID, _ exit: ContainerExit) {
    guard case .node(let agent) = nodes[id.index].server,
      let container = nodes[agent.index].containers.first(where: { $0.executor == id })
    else { return }
    cutShort(container.spec.serial, exit, on: agent)
  }

  /// The agent needs to know nothing more of a container.
  mutating func forget(_ id: String, on agent: NodeID) {
    let place = nodes[agent.index].containers.firstIndex { $0.hasEnded && $0.id == id }
    if let place { nodes[agent.index].containers.remove(at: place) }
  }

  /// The same as the last that comes of an event.
  private mutating func tell(_ agent: NodeID, _ event: ContainerEvent) {
    if nodes[agent.index].isUp { finish(with: .local(.container(event)), to: agent) }
  }

  /// The containerizer tells the agent something, if that is up.
  private mutating func report(_ event: ContainerEvent, of agent: NodeID) {
    guard nodes[agent.index].isUp else { return }
    events.add(.report(agent, life: nodes[agent.index].life, event), at: now)
  }

  /// An agent that starts again finds the containers of its earlier life.
  mutating func recoverContainers(of agent: NodeID) {
    let containerIDs = nodes[agent.index].containers.map(\.id)
    input(.local(.recovered(containerIDs, afterReboot: nodes[agent.index].wasRebooted)), to: agent)
    nodes[agent.index].wasRebooted = false
    for container in nodes[agent.index].containers {
      switch container.state {
      case .starting: break  // reported when it has started
      case .running: report(.started(containerID: container.id, pid: 1), of: agent)
      case .ended(let exit): report(.exited(containerID: container.id, exit), of: agent)
      }
    }
  }

  private func index(of serial: Int, on agent: NodeID) -> Int? {
    // They stand in the order of their launch.
    var (low, high) = (0, nodes[agent.index].containers.count)
    while low < high {
      let middle = (low + high) / 2
      if nodes[agent.index].containers[middle].serial < serial { low = middle + 1 } else { high = middle }
    }
    let isThere =
      low < nodes[agent.index].containers.count && nodes[agent.index].containers[low].serial == serial
    return isThere ? low : nil
  }

  /// Ends a process on an agent, if there is one.
  mutating func endProcess(on agent: NodeID, pick: UInt64) {
    let running = nodes[agent.index].containers.filter { !$0.hasEnded }
    if running.isEmpty { return }
    cutShort(running[Int(pick % UInt64(running.count))].spec.serial, .exited(7), on: agent)
  }

  /// Ends the process that runs an executor, or a plain command under its task's id, with that status.
  ///
  /// - Returns: Whether there is one.
  @discardableResult
  public mutating func endProcess(_ executor: ExecutorID, status: Int32 = 0) -> Bool {
    for agent in agents {
      for container in nodes[agent.index].containers
      where !container.hasEnded && container.spec.name == executor.value {
        cutShort(container.spec.serial, .exited(status), on: agent)
        return true
      }
    }
    return false
  }
}
