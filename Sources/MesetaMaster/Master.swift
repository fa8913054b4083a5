public import MesetaAllocator
public import MesetaModel
import MesetaProtocol
public import MesetaRuntime

/// The master: it knows the agents and the frameworks of a cluster, offers the resources of the ones to the others
/// and passes on what they have to say to each other.
///
/// It is a state machine: a host hands it inputs with their time, and performs the effects it asks for. It is made
/// of smaller ones (``Allocator``, the book of offers, the pings, the writes to the registry) between which it
/// routes; the files `Master+….swift` hold one concern each.
public struct Master: Codable, Sendable {
  public let configuration: MasterConfiguration
  /// What frameworks and agents are told of the master.
  public let info: MasterInfo
  let startTime: Time
  let authorizer: Authorizer
  var generator: SeededGenerator
  public internal(set) var metrics = MasterMetrics()
  package internal(set) var counters = Counters<MasterCounter>()
  /// By how and why.
  package internal(set) var taskEnds: [TaskEndCount] = []
  /// By the index of the framework; beside its entry, which is often copied.
  var frameworkCounters: [Counters<FrameworkCounter>] = []
  var principalCalls = PrincipalCalls()
  /// The rare branches that it has been through.
  public internal(set) var marks = Marks<MasterMark>()
  /// The same of its allocator.
  public var allocatorMarks: Marks<AllocatorMark> { allocator.marks }

  var allocator: Allocator
  var sessions = RecentTable<SessionID, Session>()

  var agents = SlotMap<AgentEntry>()
  /// Look-up only, as all dictionaries here: what is iterated are the slot maps.
  var agentsByID: [AgentID: AgentKey] = [:]
  /// The agents by their account in the allocator.
  var agentsByAccount: [AgentKey?] = []
  var nextAgentNumber = 0
  /// The agents of earlier masters that have not come back.
  var absentAgents = AbsentAgents()
  /// Whether an agent that is not here, unreachable or absent is none of an earlier master's either.
  var knowsAllAgents = false
  /// The agents that are to be marked unreachable.
  var removals: RemovalQueue
  /// The agents that went unreachable, with the time.
  var unreachableAgents: BoundedHistory<AgentID, Int64>
  var registry = RegistryWriter()
  /// What was set for roles and is written down.
  var roleSettings = RoleSettings()
  /// The same with what is being written down.
  var decidedSettings = RoleSettings()

  /// What operators decided about machines and agents, and is written down.
  var maintenance = MaintenanceState()
  /// The same with what is being written down.
  var decidedMaintenance = MaintenanceState()
  /// Agents that are being drained and may have nothing left.
  var drainChecks: [AgentKey] = []

  var frameworks = SlotMap<FrameworkEntry>()
  var frameworksByID = RecentTable<FrameworkID, FrameworkKey>()
  var frameworksByAccount: [FrameworkKey?] = []
  var nextFrameworkNumber = 0
  var completedFrameworks: BoundedHistory<FrameworkID, CompletedFramework>
  /// When frameworks were removed; nanoseconds since the Unix epoch. Remembered for longer than what they were: an agent that was
  /// cut off when its framework was removed brings its tasks back, and they are not to bring the framework back.
  var removedFrameworks = BoundedHistory<FrameworkID, Int64>(limit: 10_000)

  var tasks = SlotMap<TaskEntry>()
  var operations = OperationLedger()
  var offers: OfferBook
  var offersByFramework = OfferGroups()
  /// Empty but during an allocation run.
  var allocations: [Allocation] = []
  var inverseOffers = InverseOfferBook()
  var demands = DemandBook()
  var allocation = AllocationSchedule()
  var reconciliations = ReconciliationQueue()
  var deadlines = Deadlines<Deadline>()

  /// Somebody who is connected, and what they turned out to be.
  struct Session: Codable, Sendable {
    enum Binding: Hashable, Codable, Sendable {
      case nobody
      case framework(FrameworkKey)
      /// The agent's registration is being written down.
      indirect case registering(AgentID)
      case agent(AgentKey)
    }

    let role: PeerRole
    var binding = Binding.nobody
    /// Boxed, because the session is looked at for every message.
    private let boxedPeer: Shared<Peer>

    var peer: Peer { boxedPeer.value }

    init(peer: Peer) {
      role = peer.role
      boxedPeer = Shared(peer)
    }
  }

  /// What has to be done at a time.
  enum Deadline: Hashable, Codable, Sendable {
    case ping(AgentKey)
    /// The framework had its time to come back from this disconnection.
    case failover(FrameworkKey, disconnection: UInt64)
    case heartbeat(FrameworkKey)
    /// The agents of the master before had their time to come back.
    case agentReturn
    case registryPruning
  }

  /// Starts a master. Everything it draws, its id too, comes from `seed`, which has to be fresh for each
  /// incarnation.
  ///
  /// - Parameter registry: what the masters before it wrote down.
  public init(
    configuration: MasterConfiguration = MasterConfiguration(), seed: UInt64, at time: Time,
    registry: RegistryState = RegistryState(), authorizer: Authorizer = .permitAll
  ) {
    self.configuration = configuration
    self.authorizer = authorizer
    self.startTime = time
    self.generator = SeededGenerator(seed: seed)
    let id = UUID(random: generator.next(), generator.next()).description
    self.info = MasterInfo(
      id: id, hostname: configuration.hostname, ip: configuration.ip, port: configuration.port,
      version: Version.current, domain: configuration.allocator.domain)
    self.allocator = Allocator(configuration.allocator, seed: generator.next())
    self.offers = OfferBook(prefix: id)
    self.unreachableAgents = BoundedHistory(limit: 102_400)
    self.removals = RemovalQueue(interval: configuration.agentRemovalInterval)
    self.completedFrameworks = BoundedHistory(limit: configuration.maxCompletedFrameworks)
    recover(registry)
  }

  /// When the master next has to be woken; `.never` if nothing is due.
  public var nextWake: Instant {
    if !reconciliations.isEmpty { return .zero }
    return min(
      deadlines.next, removals.nextWake, offers.nextExpiry, allocation.nextRun(allocator.nextWake))
  }

  /// The same as ``nextWake``, looked up in place: what is not mutating is handed a copy of the whole master.
  package mutating func lookUpNextWake() -> Instant {
    if !reconciliations.isEmpty { return .zero }
    return min(
      deadlines.next, removals.nextWake, offers.nextExpiry, allocation.nextRun(allocator.lookUpNextWake()))
  }

  /// Handles one input.
  public mutating func handle<E: MasterEffects>(
    _ input: MasterInput, at time: Time, _ effects: inout E
  ) {
    switch input {
    case .opened(let session, let peer):
      sessions[session] = Session(peer: peer)
    case .closed(let session, let reason):
      closed(session, reason: reason, at: time, &effects)
    case .received(let session, let request, let message):
      received(message, request, from: session, at: time, &effects)
    case .local(.stored(let token)):
      stored(token, at: time, &effects)
    case .wake:
      runDeadlines(at: time, &effects)
    case .endOfBatch:
      finishDrains(at: time, &effects)
      answerReconciliations(at: time, &effects)
      runAllocation(at: time, &effects)
    case .connectFailed:
      break  // A master opens no sessions.
    }
  }

  private mutating func runDeadlines<E: MasterEffects>(at time: Time, _ effects: inout E) {
    while let deadline = deadlines.takeDue(time.monotonic) {
      switch deadline {
      case .ping(let agent): pingElapsed(agent, at: time, &effects)
      case .failover(let framework, let disconnection):
        failoverElapsed(framework, disconnection: disconnection, at: time, &effects)
      case .heartbeat(let framework): heartbeatElapsed(framework, at: time, &effects)
      case .agentReturn: agentReturnElapsed(at: time, &effects)
      case .registryPruning: pruneRegistry(at: time, &effects)
      }
    }
    removeUnreachableAgents(at: time, &effects)
    expireOffers(at: time, &effects)
  }

  private mutating func closed<E: MasterEffects>(
    _ session: SessionID, reason: String, at time: Time, _ effects: inout E
  ) {
    guard let entry = sessions.removeValue(forKey: session) else { return }
    switch entry.binding {
    case .framework(let framework): disconnect(framework, reason: reason, at: time, &effects)
    case .agent(let agent): disconnect(agent, reason: reason, at: time, &effects)
    case .registering, .nobody: break
    }
  }
}
