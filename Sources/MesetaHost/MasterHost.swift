// A master on the real clock.

public import Logging
public import MesetaMaster
import MesetaModel
package import MesetaProtocol
import MesetaRecording
public import MesetaRuntime

/// Takes what a master asks for.
package struct MasterSink: RecordedSink, MasterEffects {
  package var outbox: Outbox
  var recorder: FlightRecorder?
  var writes: [(token: StorageToken, operation: RegistryOperation)] = []
  var watchers: ClusterWatchers?
  var meter: MasterMeter?
  /// When the allocator's run began that is under way, and since when it was due.
  private var allocation: (start: Instant, due: Instant)?

  package init(_ outbox: Outbox) { self.outbox = outbox }

  package var isWatched: Bool { watchers.map { $0.count > 0 } ?? false }

  package mutating func announce(_ event: ClusterEvent) { watchers?.tell(event) }

  package mutating func allocationBegins(dueSince due: Instant) {
    allocation = (HostClock.now().monotonic, due)
  }

  package mutating func allocationEnds() {
    guard let allocation else { return }
    meter?.allocated(from: allocation.start, to: HostClock.now().monotonic, dueSince: allocation.due)
  }

  package mutating func store(_ token: StorageToken, _ operation: RegistryOperation) {
    recorder?.add(.store(token, operation))
    writes.append((token, operation))
  }
}

/// A master and its registry.
package struct MasterLogic: MachineLogic {
  package var machine: Master
  let registry: any RegistryStore
  let segments: SegmentWriter?
  let watchers: ClusterWatchers
  let meter: MasterMeter
  let failed: @Sendable (RegistryFailure) -> Void
  /// Whether the master leads at this moment; nil if it always does.
  let mayAct: (@Sendable () -> Bool)?

  package func sink(_ outbox: Outbox) -> MasterSink {
    var sink = MasterSink(outbox)
    sink.recorder = segments.map(FlightRecorder.init)
    sink.watchers = watchers
    sink.meter = meter
    return sink
  }

  package var nextWake: Instant { machine.nextWake }

  package mutating func handle(_ input: MasterInput, at time: Time, _ sink: inout MasterSink) {
    sink.recorder?.add(input, at: time)
    machine.handle(input, at: time, &sink)
  }

  package mutating func receive(
    _ messages: inout [Message], from session: SessionID, at time: Time, _ sink: inout MasterSink
  ) -> Bool {
    sink.handle(&messages, from: session) { message, request, sink in
      sink.recorder?.add(message, request, from: session, at: time)
      machine.received(message, request, from: session, at: time, &sink)
    }
  }

  package static func runBatch(
    _ core: inout HostCore<Self>, of host: MachineHost<Self>
  ) -> AfterBatch { core.runBatch(of: host) }

  package mutating func perform(_ sink: inout MasterSink, _ inbox: Inbox<MasterLocalInput>) {
    sink.recorder?.end(machine)
    if let mayAct, !mayAct() {
      // Another may lead already. What this one has decided nobody may hear of, and it is about to be stopped.
      sink.outbox.retract("this master does not lead any more")
      sink.writes = []
      return
    }
    guard !sink.writes.isEmpty else { return }
    let tokens = sink.writes.map { MasterLocalInput.stored($0.token) }
    let start = HostClock.now().monotonic
    registry.write(sink.writes.map(\.operation)) { [meter, failed] result in
      switch result {
      case .success:
        let end = HostClock.now().monotonic
        meter.stored(in: end - start, at: end)
        inbox.post(tokens)
      case .failure(let failure): failed(failure)
      }
    }
    sink.writes = []
  }
}

/// Runs a `Master`.
public final class MasterHost: Sendable {
  private let host: MachineHost<MasterLogic>
  private let segments: SegmentWriter?
  private let watchers = ClusterWatchers(limit: 1000)
  private let registry: any RegistryStore
  private let meter = MasterMeter()
  private let fetchTime: Span?
  /// Why the registry could not be written; nil once the master has stopped.
  private let failure: OneTimeValue<RegistryFailure?>

  /// - Parameters:
  ///   - seed: fresh for each incarnation.
  ///   - recovered: what the registry held when the master started.
  ///   - fetchTime: how long that took to be read.
  ///   - recording: where what the master is told is written down, if it is.
  ///   - mayAct: asked after each batch, before anything of it is done or said: a master that does not lead any more may not.
  public init(
    _ configuration: MasterConfiguration, seed: UInt64, registry: any RegistryStore = InMemoryRegistryStore(),
    recovered: RegistryState = RegistryState(), fetchTime: Span? = nil,
    executor: any HostExecutor = WorkerPool.shared,
    recording: Recording? = nil, mayAct: (@Sendable () -> Bool)? = nil, logger: Logger
  ) {
    let machine = Master(configuration: configuration, seed: seed, at: HostClock.now(), registry: recovered)
    segments = recording.map {
      SegmentWriter(machine, name: configuration.hostname, $0, logger: logger)
    }
    let failure = OneTimeValue<RegistryFailure?>()
    self.failure = failure
    self.registry = registry
    self.fetchTime = fetchTime
    self.host = MachineHost(
      MasterLogic(
        machine: machine, registry: registry, segments: segments, watchers: watchers,
        meter: meter,
        failed: { reason in
          logger.critical("the master cannot write to the registry and stops: \(reason)")
          failure.set(reason)
        }, mayAct: mayAct),
      as: .init(.master, name: machine.info.id),
      executor: executor, logger: logger)
  }

  /// To whom transports bring sessions.
  public var handler: any CallHandler { host }

  /// Begins to run the master.
  public func start() { host.start() }

  /// Returns once the registry cannot be written to any more, or the master has stopped. In the first case it has to be
  /// stopped: what it decides would be forgotten, and another may lead.
  ///
  /// - Returns: why it cannot; nil if the master has stopped.
  @discardableResult
  public func untilFailure() async -> RegistryFailure? { await failure.value }

  /// Ends all sessions and takes none any more.
  public func stop() async {
    await host.stop(reason: "the master ends")
    failure.set(nil)
    watchers.close()
    await segments?.finish()
  }

  /// The master as it is now; the watcher is told all that happens from then on, on the master's thread, and nil at the end. Of
  /// too many the oldest is told that it is over. It is ended by the number that is returned.
  package func watch(_ watcher: @escaping ClusterWatchers.Watcher) async -> (Master, UInt64) {
    await host.withMachine { [watchers] master in (master, watchers.add(watcher)) }
  }

  /// Tells a watcher nothing any more.
  package func endWatch(_ watcher: UInt64) { watchers.remove(watcher) }

  /// What was measured of the registry.
  package var registryMeasures: RegistryMeasures {
    RegistryMeasures(fetch: fetchTime, stores: meter.stores, bytes: registry.bytes)
  }

  /// What was measured of the allocator.
  package var allocationMeasures: AllocationMeasures { meter.allocations }

  /// What waits for the master.
  package func waitingMail() async -> WaitingMail {
    await withCheckedContinuation { continuation in host.countMail { continuation.resume(returning: $0) } }
  }

  /// How many watch.
  package var watcherCount: Int { watchers.count }

  /// Looks at the master between two batches.
  public func withMaster<Result: Sendable>(
    _ body: @escaping @Sendable (Master) -> Result
  ) async -> Result { await host.withMachine(body) }
}
