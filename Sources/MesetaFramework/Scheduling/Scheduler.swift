// What a framework author writes, and what happens to it.

public import MesetaModel
public import MesetaProtocol

/// A framework's own part: what to accept, what to run, what to do when it ends.
///
/// A scheduler is a plain state machine. It is told what happened and says what it wants through `cluster`; it
/// holds no socket, clock or lock, so that it runs unchanged in a simulation, embedded and on a real cluster.
///
/// The driver around it keeps the safe defaults: it suppresses offers while nothing is wanted, declines what was
/// not used, acknowledges updates, reconciles after a failover and reconnects. See ``SchedulerOptions`` for how to
/// take each of them over.
public protocol Scheduler: Sendable {
  /// What the application around the scheduler may tell it.
  associatedtype Command: Hashable & Sendable = Never
  /// What the scheduler tells the application around it.
  associatedtype Report: Sendable = Never

  mutating func handle(_ input: SchedulerInput<Command>, _ cluster: inout SchedulerCalls)

  /// What there is to tell the application: a scheduler appends, the driver takes everything out after each input.
  var reports: [Report] { get set }
}

extension Scheduler where Report == Never {
  /// Nothing, for a scheduler that tells nothing.
  public var reports: [Report] {
    get { [] }
    set {}
  }
}

/// What happens to a scheduler.
public enum SchedulerInput<Command: Hashable & Sendable>: Hashable, Sendable {
  /// What the scheduler's earlier incarnation kept with ``SchedulerCalls/persist(_:)``; comes before all else.
  case restored([UInt8])
  /// The subscription stands, and offers will come.
  case subscribed(FrameworkID, Subscription)
  /// The master cannot be reached. Offers that were held are gone; the driver reconnects by itself.
  case disconnected(reason: String)
  case offers([Offer])
  /// An offer that the scheduler holds on to is gone.
  case rescinded(OfferID)
  /// Agents are to go down for maintenance, of which the framework has something or is offered something. It may say
  /// whether it can do without them, and is asked again later while it has anything there.
  case inverseOffers([InverseOffer])
  /// An inverse offer is no longer valid: it was not answered, and the plan has changed.
  case inverseOfferRescinded(OfferID)
  /// A demand is met with these offers, all that there are. They are answered as any others, an agent's at a time.
  case demandMet(DemandID, [Offer])
  /// A demand has failed, and nothing of it was offered.
  indirect case demandFailed(DemandFailure)
  case update(TaskUpdate)
  indirect case operationUpdate(OperationStatus)
  case message(agentID: AgentID, executorID: ExecutorID, data: [UInt8])
  case agentLost(AgentID)
  case executorLost(AgentID?, ExecutorID, status: Int32?)
  /// The master took the call of this number, of ``SchedulerCalls/ask(_:)``.
  case accepted(request: UInt64)
  /// The master did not take a call; `request` is 0 if the call was not made with ``SchedulerCalls/ask(_:)``.
  case rejected(CallError, request: UInt64)
  /// The master will have nothing to do with the framework: the driver has stopped.
  case failed(String)
  case command(Command)
  /// The time that was asked for by ``SchedulerCalls/wake(at:)`` has come.
  case wake
}

/// How a subscription came about.
public enum Subscription: Hashable, Sendable {
  /// The framework is new to the cluster.
  case new
  /// An earlier incarnation of the framework was known; its tasks may still run.
  case failover
  /// This incarnation was subscribed before, and lost the master.
  case reconnection
}

/// A report on a task, with the task where the driver knows it.
public struct TaskUpdate: Hashable, Sendable {
  /// The report.
  public var status: TaskStatus
  /// The task as it was launched; nil if this driver did not launch it (after a failover) or it has ended already.
  public var task: TaskInfo?

  /// A report on a task.
  public init(_ status: TaskStatus, task: TaskInfo?) {
    self.status = status
    self.task = task
  }

  /// Which task it is.
  public var taskID: TaskID { status.taskID }
  /// The state that is reported.
  public var state: TaskState { status.state }
}

/// Why a driver has stopped for good.
public enum FinishReason: Hashable, Sendable {
  /// It was asked to. The framework's tasks go on until its failover time-out passes.
  case stopped
  /// It was asked to, with the framework and all its tasks.
  case tornDown
  /// The master refused the framework, and said why.
  case failed(String)
}

/// What a framework must not forget between two incarnations.
public struct FrameworkRecord: Hashable, Sendable {
  /// Given by the master; with it the next incarnation takes over the tasks.
  public var frameworkID: FrameworkID?
  /// The scheduler's own, of ``SchedulerCalls/persist(_:)``.
  public var state: [UInt8]

  /// A record to keep.
  public init(frameworkID: FrameworkID? = nil, state: [UInt8] = []) {
    self.frameworkID = frameworkID
    self.state = state
  }
}
