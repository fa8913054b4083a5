// A framework on the real clock.

public import Logging
public import MesetaFramework
public import MesetaModel
package import MesetaProtocol
package import MesetaRuntime

/// Takes what a scheduler driver asks for.
package struct FrameworkSink<S: Scheduler>: HostSink, FrameworkEffects, Sendable {
  package var outbox: Outbox
  var record: FrameworkRecord?
  var reports: [S.Report] = []
  var reason: FinishReason?

  package init(_ outbox: Outbox) { self.outbox = outbox }

  // In place of the default, which would look up where the outbox is.
  package mutating func send(_ message: consuming Message, to session: SessionID) {
    outbox.send(message, to: session)
  }

  package mutating func persist(_ record: FrameworkRecord) { self.record = record }
  package mutating func report(_ report: S.Report) { reports.append(report) }
  package mutating func finished(_ reason: FinishReason) { self.reason = reason }
}

/// A scheduler with its driver, and those who listen to it.
package struct FrameworkLogic<S: Scheduler>: MachineLogic {
  package var machine: SchedulerDriver<S>
  let persist: @Sendable (FrameworkRecord) throws -> Void
  let listener: HostListener<S.Report, FinishReason>
  let end: OneTimeValue<FinishReason>
  /// A record could not be kept: the driver is not run any more.
  private(set) var hasFailed = false

  package var nextWake: Instant { hasFailed ? .never : machine.nextWake }

  package mutating func handle(
    _ input: NodeInput<SchedulerLocal<S.Command>>, at time: Time, _ sink: inout FrameworkSink<S>
  ) {
    if !hasFailed { machine.handle(input, at: time, &sink) }
  }

  package mutating func receive(
    _ messages: inout [Message], from session: SessionID, at time: Time, _ sink: inout FrameworkSink<S>
  ) -> Bool {
    if hasFailed { return true }
    // None of them is a call.
    machine.received(&messages, from: session, at: time, &sink)
    return sink.outbox.slot(of: session) != nil
  }

  package static func runBatch(
    _ core: inout HostCore<Self>, of host: MachineHost<Self>
  ) -> AfterBatch { core.runBatch(of: host) }

  package mutating func perform(_ sink: inout FrameworkSink<S>, _ inbox: Inbox<SchedulerLocal<S.Command>>) {
    if let record = sink.record {
      sink.record = nil
      keep(record, &sink)
    }
    for report in sink.reports { listener.reported(report) }
    sink.reports.removeAll(keepingCapacity: true)
    if let reason = sink.reason {
      sink.reason = nil
      end.set(reason)
      listener.ended(reason)
    }
  }

  /// Keeps the record before anything that the batch has to say is sent. A framework whose id is not kept must not launch
  /// tasks: its next incarnation could not find them.
  private mutating func keep(_ record: FrameworkRecord, _ sink: inout FrameworkSink<S>) {
    do {
      try persist(record)
    } catch {
      sink.outbox.log(.error, "the framework cannot write down its record and ends: \(error)")
      sink.outbox.dropPending()
      hasFailed = true
      sink.reason = .failed("its record cannot be written down: \(error)")
    }
  }
}

/// Runs a `Scheduler` against a master.
public final class FrameworkHost<S: Scheduler>: Sendable {
  private let host: MachineHost<FrameworkLogic<S>>
  private let end = OneTimeValue<FinishReason>()
  /// What the scheduler tells the application, until the framework ends. To be read, for it is kept until then.
  public let reports: AsyncStream<S.Report>

  /// - Parameters:
  ///   - record: what an earlier incarnation asked to keep.
  ///   - seed: fresh for each incarnation.
  ///   - persist: keeps the record for the next incarnation, and returns when it is durable: what the framework says
  ///     because of the event behind it is sent after that. If it throws, the framework ends. It may block for as long
  ///     as a file takes.
  public convenience init(
    _ scheduler: S, framework: FrameworkInfo, options: SchedulerOptions = SchedulerOptions(),
    record: FrameworkRecord? = nil, seed: UInt64, connector: any Connector,
    executor: any HostExecutor = WorkerPool.shared, logger: Logger,
    persist: @escaping @Sendable (FrameworkRecord) throws -> Void = { _ in }
  ) {
    self.init(
      scheduler, framework: framework, options: options, record: record, seed: seed, connector: connector,
      executor: executor, logger: logger, persist: persist, listener: nil)
  }

  /// - Parameter listener: Who is told in place of ``reports``, which then end at once.
  package init(
    _ scheduler: S, framework: FrameworkInfo, options: SchedulerOptions, record: FrameworkRecord?,
    seed: UInt64,
    connector: any Connector, executor: any HostExecutor, logger: Logger,
    persist: @escaping @Sendable (FrameworkRecord) throws -> Void,
    listener: HostListener<S.Report, FinishReason>?
  ) {
    let (reports, continuation) = AsyncStream.makeStream(of: S.Report.self)
    if listener != nil { continuation.finish() }
    let logic = FrameworkLogic(
      machine: SchedulerDriver(
        scheduler, framework: framework, options: options, record: record, seed: seed),
      persist: persist,
      listener: listener
        ?? HostListener {
          continuation.yield($0)
        } ended: { _ in
          continuation.finish()
        },
      end: end)
    self.reports = reports
    self.host = MachineHost(
      logic, as: .init(.framework, name: framework.name), executor: executor, connector: connector,
      logger: logger)
  }

  /// Begins to connect.
  public func start() { host.start() }

  /// Tells the scheduler something.
  public func send(_ command: S.Command) { host.post(.command(command)) }

  /// Ends the scheduler: with `teardown` its framework and all tasks, else this incarnation alone.
  public func stop(teardown: Bool) { host.post(.stop(teardown: teardown)) }

  /// Returns once the driver has stopped for good, and ends its sessions.
  public func untilEnd() async -> FinishReason {
    let reason = await end.value
    await host.stop(reason: "the framework has ended")
    return reason
  }

  /// Looks at the driver and its scheduler between two batches.
  public func withDriver<Result: Sendable>(
    _ body: @escaping @Sendable (SchedulerDriver<S>) -> Result
  ) async -> Result { await host.withMachine(body) }
}
