// Whether a task is run here, and what its container looks like.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Agent {
  mutating func run<E: AgentEffects>(
    _ task: TaskInfo, of frameworkInfo: FrameworkInfo, at time: Time, _ effects: inout E
  ) {
    guard case .running = phase else {
      return effects.log(.warning, "not running task \(task.id): the agent is on its way out")
    }
    guard let agentID = info.id, task.agentID == agentID else {
      return effects.log(.warning, "not running task \(task.id): it is meant for agent \(task.agentID)")
    }
    guard let frameworkID = frameworkInfo.id else {
      return effects.log(.error, "not running task \(task.id): its framework \(frameworkInfo.name) has no id")
    }
    let name = FrameworkTask(frameworkID, task.id)
    if tasks.find(name) != nil {
      // A report would end the task that is there, for it has the same name.
      return effects.log(
        .error, "not running task \(task.id) of framework \(frameworkID): a task of that id is here already")
    }
    let framework = frameworks.admit(frameworkID, frameworkInfo)
    if isTerminating(framework) {
      return effects.log(.warning, "not running task \(task.id): framework \(frameworkID) was shut down")
    }
    do throws(LaunchRefusal) {
      if let executor = task.executor {
        try run(task, name, under: executor, framework, at: time, &effects)
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

  /// Takes resources from what is available.
  mutating func reserve(_ resources: Resources, for task: TaskInfo) throws(LaunchRefusal) {
    let needed = resources.allocated(to: nil)
    // No two entries have the same identity, so that each may be looked for by itself.
    guard needed.resources.allSatisfy({ available.contains($0) }) else {
      throw .dropped(
        .resourcesUnknown,
        "task \(task.id) needs \(needed), but of agent \(info.hostname) only \(available) is available")
    }
    available -= needed
  }

  /// The container for a command. `executor` where that is the command of an executor.
  mutating func container(
    _ containerID: String, _ task: TaskInfo, _ command: CommandInfo, _ framework: FrameworkTable.Key,
    executor: ExecutorInfo?
  ) throws(LaunchRefusal) -> ContainerLaunch {
    guard let agentID = self.info.id,
      let known = frameworks.update(framework, { ($0.id, $0.box, $0.executorsDirectory) })
    else { throw .dropped(.agentDisconnected, "the agent is not registered") }
    let (frameworkID, info, directory) = known
    let executorID = task.executorID
    let sandbox: String
    do throws(UnsafePathComponent) {
      let executors: String
      if let directory {
        executors = directory
      } else {
        executors = try layout.executors(agentID: agentID.value, frameworkID: frameworkID.value)
        frameworks.update(framework) { $0.executorsDirectory = executors }
      }
      sandbox = try SandboxLayout.sandbox(
        in: executors, executorID: executorID.value, containerID: containerID)
    } catch {
      throw .invalid(error.description)
    }
    try refuseUnsupported(command, container: executor == nil ? task.container : executor?.container)
    let place = ContainerPlace(
      agentID: agentID, frameworkID: frameworkID, executorID: executorID, containerID: containerID,
      sandbox: sandbox)
    var environment = ContainerEnvironment(place, configuration.executorEnvironmentVariables)
    if let executor {
      environment.addConnection(place, executor, isCheckpointing: info.value.checkpoint, configuration)
    } else {
      environment.set("MESOS_TASK_ID", task.id.value)
    }
    if let problem = environment.set(command.environment) { throw .invalid(problem) }
    return ContainerLaunch(
      containerID: containerID, sandbox: sandbox, program: try program(of: command),
      environment: environment.entries, user: try user(of: command, info))
  }

  /// What would otherwise be left out without a word.
  private func refuseUnsupported(
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

  private func program(of command: CommandInfo) throws(LaunchRefusal) -> ContainerLaunch.Program {
    guard let value = command.value, !value.isEmpty else {
      throw .invalid(
        command.isShell ? "the command has no line for the shell" : "the command does not name a program")
    }
    if value.utf8.contains(0) || command.arguments.contains(where: { $0.utf8.contains(0) }) {
      throw .invalid("the command \(value.debugDescription) contains NUL")
    }
    if command.isShell { return .shell(value) }
    return .exec(path: value, arguments: command.arguments.isEmpty ? [value] : command.arguments)
  }

  /// The user to run as; nil for the agent's own.
  private func user(
    of command: CommandInfo, _ framework: Shared<FrameworkInfo>
  ) throws(LaunchRefusal) -> String? {
    let user = command.user ?? framework.value.user
    let principal = framework.value.principal.map { Principal($0) }
    guard configuration.authorizer.isAllowed(principal, .runTask, on: .user(user)) else {
      throw LaunchRefusal(
        state: .error, reason: .taskUnauthorized,
        message: "framework \(framework.value.name) may not run tasks as user \(user.debugDescription)")
    }
    return configuration.switchUser && !user.isEmpty ? user : nil
  }
}
