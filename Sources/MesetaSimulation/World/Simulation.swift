// A whole cluster in one value: nodes, network, time, and what goes wrong.

public import MesetaAgent
public import MesetaFramework
public import MesetaMaster
public import MesetaModel
package import MesetaProtocol
public import MesetaRuntime

/// A simulated cluster: a master, agents and frameworks, the state machines that also run in production, in virtual
/// time. All that is left to chance follows from the seed.
///
///     var world = Simulation(seed, faults: .swarm)
///     world.add(agents: 5, "cpus:4;mem:4096")
///     let batch = world.add(Batch())
///     world.send(.submit(commands), to: batch)
///     world.at(.seconds(30)) { $0.crash(.agent(2), disk: .lost) }
///     try world.run(until: { $0.finishedTasks(of: batch) == 100 }, within: .minutes(30))
///
/// Commands of tasks are plans for simulated processes: `run 5s`, `exit 3`, `hold`, `hang` (see the words in
/// `CommandPlan`).
public struct Simulation {
  /// What everything random is drawn from.
  public let seed: Seed
  /// What goes wrong, and how often.
  public let faults: Faults
  /// How often everything that must hold is checked: after every so many batches of any nodes.
  public var checkInterval = 1000
  /// Sees everything that happens, as it happens. For scripts and for debugging.
  package var observe: ((Instant, Observation) -> Void)?
  /// Whether processes use processors: some none, some half of one, one, or more.
  var processesAreBusy = false

  var events = EventQueue()
  /// Virtual time since the start.
  public internal(set) var now = Instant.zero
  /// What has happened.
  public internal(set) var trace: Trace
  /// What has happened, in numbers.
  public internal(set) var statistics = Statistics()
  /// The faults that struck by chance, in order.
  public internal(set) var injectedFaults: [FaultID] = []
  /// How many faults of each kind there would have been, had none been left out.
  var faultNumbers = [Int](repeating: 0, count: FaultKind.allCases.count)
  /// What each kind of fault draws.
  var faultStreams: [SeededGenerator]
  var nodes: [Node] = []
  var agents: [NodeID] = []
  var frameworks: [NodeID] = []
  private(set) var masters: [NodeID] = []
  var election = Election(leader: NodeID(index: 0))
  /// What the masters have written down.
  var registry = RegistryState(isComplete: true)
  var links = LinkTable()
  var lastRequest: UInt64 = 0
  /// What is blocked, with the numbers of the blockages.
  var blocked: [Direction: [Int]] = [:]
  var blockages = 0
  var plans: [Int: (inout Simulation) -> Void] = [:]
  /// How many messages were delivered, and how many may be.
  var deliveries = 0
  package var mostDeliveries = Int.max
  var lastPlan = 0
  var checks = Checks()
  var byteTrip = ByteTrip()
  /// Whether the event that happens is the last of its instant, and no node has been told anything at this instant.
  var isAlone = false
  /// The nodes of the batch that is being collected, in the order they were reached.
  var touched: [NodeID] = []
  /// The nodes of the batch that is being handled, and what the one whose turn it is was told and asks for.
  var reached: [NodeID] = []
  var batch: [NodeInput<Local>] = []
  var outbox = Outbox()

  /// The rare branches of lives that are over.
  private(set) var pastMarks = NodeMarks()

  let isRecording: Bool
  /// The command that repeats the run.
  let replay: String

  /// - Parameters:
  ///   - master: How the masters are configured.
  ///   - masters: How many there are; one of them leads, and when it is gone the next one takes over.
  ///   - isRecording: Whether the inputs and effects of master and agents are kept for a replay.
  ///   - test: The test that fails if the simulation does, for the command that repeats it: the function that makes the
  ///     simulation, unless another is named.
  public init(
    _ seed: Seed, faults plan: FaultPlan = .none, master: MasterConfiguration = MasterConfiguration(),
    masters count: Int = 1, isRecording: Bool = false, test: String = #function
  ) {
    self.replay = "MESETA_SEED=\(seed) swift test --filter \(test.prefix { $0 != "(" })"
    self.seed = seed
    self.faultStreams = FaultKind.allCases.map { seed.generator(for: .faults, UInt64($0.rawValue)) }
    self.trace = Trace()
    if SimulationFailure.showsEvents { trace.keeps = nil }
    self.isRecording = isRecording
    switch plan {
    case .fixed(let faults): self.faults = faults
    case .swarm: self.faults = Self.drawFaults(seed, without: [])
    case .swarmWithout(let kinds): self.faults = Self.drawFaults(seed, without: kinds)
    }
    for number in 0..<max(count, 1) { addMaster(master, number, of: count) }
    scheduleFaults()
  }

  private static func drawFaults(_ seed: Seed, without kinds: Set<FaultKind>) -> Faults {
    var random = seed.generator(for: .swarm)
    var faults = Faults.swarm(&random)
    faults.excluded = kinds
    return faults
  }

  private mutating func addMaster(_ configuration: MasterConfiguration, _ number: Int, of count: Int) {
    let name = count > 1 ? "master\(number)" : "master"
    let id = addNode(name, .master, server: .nobody) { [isRecording] disk, seed, time in
      MasterMachine(configuration, seed: seed, at: time, registry: disk.registry, isRecording: isRecording)
    }
    masters.append(id)
    if number > 0 { nodes[id.index].machine = Standby() }
  }

  /// What the clocks on the wall show first: the first moment of 2026, in nanoseconds since the Unix epoch.
  package static let startOfTime: Int64 = 1_767_225_600_000_000_000

  // MARK: Setting up

  /// Adds agents with those resources. They start at once.
  ///
  /// - Precondition: The text is one of resources, such as `cpus:4;mem:4096`.
  public mutating func add(agents count: Int, _ resources: Resources) {
    for _ in 0..<count {
      let name = "agent\(agents.count)"
      add(agent: name, AgentInfo(hostname: name, resources: resources))
    }
  }

  /// Adds one agent.
  @discardableResult
  public mutating func add(
    agent name: String, _ info: AgentInfo, configure: (inout AgentConfiguration) -> Void = { _ in }
  ) -> NodeID {
    var configuration = AgentConfiguration(info: info, workDirectory: "/work")
    configuration.checkpointsTasks = true
    configure(&configuration)
    let id = addNode(name, .agent, server: .leader) { [configuration, isRecording] disk, seed, time in
      do throws(IncompatibleResources) {
        return try AgentMachine(
          configuration, seed: seed, at: time, checkpoint: disk.checkpoint, memory: disk.journal.memory,
          isRecording: isRecording)
      } catch {
        return RefusingMachine(error.description)
      }
    }
    agents.append(id)
    return id
  }

  /// Adds a framework with its scheduler. It starts at once, and again from the value given here after a crash.
  ///
  /// - Parameter survivesCrashes: Whether it may crash by chance: the scheduler keeps what it needs for that with
  ///   `SchedulerCalls.persist`.
  @discardableResult
  public mutating func add<S: Scheduler>(
    _ scheduler: S, framework: FrameworkInfo = FrameworkInfo(name: "framework", failoverTimeout: 3600),
    options: SchedulerOptions = SchedulerOptions(), survivesCrashes: Bool = false
  ) -> FrameworkHandle<S> {
    let id = addNode("framework\(frameworks.count)", .framework, server: .leader) { disk, seed, _ in
      SchedulerMachine(
        SchedulerDriver(scheduler, framework: framework, options: options, record: disk.record, seed: seed))
    }
    frameworks.append(id)
    nodes[id.index].mayCrash = survivesCrashes
    return FrameworkHandle(node: id)
  }

  /// Adds a peer that says only what it is told to say; it is told with ``say(_:from:)``.
  package mutating func add(peer name: String, _ role: PeerRole, acknowledges: Bool = true) -> NodeID {
    addNode(name, role, server: .leader) { _, _, _ in PlainPeer(role, acknowledges: acknowledges) }
  }

  @discardableResult
  mutating func addNode(
    _ name: String, _ role: PeerRole, server: Server, stream: UInt64? = nil,
    make: @escaping (_ disk: Disk, _ seed: UInt64, _ time: Time) -> any Machine
  ) -> NodeID {
    let id = NodeID(index: nodes.count)
    let stream = stream ?? UInt64(id.index)
    let clock = clock(of: server, stream)
    let machine = make(Disk(), seed.number(for: .life, stream), clock.time(at: now))
    nodes.append(
      Node(
        id: id, name: name, role: role, make: make, server: server, machine: machine, stream: stream,
        random: seed.generator(for: .node, stream), clock: clock))
    if machine is PlainPeer { nodes[id.index].mayCrash = false }
    checks.added(id, role, isScripted: machine.isScripted)
    trace.name(name)
    scheduleWake(id)
    return id
  }

  /// The clock of a new node: that of the machine it runs on, or one of its own.
  private mutating func clock(of server: Server, _ stream: UInt64) -> NodeClock {
    if case .node(let agent) = server { return nodes[agent.index].clock }
    var clock = NodeClock()
    guard faults.clockDriftMillionths > 0 else { return clock }
    var random = seed.generator(for: .clock, stream)
    let drift = Int64(random.below(2 * faults.clockDriftMillionths + 1)) - Int64(faults.clockDriftMillionths)
    if strikes(.clockDrift) { clock.run(atDrift: drift, from: now) }
    return clock
  }

  // MARK: Acting

  /// Tells a scheduler something, as the application around it would.
  public mutating func send<S: Scheduler>(_ command: S.Command, to framework: FrameworkHandle<S>) {
    guard var machine = nodes[framework.node.index].machine as? SchedulerMachine<S> else { return }
    machine.tell(command)
    nodes[framework.node.index].machine = machine
    scheduleWake(framework.node)
  }

  /// Makes a peer say something.
  package mutating func say(_ message: Message, from peer: NodeID) {
    changePeer(peer) { $0.say(message) }
  }

  /// Makes a peer end its session.
  package mutating func hangUp(_ peer: NodeID) { changePeer(peer) { $0.hangUp() } }

  /// The id that the master gave a peer that subscribed.
  package func frameworkID(of peer: NodeID) -> FrameworkID? {
    (nodes[peer.index].machine as? PlainPeer)?.frameworkID
  }

  /// Whether a peer acknowledges status updates by itself.
  package mutating func setAcknowledging(_ peer: NodeID, _ acknowledges: Bool) {
    changePeer(peer) { $0.acknowledges = acknowledges }
  }

  private mutating func changePeer(_ peer: NodeID, _ change: (inout PlainPeer) -> Void) {
    guard var machine = nodes[peer.index].machine as? PlainPeer else { return }
    change(&machine)
    nodes[peer.index].machine = machine
    scheduleWake(peer)
  }

  /// Plans something for a time after the start.
  public mutating func at(_ span: Span, _ action: @escaping (inout Simulation) -> Void) {
    lastPlan += 1
    let number = lastPlan
    plans[number] = action
    events.add(.planned(number), at: max(now, Instant.zero + span))
  }

  /// Tells an agent or a framework to end in good order.
  public mutating func stop(_ name: NodeName, teardown: Bool = false) {
    guard let id = node(name), nodes[id.index].isUp else { return }
    note(id, "is told to stop")
    input(.local(.stop(teardown: teardown)), to: id)
    flush()
  }

  // MARK: Looking

  /// Keeps so many lines of the trace; nil: all.
  public mutating func keepTrace(lines: Int?) { trace.keeps = lines }

  /// The scheduler as it stands.
  public func scheduler<S: Scheduler>(of framework: FrameworkHandle<S>) -> S? {
    (nodes[framework.node.index].machine as? SchedulerMachine<S>)?.driver.scheduler
  }

  /// What the scheduler has reported since its last start.
  public func reports<S: Scheduler>(of framework: FrameworkHandle<S>) -> [S.Report] {
    (nodes[framework.node.index].machine as? SchedulerMachine<S>)?.reports ?? []
  }

  /// How many tasks the framework was told are TASK_FINISHED.
  public func finishedTasks<S: Scheduler>(of framework: FrameworkHandle<S>) -> Int {
    checks.finishedTasks(of: framework.node)
  }

  /// The rare branches that the nodes have been through, in all their lives.
  package var marks: NodeMarks {
    nodes.reduce(into: pastMarks) { $0.formUnion($1.machine.marks) }
  }

  /// Keeps the marks of a node that is about to start anew.
  mutating func keepMarks(of node: NodeID) { pastMarks.formUnion(nodes[node.index].machine.marks) }

  /// The master as it stands.
  public var master: Master? { (nodes[election.leader.index].machine as? MasterMachine)?.master }

  /// The record of the master's present life, if one is kept.
  package var masterRecording: Recording<Master>? {
    (nodes[election.leader.index].machine as? MasterMachine)?.recording
  }

  /// The record of an agent's present life, if one is kept.
  package func recording(ofAgent number: Int) -> Recording<Agent>? {
    node(.agent(number)).flatMap { (nodes[$0.index].machine as? AgentMachine)?.recording }
  }

  func node(_ name: NodeName) -> NodeID? {
    switch name {
    case .master: election.leader
    case .candidate(let number): masters.indices.contains(number) ? masters[number] : nil
    case .agent(let number): agents.indices.contains(number) ? agents[number] : nil
    case .node(let id): nodes.indices.contains(id.index) ? id : nil
    }
  }

  package func name(of node: NodeID) -> String { nodes[node.index].name }
}
