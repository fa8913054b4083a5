// Oversubscription: resources beyond the agent's own are given away as long as nobody else needs them, and taken back.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// How the agent stands with what it oversubscribes.
struct Oversubscription: Codable, Sendable {
  private var estimatorSlot: EstimatorSlot
  private var controllerSlot: ControllerSlot
  var meter = UsageMeter()
  /// All that is oversubscribed, allocated or not; nil before the first estimate.
  var total: Resources?
  /// Whether estimates and corrections are made, which they are from the first registration on.
  var hasBegun = false
  /// What the measurement that is awaited is for.
  var wantsEstimate = false
  var wantsCorrections = false
  var isMeasuring = false

  init(_ configuration: AgentConfiguration) {
    self.estimatorSlot = EstimatorSlot(configuration.resourceEstimator)
    self.controllerSlot = ControllerSlot(configuration.qosController)
  }

  var estimator: (any ResourceEstimator)? {
    get { estimatorSlot.value }
    set { estimatorSlot.value = newValue }
  }
  var controller: (any QoSController)? {
    get { controllerSlot.value }
    set { controllerSlot.value = newValue }
  }
}

extension Agent {
  /// What the framework of a task hears that was taken back, if it can tell that from a loss.
  private static let preemption = "Container preempted by QoS correction"

  /// The master has the agent: it is told of the estimate, also if that is the same as before.
  mutating func resumeOversubscription<E: AgentEffects>(_ effects: inout E) {
    if oversubscription.hasBegun { return tellOversubscribed(&effects) }
    oversubscription.hasBegun = true
    if oversubscription.estimator != nil { estimateIsDue(&effects) }
    if oversubscription.controller != nil { correctionIsDue(&effects) }
  }

  mutating func estimateIsDue<E: AgentEffects>(_ effects: inout E) {
    oversubscription.wantsEstimate = true
    measure(&effects)
  }

  mutating func correctionIsDue<E: AgentEffects>(_ effects: inout E) {
    oversubscription.wantsCorrections = true
    measure(&effects)
  }

  private mutating func measure<E: AgentEffects>(_ effects: inout E) {
    guard case .running = phase, !oversubscription.isMeasuring else { return }
    oversubscription.isMeasuring = true
    effects.measureUsage(of: usage().executors.map(\.containerID))
  }

  /// The host has measured.
  mutating func measured<E: AgentEffects>(_ sample: MachineUsage, at time: Time, _ effects: inout E) {
    oversubscription.isMeasuring = false
    guard case .running = phase else { return }
    var usage = usage()
    usage.load = sample.load
    let used = oversubscription.meter.take(sample, at: time.monotonic)
    for index in usage.executors.indices {
      usage.executors[index].used = used[usage.executors[index].containerID]
    }
    if oversubscription.wantsCorrections {
      oversubscription.wantsCorrections = false
      deadlines.add(.correction, at: time.monotonic + configuration.qosCorrectionPause)
      for correction in oversubscription.controller?.corrections(usage) ?? [] {
        carryOut(correction, at: time, &effects)
      }
    }
    if oversubscription.wantsEstimate {
      oversubscription.wantsEstimate = false
      deadlines.add(.estimate, at: time.monotonic + configuration.oversubscriptionPause)
      estimate(usage, &effects)
    }
  }

  /// What is allocated here, and to whom.
  func usage() -> ResourceUsage {
    var usage = ResourceUsage(total: total)
    tasks.entries.visit { _, task in
      guard let containerID = task.command?.containerID, let executorID = task.executorID else { return }
      usage.executors.append(
        ResourceUsage.Executor(
          frameworkID: task.key.frameworkID, executorID: executorID, containerID: containerID,
          allocated: task.allocated))
    }
    executors.entries.visit { _, executor in
      var allocated = executor.holdsResources ? executor.info.resources : Resources()
      for key in tasks.keys(of: executor.tasks) { allocated += tasks[key]?.allocated ?? Resources() }
      usage.executors.append(
        ResourceUsage.Executor(
          frameworkID: executor.name.frameworkID, executorID: executor.name.executorID,
          containerID: executor.containerID, allocated: allocated.allocated(to: nil)))
    }
    return usage
  }

  // MARK: Estimates

  private mutating func estimate<E: AgentEffects>(_ usage: ResourceUsage, _ effects: inout E) {
    guard let estimate = oversubscription.estimator?.oversubscribable(usage) else { return }
    // What is allocated counts as long as it is.
    let total = usage.allocatedRevocable + estimate.allocated(to: nil).madeRevocable
    if total == oversubscription.total { return }
    oversubscription.total = total
    tellOversubscribed(&effects)
  }

  private func tellOversubscribed<E: AgentEffects>(_ effects: inout E) {
    guard let total = oversubscription.total, let session = connection.registeredSession else { return }
    effects.log(.info, "oversubscribed in all: \(total.isEmpty ? "nothing" : total.description)")
    effects.send(.agentMessage(.updateOversubscribed(total)), to: session)
  }

  // MARK: Corrections

  private mutating func carryOut<E: AgentEffects>(
    _ correction: QoSCorrection, at time: Time, _ effects: inout E
  ) {
    guard case .kill(let frameworkID, let executorID, let containerID) = correction else { return }
    switch containers[containerID] {
    case .task(let key)
    where tasks[key]?.key.frameworkID == frameworkID && tasks[key]?.executorID == executorID:
      preempt(command: key, containerID, at: time, &effects)
    case .executor(let key) where executors[key]?.name == ExecutorName(frameworkID, executorID):
      preempt(executor: key, containerID, &effects)
    default:
      effects.log(
        .warning,
        "not ending executor \(executorID) of framework \(frameworkID): it does not run in \(containerID)")
    }
  }

  private mutating func preempt<E: AgentEffects>(
    command key: TaskTable.Key, _ containerID: String, at time: Time, _ effects: inout E
  ) {
    guard let framework = tasks[key]?.framework, !isTerminating(framework),
      tasks[key]?.command?.isPreempted == false
    else { return }
    tasks.update(key) {
      $0.command?.isPreempted = true
      $0.command?.kill = KillEscalation(grace: .zero, at: time.monotonic)
    }
    rememberKill(key, RecordedKill(.preempted, gracePeriod: 0))
    endContainer(containerID, of: tasks[key]?.executorID, &effects)
  }

  private mutating func preempt<E: AgentEffects>(
    executor key: ExecutorTable.Key, _ containerID: String, _ effects: inout E
  ) {
    guard let executor = executors[key], executor.state != .terminating, !isTerminating(executor.framework)
    else { return }
    let state = frameworks[executor.framework]?.preempted ?? .lost
    executors.update(key) {
      $0.state = .terminating
      $0.verdict = AgentExecutor.Verdict(
        state: state, reason: .containerPreempted, message: Self.preemption)
    }
    remember(.executorEnds(executor.name.record))
    endContainer(containerID, of: executor.name.executorID, &effects)
  }

  private mutating func endContainer<E: AgentEffects>(
    _ containerID: String, of executor: ExecutorID?, _ effects: inout E
  ) {
    metrics.executorsPreempted += 1
    effects.log(.info, "ending \(executor?.value ?? "?"): others need the resources that it runs on")
    endContainer(containerID, grace: .zero, &effects)
  }

  /// Reports the end of a command that was taken its resources; false if it had ended by itself before.
  mutating func reportPreemption<E: AgentEffects>(
    _ key: TaskTable.Key, _ command: CommandRun, _ end: ContainerEnd, at time: Time, _ effects: inout E
  ) -> Bool {
    guard command.isPreempted, let framework = tasks[key]?.framework else { return false }
    if case .ended(.exited) = end {
      return false
    }
    marks.insert(.commandPreempted)
    report(
      key, frameworks[framework]?.preempted ?? .lost, .agent, reason: .containerPreempted,
      message: Self.preemption, at: time, &effects)
    return true
  }
}

extension AgentTask {
  /// What it holds, at rest.
  fileprivate var allocated: Resources {
    holdsResources ? info?.resources.allocated(to: nil) ?? Resources() : Resources()
  }
}

extension AgentFramework {
  /// How a task is called that was taken its resources.
  fileprivate var preempted: TaskState { isPartitionAware ? .gone : .lost }
}

extension AgentConfiguration {
  /// No measurement is worth being made more often.
  private static let shortestPause = Span.milliseconds(10)

  fileprivate var oversubscriptionPause: Span { max(oversubscribedResourcesInterval, Self.shortestPause) }

  /// Zero, the default, leaves it to the controllers, who all look at what changes in seconds.
  fileprivate var qosCorrectionPause: Span {
    qosCorrectionInterval > .zero ? max(qosCorrectionInterval, Self.shortestPause) : .seconds(1)
  }
}
