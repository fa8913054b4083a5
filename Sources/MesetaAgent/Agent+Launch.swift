// Whether a task is run here, and what its container looks like.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Agent {
  mutating func run<E: AgentEffects>(
    _ task: TaskInfo, of framework: FrameworkInfo, launchesExecutor: Bool, at time: Time, _ effects: inout E
  ) {
    start(task, of: framework, launchesExecutor: launchesExecutor, at: time, &effects)
    guard launchesExecutor, task.hasExecutor, let executor = task.executor, let id = framework.id else {
      return
    }
    // The master counts on it, also where the task was refused.
    let name = ExecutorName(id, executor.id)
    if executors.find(name) == nil { tellMaster(hasEnded: name, status: -1, &effects) }
  }

  private mutating func start<E: AgentEffects>(
    _ task: TaskInfo, of frameworkInfo: FrameworkInfo, launchesExecutor: Bool, at time: Time,
    _ effects: inout E
  ) {
    guard case .running = phase else {
      marks.insert(.taskWhileStopping)
      return effects.log(.warning, "not running task \(task.id): the agent is on its way out")
    }
    guard let agentID = info.id, task.agentID == agentID else {
      return effects.log(.warning, "not running task \(task.id): it is meant for agent \(task.agentID)")
    }
    guard let frameworkID = frameworkInfo.id else {
      return effects.log(.error, "not running task \(task.id): its framework \(frameworkInfo.name) has no id")
    }
    let framework = frameworks.admit(frameworkID, frameworkInfo)
    rememberFramework(framework)
    if tasks.find(task.id, of: framework) != nil {
      // A report would end the task that is there, for it has the same name.
      return effects.log(
        .error, "not running task \(task.id) of framework \(frameworkID): a task of that id is here already")
    }
    let name = FrameworkTask(frameworkID, task.id)
    do throws(LaunchRefusal) {
      if isTerminating(framework) {
        // It has come back, to a master that does not know that it had ended.
        throw .dropped(
          .frameworkRemoved, "framework \(frameworkID) was shut down, and has not ended here yet")
      }
      if drainConfig != nil {
        throw .dropped(.agentDraining, "Task was received while agent was already draining")
      }
      if task.hasExecutor, let executor = task.executor {
        try run(
          task, name, under: executor, launchesExecutor: launchesExecutor, framework, at: time, &effects)
      } else if let command = task.command {
        try run(task, name, command, framework, at: time, &effects)
      } else {
        throw .invalid("task \(task.id) has neither a command nor an executor")
      }
    } catch {
      reportStranger(
        name, info: task, error.state, reason: error.reason, message: error.message, at: time, &effects)
    }
  }

  /// Takes resources from what is available: all of them or none.
  mutating func reserve(_ resources: Resources, for task: TaskInfo) throws(LaunchRefusal) {
    if available.takeAtRest(resources) { return }
    for (position, resource) in resources.resources.enumerated() {
      let needed = resource.atRest
      // What is oversubscribed is not among what the agent has: the master keeps account of it.
      if needed.isRevocable { continue }
      if available.contains(needed) {
        // A shared volume is there for the next one too.
        if !needed.isShared { available.subtract(needed) }
      } else {
        giveBack(Resources(resources.prefix(position)))
        throw .dropped(
          .resourcesUnknown,
          "task \(task.id) needs \(resources.allocated(to: nil)), but of agent \(info.hostname) only "
            + "\(available) is available")
      }
    }
  }

  mutating func giveBack(_ resources: Resources) {
    if available.addAtRest(resources) { return }
    for resource in resources.resources where !resource.isShared && !resource.isRevocable {
      available.add(resource.atRest)
    }
  }

  /// What is launched for a command. `executor` where that is the command of an executor.
  mutating func launch(
    _ containerID: String, _ task: TaskInfo, _ command: CommandInfo, _ framework: FrameworkTable.Key,
    executor: ExecutorInfo?
  ) throws(LaunchRefusal) -> ContainerLaunch {
    guard let agentID = idText,
      let (frameworkID, known, directory) = frameworks.update(
        framework, { ($0.idText, $0.info, $0.executorsDirectory) }),
      let info = known
    else { throw .dropped(.agentDisconnected, "the agent is not registered") }
    let executorID = task.executorID
    let sandbox: String
    do throws(UnsafePathComponent) {
      let executors: String
      if let directory {
        executors = directory
      } else {
        executors = try layout.executors(agentID: agentID, frameworkID: frameworkID)
        frameworks.update(framework) { $0.executorsDirectory = executors }
      }
      sandbox = try SandboxLayout.sandbox(in: executors, executorID: executorID.value, run: containerID)
    } catch {
      throw .invalid(error.description)
    }
    let place = ContainerPlace(
      agentID: agentID, frameworkID: frameworkID, executorID: executorID, containerID: containerID,
      sandbox: sandbox)
    let variables = configuration.executorEnvironmentVariables
    var environment = ContainerEnvironment(capacity: 8 + variables.count)
    var resources = task.resources
    var isRevocable = resources.hasRevocable
    // What follows are functions of their arguments alone: a call on the agent that may throw copies the whole of it. An executor
    // is large: it is looked at only where there is one.
    if let executor {
      try Self.refuseUnsupported(command, container: executor.container)
      environment.addPlace(place, command: nil, variables)
      environment.addConnection(place, executor, isCheckpointing: info.checkpoint, configuration)
      resources = executor.resources + resources
      if executor.resources.hasRevocable { isRevocable = true }
    } else {
      try Self.refuseUnsupported(command, container: task.container)
      environment.addPlace(place, command: task.id, variables)
    }
    if let problem = environment.set(command.environment) { throw .invalid(problem) }
    let program = try Self.program(of: command)
    let user = try Self.user(of: command, info, configuration)
    return ContainerLaunch(
      containerID: containerID, sandbox: sandbox, program: program, environment: environment.entries,
      user: user,
      volumes: try Self.links(to: resources, volumeLayout), isRevocable: isRevocable)
  }

  /// The volumes among some resources, as a container finds them in its sandbox.
  private static func links(
    to resources: Resources, _ layout: VolumeLayout
  ) throws(LaunchRefusal) -> [VolumeLink] {
    if resources.isPlain { return [] }
    var links: [VolumeLink] = []
    for volume in resources.persistentVolumes {
      guard let place = volume.disk?.volume else { continue }
      do throws(UnusableVolume) {
        let directory = try layout.directory(of: volume)
        if let problem = Identifier.problem(with: place.containerPath) {
          throw UnusableVolume(description: "its container path is no entry of the sandbox: \(problem)")
        }
        if links.contains(where: { $0.containerPath == place.containerPath }) {
          throw UnusableVolume(description: "another volume has its container path")
        }
        links.append(
          VolumeLink(path: directory.path, containerPath: place.containerPath, isShared: volume.isShared))
      } catch {
        throw .invalid("volume \(volume) of task cannot be used: \(error)")
      }
    }
    return links
  }

  /// What would otherwise be left out without a word.
  private static func refuseUnsupported(
    _ command: CommandInfo, container: EncodedMessage?
  ) throws(LaunchRefusal) {
    if let uri = command.uris.first {
      throw .unsupported(
        "the command wants \(uri.value) fetched into its sandbox, which this agent cannot do")
    }
    // A ContainerInfo that says no more than `type: MESOS` asks for nothing special.
    if let container, !container.bytes.isEmpty, container.bytes != [8, 2] {
      throw .unsupported(
        "the command wants a container with an image, volumes or a network of its own, "
          + "which this agent cannot provide")
    }
  }

  private static func program(of command: CommandInfo) throws(LaunchRefusal) -> ContainerLaunch.Program {
    guard let value = command.value, !value.isEmpty else {
      throw .invalid(
        command.isShell ? "the command has no line for the shell" : "the command does not name a program")
    }
    if value.containsNUL || command.arguments.contains(where: \.containsNUL) {
      throw .invalid("the command \(value.debugDescription) contains NUL")
    }
    if command.isShell { return .shell(value) }
    return .exec(path: value, arguments: command.arguments.isEmpty ? [value] : command.arguments)
  }

  /// The user to run as; nil for the agent's own.
  private static func user(
    of command: CommandInfo, _ framework: FrameworkInfo, _ configuration: AgentConfiguration
  ) throws(LaunchRefusal) -> String? {
    let user = command.user ?? framework.user
    let principal = framework.principal.map { Principal($0) }
    guard configuration.authorizer.isAllowed(principal, .runTask, on: .user(user)) else {
      throw LaunchRefusal(
        state: .error, reason: .taskUnauthorized,
        message: "framework \(framework.name) may not run tasks as user \(user.debugDescription)")
    }
    return configuration.switchUser && !user.isEmpty ? user : nil
  }
}

extension Resource {
  /// As it is in an agent's total: allocated to nobody.
  fileprivate var atRest: Resource {
    var resource = self
    resource.allocationRole = nil
    return resource
  }
}
