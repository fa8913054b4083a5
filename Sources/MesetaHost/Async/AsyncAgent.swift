// The agent as an executor sees it that is written with async and await.

public import MesetaFramework
public import MesetaModel

/// The events of an executor, one after the other, and what it may tell its agent. An adapter over the ordinary executor and
/// its driver, for programs that prefer it: an `Executor` can be simulated and replayed, this cannot.
///
/// Events wait until the loop over ``events`` asks for them: launches and kills as many as there are, of other news the
/// latest. Messages of the scheduler are lost when too much waits, which is logged. Every report is delivered until the
/// agent has acknowledged it.
///
/// Every call throws ``ExecutorHasEnded`` once the executor has ended, and `CancellationError` if its task is cancelled while
/// it waits, although the call may take effect.
public final class AsyncAgent: Sendable {
  package typealias Desk = ReplyDesk<ExecutorInput<Never>, Void>

  private let desk: Desk
  private let tell: @Sendable (BufferedExecutor.Command) -> Void

  package init(_ desk: Desk, _ tell: @escaping @Sendable (BufferedExecutor.Command) -> Void) {
    self.desk = desk
    self.tell = tell
  }

  /// What happens, in order, to one loop at a time: a second one takes over and ends the first. The sequence ends with the
  /// executor; a loop ends too when its task is cancelled, and another goes on where it was.
  ///
  /// `ExecutorInput.wake` does not come. After `ExecutorInput.shutdown` the executor has its grace period to end its
  /// tasks, to report them killed, and to call ``stop()``.
  public var events: Events { Events(agent: self) }

  /// The events of an ``AsyncAgent``.
  public struct Events: AsyncSequence, AsyncIteratorProtocol, Sendable {
    let agent: AsyncAgent

    /// The sequence itself: where it stands is known to the agent.
    public func makeAsyncIterator() -> Events { self }

    /// Waits for the next event.
    public func next() async -> ExecutorInput<Never>? { await agent.next() }

    /// Waits for the next event.
    public func next(isolation actor: isolated (any Actor)?) async -> ExecutorInput<Never>? {
      await agent.next()
    }
  }

  private func next() async -> ExecutorInput<Never>? { await desk.event(from: tell) }

  private func perform(_ call: BufferedExecutor.Call) async throws {
    try await desk.answer(orThrow: ExecutorHasEnded()) { tell(.perform(call, $0)) }
  }

  /// Reports a task's state. The driver sets the uuid, the source and the time, and delivers the report for certain.
  public func update(
    _ taskID: TaskID, _ state: TaskState, reason: TaskStatus.Reason? = nil, message: String? = nil,
    data: [UInt8]? = nil, isHealthy: Bool? = nil
  ) async throws {
    try await update(
      TaskStatus(
        taskID: taskID, state: state, reason: reason, message: message, isHealthy: isHealthy, data: data))
  }

  /// Reports a task's state with all fields; uuid, source, executor and time are set where they are missing.
  public func update(_ status: TaskStatus) async throws { try await perform(.update(status)) }

  /// Sends bytes to the scheduler. They are lost if it is not there.
  public func message(_ data: [UInt8]) async throws { try await perform(.message(data)) }

  /// Ends the executor, once its reports are acknowledged. ``events`` end.
  public func stop() { tell(.perform(.stop, 0)) }
}

/// The executor that was to tell its agent something has ended.
public struct ExecutorHasEnded: Error, Hashable, CustomStringConvertible {
  /// The error.
  public init() {}

  /// What has happened.
  public var description: String { "the executor has ended and tells its agent nothing any more" }
}
