// The agent's state machine: its parts, and who gets which input.

public import MesetaModel
public import MesetaProtocol
public import MesetaRuntime

/// The agent of one machine: it offers the machine's resources to a master, runs what it is told to in containers,
/// and reports what became of it until that is acknowledged.
///
/// It is a pure state machine. A host gives it inputs and performs its effects; it has to be woken at ``nextWake``,
/// the first time at once.
public struct Agent: Codable, Sendable {
  /// Whether the agent works or is on its way out.
  enum Phase: Codable, Sendable {
    case running
    /// Everything is being killed. `unregisters`: the agent's own wish, so that tasks are still reported on.
    case stopping(unregisters: Bool)
    case exited
  }

  /// What the agent knows of a session.
  struct PeerSession: Codable, Sendable {
    var peer: Peer
    /// The executor that has subscribed through it.
    var executor: ExecutorTable.Key?
  }

  /// Who a container belongs to.
  enum ContainerOwner: Codable, Sendable {
    case task(TaskTable.Key)
    case executor(ExecutorTable.Key)
  }

  /// What comes due, apart from updates to send again and the master's pings.
  enum Deadline: Codable, Sendable {
    case executorRegistration(ExecutorTable.Key)
    case executorShutdown(ExecutorTable.Key)
    /// For all executors of an earlier life.
    case executorReregistration
    case diskWatch
    case taskCompletion(TaskTable.Key)
    case estimate
    case correction
    case exit
  }

  let configuration: AgentConfiguration
  let layout: SandboxLayout
  let volumeLayout: VolumeLayout
  let maxCompletedRuns: Int
  /// With the agent's id, once it has one.
  private(set) var info: AgentInfo {
    didSet { idText = info.id?.value }
  }
  /// The agent's id, for the environment of each container.
  private(set) var idText: String?
  var phase = Phase.running
  var generator: SeededGenerator
  var connection: MasterConnection
  var sessions: [SessionID: PeerSession] = [:]
  var frameworks = FrameworkTable()
  var tasks = TaskTable()
  var executors = ExecutorTable()
  var containers = TextTable<String, ContainerOwner>()
  /// All that there is, at rest: what the agent was set up with, in the form that operations gave it.
  var total: Resources
  /// What no task and no executor uses; shared volumes are part of it also while they are used.
  var available: Resources
  /// Names this state of the resources. It changes when the master may think them to be others: operations that it made
  /// for an earlier one are dropped.
  var resourceVersion: UUID
  /// The resource versions come from a generator of their own, so that what else is random does not depend on how often
  /// the agent registers.
  var versions: SeededGenerator
  /// The session for which the present version was made.
  private var versionSession: SessionID?
  /// The executors that ended while a master had not answered the registration, which may name them.
  var untoldEnds: [ExecutorEnd] = []
  var operations = OperationTable()
  var operationResends: ResendSchedule<OperationTable.Key>
  /// Whose directories the next checkpoint has removed.
  var removedVolumes: [PlacedVolume] = []
  var resends: ResendSchedule<TaskTable.Key>
  var deadlines = Deadlines<Deadline>()
  /// How the agent is being drained; nil once it has no tasks. An executor without tasks does not keep it from that.
  var drainConfig: DrainConfig?
  /// How many tasks the agent reports on without having accepted them.
  var strangers = 0
  var oversubscription: Oversubscription
  /// What has been counted in this life of the agent.
  public internal(set) var metrics = AgentMetrics()
  /// The rare branches that it has been through.
  public internal(set) var marks = Marks<AgentMark>()
  /// What the master sent before the agent's id was written down.
  private(set) var deferred: [MasterMessage] = []
  var checkpoints = CheckpointWriter()
  var recorder: RecordWriter
  var garbage = SandboxGarbage()
  /// The sandboxes of earlier lives are among the garbage.
  var hasListedSandboxes = false
  /// While the agent takes up what an earlier life has left; it registers after.
  var recovery: Recovery?

  /// - Parameters:
  ///   - seed: a fresh one for each life of the process; identifiers and waits are drawn from it.
  ///   - checkpoint: what an earlier life of the agent wrote down last, if there was one.
  ///   - memory: what the records of earlier lives make up. If there is anything, the agent waits to be told which containers are
  ///     there (``AgentLocalInput/recovered(_:afterReboot:)``).
  /// - Throws: ``IncompatibleResources`` if the agent is set up without what it has made reservations and volumes of, or without
  ///   what its tasks use.
  public init(
    configuration: AgentConfiguration, seed: UInt64, checkpoint: AgentCheckpoint?,
    memory: AgentMemory = AgentMemory()
  ) throws(IncompatibleResources) {
    let resources = checkpoint?.resources ?? Resources()
    self.total = try configuration.info.resources.applying(checkpointed: resources)
    self.configuration = configuration
    self.layout = SandboxLayout(workDirectory: configuration.workDirectory)
    self.volumeLayout = VolumeLayout(workDirectory: configuration.workDirectory)
    self.maxCompletedRuns = configuration.maxCompletedExecutorsPerFramework
    self.info = configuration.info
    self.info.id = checkpoint?.agentID
    self.idText = checkpoint?.agentID.value
    self.generator = SeededGenerator(seed: seed)
    self.connection = MasterConnection(backoffFactor: configuration.registrationBackoffFactor)
    self.available = total
    self.versions = SeededGenerator(seed: ~seed)
    self.resourceVersion = versions.nextUUID()
    self.resends = ResendSchedule(configuration.statusUpdateRetryInterval)
    self.oversubscription = Oversubscription(configuration)
    self.operationResends = ResendSchedule(configuration.statusUpdateRetryInterval)
    self.recorder = RecordWriter(isOn: configuration.checkpointsTasks)
    for record in checkpoint?.operations ?? [] {
      operations.insert(AgentOperation(record, checkpoint: nil))
    }
    try recall(memory)
    if configuration.diskWatchInterval != nil { deadlines.add(.diskWatch, at: .zero) }
  }

  /// When the agent wants to be woken next; `.never` once it has asked to exit.
  public var nextWake: Instant {
    if case .exited = phase { return .never }
    let connection = recovery == nil ? connection.nextWake : .never
    return min(connection, deadlines.next, resends.nextWake, operationResends.nextWake)
  }

  /// The id that the master gave the agent, if it has.
  public var id: AgentID? { info.id }

  /// Takes one input. The effects are to be performed in their order.
  public mutating func handle<E: AgentEffects>(_ input: AgentInput, at time: Time, _ effects: inout E) {
    if case .exited = phase {
      if case .received(_, let request, _) = input { respondLate(request, &effects) }
      return
    }
    switch input {
    case .received(let session, let request, let message):
      received(message, request, from: session, at: time, &effects)
    case .local(.container(let event)):
      handle(event, at: time, &effects)
    case .local(.stored(let token)):
      if checkpoints.stored(token) {
        perform(connection.stored(), at: time, &effects)
        replayDeferred(at: time, &effects)
      }
      tellStored(token, at: time, &effects)
    case .local(.recorded(let token)):
      recorded(token, at: time, &effects)
    case .local(.recovered(let containerIDs, let afterReboot)):
      recovered(containerIDs, afterReboot: afterReboot, at: time, &effects)
    case .local(.disk(let sample)):
      measured(sample, at: time, &effects)
    case .local(.removedSandboxes(let problems)):
      removedSandboxes(problems, &effects)
    case .local(.usage(let usage)):
      measured(usage, at: time, &effects)
    case .local(.stop):
      stop(at: time, &effects)
    case .opened(let session, let peer):
      open(session, peer, at: time, &effects)
    case .closed(let session, let reason):
      close(session, reason: reason, at: time, &effects)
    case .connectFailed(let reason):
      effects.log(.info, "no master yet: \(reason)")
      connection.connectFailed(at: time.monotonic, &generator)
    case .wake:
      wake(at: time, &effects)
    case .endOfBatch:
      writeCheckpointIfStale(&effects)
      if recorder.isOn { endRecords(&effects) }
    }
  }

  /// Takes a message, as ``handle(_:at:_:)`` does; without an input around it, which would be copied.
  public mutating func received<E: AgentEffects>(
    _ message: consuming Message, _ request: RequestID, from session: SessionID, at time: Time,
    _ effects: inout E
  ) {
    if case .exited = phase { return respondLate(request, &effects) }
    guard session == connection.session else {
      return receive(message, request, from: session, at: time, &effects)
    }
    switch consume message {
    case .masterMessage(let message): receive(message, at: time, &effects)
    case let other: receive(other, request, from: session, at: time, &effects)
    }
  }

  private func respondLate<E: AgentEffects>(_ request: RequestID, _ effects: inout E) {
    if request == .none { return }
    effects.respond(request, .failed(CallError(.unavailable, "the agent has ended")))
  }

  private mutating func wake<E: AgentEffects>(at time: Time, _ effects: inout E) {
    let now = time.monotonic
    if recovery == nil { perform(connection.wake(at: now, &generator), at: time, &effects) }
    while let deadline = deadlines.takeDue(now) {
      switch deadline {
      case .executorRegistration(let key): executorDidNotRegister(key, at: time, &effects)
      case .executorShutdown(let key): executorDidNotEnd(key, at: time, &effects)
      case .executorReregistration: executorsDidNotReturn(at: time, &effects)
      case .diskWatch: watchDisk(at: time, &effects)
      case .taskCompletion(let key): taskRanTooLong(key, at: time, &effects)
      case .estimate: estimateIsDue(&effects)
      case .correction: correctionIsDue(&effects)
      case .exit: leave(at: time, &effects)
      }
    }
    while let (key, due) = resends.takeDue(now) {
      guard tasks.isDue(key, at: due) else { continue }
      marks.insert(.updateResent)
      forward(key, at: time, &effects)
    }
    // Most have long been acknowledged.
    if resends.nextWake != .never { resends.dropNext { [tasks] in tasks.isDue($0, at: $1) } }
    while let (key, due) = operationResends.takeDue(now) {
      guard operations.isDue(key, at: due) else { continue }
      marks.insert(.operationResent)
      tell(key, at: time, &effects)
    }
  }

  // MARK: The master

  /// Does what the connection to the master asks for.
  mutating func perform<E: AgentEffects>(
    _ action: MasterConnection.Action, at time: Time, _ effects: inout E
  ) {
    switch action {
    case .nothing: break
    case .connect: effects.connect()
    case .register(let session): register(session, &effects)
    case .resume:
      resumeExecutorEnds(&effects)
      resumeUpdates(at: time, &effects)
      resumeOperations(at: time, &effects)
      resumeOversubscription(&effects)
    case .close(let session, let reason):
      marks.insert(.masterSilent)
      effects.log(.warning, "closing the session with the master: \(reason)")
      sessions[session] = nil
      masterIsGone()
      effects.close(session, reason: reason)
    }
  }

  /// What was sent has to be sent again once a master is there; what came is void.
  mutating func masterIsGone() {
    deferred = []
    untoldEnds = []
    for place in 0..<tasks.capacity {
      if let key = tasks.key(at: place) { tasks.update(key) { $0.updates.pause() } }
    }
    operations.pauseAll()
  }

  private mutating func register<E: AgentEffects>(_ session: SessionID, _ effects: inout E) {
    if versionSession != session {
      versionSession = session
      resourceVersion = versions.nextUUID()
    } else {
      marks.insert(.registrationRetried)
    }
    let message: AgentMessage = info.id == nil ? .register(registration) : .reregister(reregistration)
    effects.send(.agentMessage(message), to: session)
  }

  private var registration: AgentRegistration {
    AgentRegistration(
      info, version: configuration.version, capabilities: configuration.capabilities,
      nativeAddress: configuration.nativeAddress, checkpointedResources: total.checkpointed,
      resourceVersion: resourceVersion)
  }

  /// Everything of frameworks that are not on their way out.
  package var reregistration: AgentReregistration {
    var records: [TaskRecord] = []
    var executorInfos: [ExecutorInfo] = []
    var owners: [FrameworkTable.Key] = []
    var known: Set<FrameworkTable.Key> = []
    func own(_ framework: FrameworkTable.Key) {
      if known.insert(framework).inserted { owners.append(framework) }
    }
    tasks.entries.visit { _, task in
      guard let info = task.info, frameworks[task.framework]?.isTerminating == false else { return }
      own(task.framework)
      records.append(
        TaskRecord(
          task.key.frameworkID, info, state: task.state, statusUpdateState: task.updates.current?.state,
          statusUpdateUUID: task.updates.current?.uuid))
    }
    executors.entries.visit { _, executor in
      guard frameworks[executor.framework]?.isTerminating == false else { return }
      own(executor.framework)
      executorInfos.append(executor.info)
    }
    return AgentReregistration(
      registration, tasks: records, executors: executorInfos,
      frameworks: owners.compactMap { frameworks[$0]?.info ?? nil }, operations: operations.records)
  }

  /// The master has given the agent an id.
  mutating func registered<E: AgentEffects>(
    _ id: AgentID, pingTimeout: Int64, at time: Time, _ effects: inout E
  ) {
    if let known = info.id, known != id {
      return exitAsStranger(known, id, &effects)
    }
    if info.id == nil {
      effects.log(.info, "registered as agent \(id)")
      info.id = id
      writeCheckpoint(isIdentity: true, &effects)
    }
    let action = connection.admitted(
      pingTimeout: pingTimeout, isStored: checkpoints.identity == nil, at: time.monotonic)
    perform(action, at: time, &effects)
  }

  /// The master has the agent back.
  mutating func reregistered<E: AgentEffects>(
    _ id: AgentID, pingTimeout: Int64, reconcile: AgentReconciliation, at time: Time, _ effects: inout E
  ) {
    if info.id != id {
      return exitAsStranger(info.id, id, &effects)
    }
    effects.log(.info, "re-registered as agent \(id)")
    let action = connection.admitted(
      pingTimeout: pingTimeout, isStored: checkpoints.identity == nil, at: time.monotonic)
    perform(action, at: time, &effects)
    answer(reconcile, at: time, &effects)
  }

  /// The master believes in these, which the agent did not name: it may have sent them meanwhile, or they are gone.
  private mutating func answer<E: AgentEffects>(
    _ reconcile: AgentReconciliation, at time: Time, _ effects: inout E
  ) {
    for framework in reconcile.frameworks {
      if let id = framework.id { rememberFramework(frameworks.admit(id, framework)) }
    }
    for task in reconcile.tasks {
      if let framework = frameworks.find(task.frameworkID), tasks.find(task.taskID, of: framework) != nil {
        marks.insert(.missingTaskKnown)
        continue
      }
      marks.insert(.missingTaskUnknown)
      reportStranger(
        task, reason: .reconciliation, message: "Reconciliation: the agent does not know the task", at: time,
        &effects)
    }
    for executor in reconcile.executors {
      let name = ExecutorName(executor.frameworkID, executor.executorID)
      guard executors.find(name) == nil else { continue }
      marks.insert(.missingExecutorUnknown)
      tellMaster(hasEnded: name, status: -1, &effects)
    }
    if let session = connection.session { answer(reconcile.operations, to: session, &effects) }
  }

  /// A master that takes this agent for another would have its tasks confused.
  private mutating func exitAsStranger<E: AgentEffects>(_ known: AgentID?, _ id: AgentID, _ effects: inout E)
  {
    effects.log(
      .error,
      "the master calls this agent \(id), but it is \(known?.value ?? "not registered"): exiting; "
        + "two agents may share one work directory")
    exit(&effects)
  }

  mutating func exit<E: AgentEffects>(_ effects: inout E) {
    phase = .exited
    connection.stop()
    effects.exit()
  }

  /// Keeps a message of the master until the agent's id is on disk.
  mutating func keepForLater(_ message: consuming MasterMessage) {
    marks.insert(.messageBeforeIDIsWritten)
    deferred.append(message)
  }

  private mutating func replayDeferred<E: AgentEffects>(at time: Time, _ effects: inout E) {
    let messages = deferred
    deferred = []
    for message in messages { receive(message, at: time, &effects) }
  }
}
