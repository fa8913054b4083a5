// An agent on the real clock.

public import Logging
public import MesetaAgent
import MesetaModel
package import MesetaProtocol
import MesetaRecording
public import MesetaRuntime
import Synchronization

/// Takes what an agent asks for.
package struct AgentSink: RecordedSink, AgentEffects {
  enum Wish: Sendable {
    case launch(ContainerLaunch)
    case kill(containerID: String, grace: Span)
    case forget(containerID: String)
    case measure([String])
    case measureDisk(listsSandboxes: Bool)
    case removeSandboxes([String])
    case checkpoint(StorageToken, AgentCheckpoint)
    case record([AgentRecord], synchronized: StorageToken?)
    case list(RequestID, path: String, root: String)
    case read(RequestID, path: String, offset: UInt64, length: UInt64?, root: String)
    case exit
  }

  package var outbox: Outbox
  var recorder: FlightRecorder?
  /// In the order they were asked for.
  var wishes: [Wish] = []

  package init(_ outbox: Outbox) { self.outbox = outbox }

  private mutating func wish(_ wish: consuming Wish) {
    recorder?.add(RecordedEffect(copy wish))
    wishes.append(wish)
  }

  package mutating func launch(_ container: consuming ContainerLaunch) { wish(.launch(container)) }
  package mutating func kill(containerID: String, grace: Span) {
    wish(.kill(containerID: containerID, grace: grace))
  }
  package mutating func forget(containerID: String) { wish(.forget(containerID: containerID)) }
  package mutating func measureUsage(of containerIDs: [String]) { wish(.measure(containerIDs)) }
  package mutating func checkpoint(_ token: StorageToken, _ checkpoint: AgentCheckpoint) {
    wish(.checkpoint(token, checkpoint))
  }
  package mutating func record(_ records: [AgentRecord], synchronized token: StorageToken?) {
    wish(.record(records, synchronized: token))
  }
  package mutating func measureDisk(listsSandboxes: Bool) {
    wish(.measureDisk(listsSandboxes: listsSandboxes))
  }
  package mutating func removeSandboxes(_ paths: [String]) { wish(.removeSandboxes(paths)) }
  package mutating func listFiles(_ request: RequestID, path: String, root: String) {
    wish(.list(request, path: path, root: root))
  }
  package mutating func readFile(
    _ request: RequestID, path: String, offset: UInt64, length: UInt64?, root: String
  ) {
    wish(.read(request, path: path, offset: offset, length: length, root: root))
  }
  package mutating func exit() { wish(.exit) }
}

extension RecordedEffect {
  fileprivate init(_ wish: AgentSink.Wish) {
    self =
      switch wish {
      case .launch(let container): .launch(container)
      case .kill(let id, let grace): .kill(containerID: id, grace: grace)
      case .forget(let id): .forget(containerID: id)
      case .measure(let ids): .measureUsage(ids)
      case .checkpoint(let token, let checkpoint): .checkpoint(token, checkpoint)
      case .measureDisk(let listsSandboxes): .measureDisk(listsSandboxes: listsSandboxes)
      case .removeSandboxes(let paths): .removeSandboxes(paths)
      case .record(let records, let token): .record(records, synchronized: token)
      case .list(let request, let path, let root): .listFiles(request, path: path, root: root)
      case .read(let request, let path, let offset, let length, let root):
        .readFile(request, path: path, offset: offset, length: length, root: root)
      case .exit: .exit
      }
  }
}

/// An agent with its containers and its files.
package struct AgentLogic: MachineLogic {
  package var machine: Agent
  let containerizer: any Containerizer
  let storage: any AgentStorage
  let segments: SegmentWriter?
  let exited: @Sendable () -> Void
  /// Takes the time at which the agent has recovered.
  let recovery: OneTimeValue<Instant>
  private var hasRecovered = false
  /// Nothing can be written down any more.
  private var hasFailed = false

  init(
    machine: Agent, containerizer: any Containerizer, storage: any AgentStorage, segments: SegmentWriter?,
    exited: @escaping @Sendable () -> Void, recovery: OneTimeValue<Instant>
  ) {
    self.recovery = recovery
    self.machine = machine
    self.containerizer = containerizer
    self.storage = storage
    self.segments = segments
    self.exited = exited
  }

  package func sink(_ outbox: Outbox) -> AgentSink {
    var sink = AgentSink(outbox)
    sink.recorder = segments.map(FlightRecorder.init)
    return sink
  }

  package var nextWake: Instant { machine.nextWake }

  package mutating func handle(_ input: AgentInput, at time: Time, _ sink: inout AgentSink) {
    sink.recorder?.add(input, at: time)
    machine.handle(input, at: time, &sink)
  }

  package mutating func receive(
    _ messages: inout [Message], from session: SessionID, at time: Time, _ sink: inout AgentSink
  ) -> Bool {
    sink.handle(&messages, from: session) { message, request, sink in
      sink.recorder?.add(message, request, from: session, at: time)
      machine.received(message, request, from: session, at: time, &sink)
    }
  }

  package static func runBatch(
    _ core: inout HostCore<Self>, of host: MachineHost<Self>
  ) -> AfterBatch { core.runBatch(of: host) }

  package mutating func perform(_ sink: inout AgentSink, _ inbox: Inbox<AgentLocalInput>) {
    sink.recorder?.end(machine)
    noteRecovery()
    if sink.wishes.isEmpty { return }
    writeRecords(&sink, inbox)
    // What it cannot write down it must not begin.
    if hasFailed { return sink.wishes.removeAll() }
    for index in sink.wishes.indices {
      // Taken out, so that it has one owner here.
      var wish = AgentSink.Wish.exit
      swap(&wish, &sink.wishes[index])
      perform(wish, &sink.outbox, inbox)
    }
    sink.wishes.removeAll(keepingCapacity: true)
  }

  private mutating func noteRecovery() {
    if hasRecovered || !machine.hasRecovered { return }
    hasRecovered = true
    recovery.set(HostClock.now().monotonic)
  }

  /// Writes down all changes of the batch at once, before anything else of it is done.
  private mutating func writeRecords(_ sink: inout AgentSink, _ inbox: Inbox<AgentLocalInput>) {
    var all: [AgentRecord] = []
    var (token, isAny): (StorageToken?, Bool) = (nil, false)
    for wish in sink.wishes {
      guard case .record(let records, let next) = wish else { continue }
      if all.isEmpty { all = records } else { all += records }
      (token, isAny) = (next ?? token, true)
    }
    if !isAny || hasFailed { return }
    do {
      try storage.record(all, isSynchronized: token != nil)
      if let token { inbox.post(.recorded(token)) }
    } catch {
      sink.outbox.log(
        .error,
        "the agent cannot write down what becomes of its tasks and ends; they go on, and it finds them when it is "
          + "started again: \(error)")
      // An executor must not be sent a task that nobody will know of.
      sink.outbox.retract("the agent ends")
      hasFailed = true
      exited()
    }
  }

  private func perform(
    _ wish: consuming AgentSink.Wish, _ outbox: inout Outbox, _ inbox: Inbox<AgentLocalInput>
  ) {
    switch consume wish {
    case .launch(let launch): containerizer.launch(launch)
    case .kill(let id, let grace):
      containerizer.kill(containerID: id, graceNanoseconds: grace.nanoseconds)
    case .forget(let id): containerizer.forget(containerID: id)
    case .measure(let ids):
      // In a task of its own, as files are read.
      Task.detached { [containerizer] in inbox.post(.usage(containerizer.measure(ids))) }
    case .checkpoint(let token, let checkpoint):
      do {
        try storage.write(checkpoint)
        inbox.post(.stored(token))
      } catch {
        // Without its id on disk the agent must not go on: it would lose its tasks at the next restart. And without its
        // volumes it must not take tasks.
        outbox.log(.error, "the agent cannot write down what it has to remember and ends: \(error)")
        exited()
      }
    case .measureDisk(let listsSandboxes):
      Task.detached { [storage] in
        inbox.post(.disk(await storage.measureDisk(listsSandboxes: listsSandboxes)))
      }
    case .removeSandboxes(let paths):
      Task.detached { [storage] in
        inbox.post(.removedSandboxes(problems: await storage.removeSandboxes(paths)))
      }
    case .record: break  // Written down already.
    case .list(let request, let path, let root):
      Self.answer(request, inbox) { [storage] () throws(CallError) in
        .files(try storage.list(path, below: root))
      }
    case .read(let request, let path, let offset, let length, let root):
      Self.answer(request, inbox) { [storage] () throws(CallError) in
        let (size, data) = try storage.read(path, offset: offset, length: length, below: root)
        return .file(size: size, data: data)
      }
    case .exit: exited()
    }
  }

  /// Reads in a task of its own: the machine and its connections do not wait for a file.
  private static func answer(
    _ request: RequestID, _ inbox: Inbox<AgentLocalInput>,
    _ read: @escaping @Sendable () throws(CallError) -> OperatorResponse
  ) {
    Task.detached {
      do throws(CallError) {
        inbox.respond(request, .response(try read()))
      } catch {
        inbox.respond(request, .failed(error))
      }
    }
  }
}

/// What was measured of how an agent took up what earlier lives have left.
package struct RecoveryMeasures: Sendable {
  /// How many records could not be read.
  package var errors: Int
  /// How long it took; nil until it is done.
  package var duration: Span?
}

/// Runs an `Agent`.
public final class AgentHost: Sendable {
  private let host: MachineHost<AgentLogic>
  private let containerizer: any Containerizer
  private let segments: SegmentWriter?
  private let exit: OneTimeEvent
  private let recovery = OneTimeValue<Instant>()
  private let startTime = HostClock.now().monotonic
  private let fetchTime: Span
  private let recoveryErrors: Int

  /// - Parameters:
  ///   - seed: fresh for each life of the process.
  ///   - checkpoint: what an earlier life wrote down last, if there was one.
  ///   - memory: what the records of earlier lives make up.
  ///   - afterReboot: whether the machine was started since.
  ///   - fetchTime: how long it took to read what earlier lives have left.
  ///   - recoveryErrors: how many records of theirs could not be read.
  ///   - recording: where what the agent is told is written down, if it is.
  ///   - containerizer: made with the observer to report to.
  /// - Throws: `IncompatibleResources` if the agent is set up without what it has made reservations and volumes of; and
  ///   what the storage and the containerizer throw.
  public init(
    _ configuration: AgentConfiguration, seed: UInt64, checkpoint: AgentCheckpoint?,
    memory: AgentMemory = AgentMemory(), afterReboot: Bool = false, connector: any Connector,
    storage: any AgentStorage, executor: any HostExecutor = WorkerPool.shared,
    fetchTime: Span = .zero, recoveryErrors: Int = 0,
    recording: Recording? = nil, logger: Logger,
    containerizer: (@escaping @Sendable (ContainerEvent) -> Void) throws -> any Containerizer
  ) throws {
    // Does what an earlier life may not have come to: volumes may be missing, or left over.
    if let checkpoint { try storage.write(checkpoint) }
    let exit = OneTimeEvent()
    let relay = Relay()
    let machine = try Agent(configuration: configuration, seed: seed, checkpoint: checkpoint, memory: memory)
    segments = recording.map {
      SegmentWriter(machine, name: configuration.info.hostname, $0, logger: logger)
    }
    let logic = AgentLogic(
      machine: machine,
      containerizer: try containerizer { relay.post(.container($0)) }, storage: storage,
      segments: segments, exited: { exit.signal() }, recovery: recovery)
    self.exit = exit
    self.fetchTime = fetchTime
    self.recoveryErrors = recoveryErrors
    self.containerizer = logic.containerizer
    self.host = MachineHost(
      logic, as: .init(.agent, name: configuration.info.hostname), executor: executor, connector: connector,
      logger: logger)
    // The agent hears which containers there are before it hears of any of them.
    let found = logic.containerizer.recover()
    host.inbox.post(.recovered(found, afterReboot: afterReboot))
    relay.connect(host.inbox)
  }

  /// To whom transports bring sessions of executors and operators.
  public var handler: any CallHandler { host }

  /// Begins to run the agent.
  public func start() { host.start() }

  /// Asks the agent to kill its tasks and to leave the cluster; ``untilExit()`` returns when it has. Asked a second
  /// time, the tasks get no more time.
  public func drain() { host.post(.stop) }

  /// Returns once the agent has nothing more to do.
  public func untilExit() async { await exit.wait() }

  /// Ends all sessions at once. Containers run on.
  public func stop() async {
    await host.stop(reason: "the agent ends")
    await segments?.finish()
  }

  /// Looks at the agent between two batches.
  public func withAgent<Result: Sendable>(_ body: @escaping @Sendable (Agent) -> Result) async -> Result {
    await host.withMachine(body)
  }

  /// What was measured of how the agent took up what earlier lives have left.
  package var recoveryMeasures: RecoveryMeasures {
    RecoveryMeasures(errors: recoveryErrors, duration: recovery.current.map { ($0 + fetchTime) - startTime })
  }

  /// Measures what containers use, in a task of its own: it may take a while.
  public func measure(_ containerIDs: [String]) async -> MachineUsage {
    await Task.detached { [containerizer] in containerizer.measure(containerIDs) }.value
  }

  /// Brings the containerizer's reports to the host, which is made after it.
  private final class Relay: Sendable {
    private let state = Mutex<(inbox: Inbox<AgentLocalInput>?, early: [AgentLocalInput])>((nil, []))

    func post(_ input: AgentLocalInput) {
      let inbox = state.withLock { state -> Inbox<AgentLocalInput>? in
        if state.inbox == nil { state.early.append(input) }
        return state.inbox
      }
      inbox?.post(input)
    }

    func connect(_ inbox: Inbox<AgentLocalInput>) {
      state.withLock { state in
        state.inbox = inbox
        if !state.early.isEmpty { inbox.post(state.early) }
        state.early = []
      }
    }
  }
}
