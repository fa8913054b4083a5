// What goes wrong in a simulated cluster, and how often.

public import MesetaRuntime

/// How a simulated network behaves, and what is broken while the simulation runs.
///
/// A session is a stream as of TCP: what is sent on it arrives in order or, once something is lost, not at all, and then
/// the session ends. Calls of frameworks, executors and operators (all but SUBSCRIBE) may also travel each on a
/// connection of its own, as they do over HTTP: such a call can be overtaken, be sent twice because the answer was lost,
/// or be lost without a trace while the session goes on. An executor waits for the answer to each call, so that its calls
/// can come twice and no more than that: what it says of a task has an order. Between master and agent a message may come
/// twice; reordered they are not, and neither is what a master says, for all that is said there on any transport is a stream.
public struct Faults: Hashable, Sendable {
  // MARK: The network

  /// How long a message is under way; drawn for each.
  public var delay = Span.milliseconds(1)...Span.milliseconds(1)
  /// After how long the ends of a session notice that nothing gets through; drawn for each end.
  public var detection = Span.seconds(20)...Span.seconds(20)
  /// The chance of a message, in millionths, to be lost, and its session with it.
  public var lossMillionths: UInt64 = 0
  /// The chance of a call, in millionths, to be lost while its session goes on.
  public var callLossMillionths: UInt64 = 0
  /// The chance of a call, in millionths, to arrive twice.
  public var callRepeatMillionths: UInt64 = 0
  /// The chance of a call, in millionths, to be overtaken by others.
  public var callDetourMillionths: UInt64 = 0
  /// How much longer a call takes that is overtaken, or that arrives a second time.
  public var detour = Span.milliseconds(1)...Span.seconds(2)
  /// The chance of a message between master and agent, in millionths, to arrive twice.
  public var repeatMillionths: UInt64 = 0
  /// How long it is on average from one partition of a node from the master to the next; nil: there are none.
  public var partitionEvery: Span?
  /// How long a partition lasts.
  public var partitionLength = Span.seconds(1)...Span.seconds(200)
  /// How long it is on average until several nodes at once are cut off from all others; nil: they are not.
  public var isolationEvery: Span?
  /// How long it is on average until nothing gets through to or from a node for a moment, too short to be noticed; nil:
  /// that does not happen.
  public var stallEvery: Span?
  /// How long such a moment is.
  public var stallLength = Span.milliseconds(100)...Span.seconds(5)
  /// How long it is on average until a framework's session breaks; nil: it does not.
  public var frameworkBreakEvery: Span?

  // MARK: Nodes

  /// How long it is on average from one crash of an agent to the next; nil: there are none.
  public var agentCrashEvery: Span?
  /// How long it is on average until an agent crashes and starts several times in a row; nil: it does not.
  public var flapEvery: Span?
  /// The same as ``agentCrashEvery`` for the master that leads.
  public var masterCrashEvery: Span?
  /// The same for frameworks that were added as ones that survive that.
  public var frameworkCrashEvery: Span?
  /// The same for custom executors, which do not start again.
  public var executorCrashEvery: Span?
  /// The chance of a node, in millionths and for each batch that it handles, to crash when it has done only the first few
  /// of the things that it wanted to do.
  public var crashWithinBatchMillionths: UInt64 = 0
  /// How long it takes until the next of several masters leads.
  public var electionTime = Span.milliseconds(100)...Span.seconds(10)
  /// How long a crashed node is down.
  public var downTime = Span.seconds(1)...Span.seconds(120)
  /// How long it is on average until a process stands still, as one that was sent SIGSTOP; nil: none does.
  public var pauseEvery: Span?
  /// How long it stands still.
  public var pauseLength = Span.milliseconds(100)...Span.seconds(90)
  /// How long it is on average until a node becomes slow for a while; nil: none does.
  public var slowEvery: Span?
  /// How long it is slow.
  public var slowLength = Span.seconds(1)...Span.seconds(60)
  /// How long a slow node is busy with each batch.
  public var slowness = Span.milliseconds(10)...Span.seconds(1)

  // MARK: Disks and clocks

  /// How long a write takes.
  public var storeDelay = Span.milliseconds(1)...Span.milliseconds(1)
  /// The chance of a write, in millionths, to be durable some time before its node hears of that.
  public var lateCompletionMillionths: UInt64 = 0
  /// By how much the clocks of nodes run fast or slow at most, in millionths; drawn for each node.
  public var clockDriftMillionths: UInt64 = 0
  /// How long it is on average until a clock on the wall jumps; nil: none does.
  public var clockJumpEvery: Span?
  /// How far it jumps at most, forwards or backwards.
  public var clockJump = Span.minutes(60)

  // MARK: Masters

  /// How long it is on average until the election session of the master that leads expires while it believes in itself,
  /// where there are several; nil: none does.
  public var sessionExpiryEvery: Span?
  /// For how long such a master goes on at most.
  public var lease = Span.milliseconds(10)...Span.seconds(15)
  /// After how long agents and frameworks hear who leads in its place; drawn for each.
  public var leaderNotice = Span.zero...Span.seconds(10)
  /// The chance of a write to the registry, in millionths, to fail: the master hears that it is refused, or does not hear of
  /// it for ``storeTimeout``, and ends.
  public var storeFailureMillionths: UInt64 = 0
  /// How long a master waits for a write that is not answered.
  public var storeTimeout = Span.zero...Span.seconds(20)

  // MARK: Containers

  /// How long a container takes to start.
  public var startDelay = Span.milliseconds(10)...Span.milliseconds(10)
  /// The chance of a container, in millionths, not to start.
  public var launchFailureMillionths: UInt64 = 0
  /// The chance of a container, in millionths, to end by itself before it is done.
  public var earlyExitMillionths: UInt64 = 0
  /// The chance of a container, in millionths, to hang until ``end``.
  public var hangMillionths: UInt64 = 0
  /// The chance of a container, in millionths, to go on after SIGTERM, and of an executor to ignore that it shall end.
  public var ignoredKillMillionths: UInt64 = 0

  // MARK: Which of them

  /// After this nothing is broken any more, so that what is left to do gets done.
  public var end = Span.minutes(10)
  /// Kinds of faults that are left out, whatever is said of them above; all else stays as it was.
  public var excluded: Set<FaultKind> = []
  /// Single faults that are left out, to find out which of them it takes for a failure.
  public var skipped: Set<FaultID> = []
  /// Whether every message passes through its bytes.
  public var encodesMessages = false

  /// The defaults.
  public init() {}

  /// A network that always delivers after a millisecond, and nodes that stay up.
  public static let none = Faults()
}

/// The faults of a simulation.
public enum FaultPlan: Sendable {
  /// Those and no others.
  case fixed(Faults)
  /// Some of everything, drawn from the seed.
  case swarm
  /// The same as `swarm` without some kinds of faults.
  case swarmWithout(Set<FaultKind>)

  /// No faults.
  public static let none = FaultPlan.fixed(.none)
}

extension Span {
  static func + (left: Span, right: Span) -> Span {
    Span(nanoseconds: left.nanoseconds.addingReportingOverflow(right.nanoseconds).partialValue)
  }
}
