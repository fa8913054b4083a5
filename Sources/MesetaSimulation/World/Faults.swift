// What goes wrong in a simulated cluster, and how often.

public import MesetaRuntime

/// How a simulated network behaves, and what is broken while the simulation runs.
public struct Faults: Hashable, Sendable {
  /// How long a message is under way; drawn for each.
  public var delay = Span.milliseconds(1)...Span.milliseconds(1)
  /// How long a write takes.
  public var storeDelay = Span.milliseconds(1)...Span.milliseconds(1)
  /// How long a container takes to start.
  public var startDelay = Span.milliseconds(10)...Span.milliseconds(10)
  /// After how long the ends of a session notice that nothing gets through; drawn for each end.
  public var detection = Span.seconds(20)...Span.seconds(20)
  /// The chance of a message, in millionths, to be lost, and its session with it.
  public var lossMillionths: UInt64 = 0
  /// How long it is on average from one partition of two nodes to the next; nil: there are none.
  public var partitionEvery: Span?
  /// How long a partition lasts.
  public var partitionLength = Span.seconds(1)...Span.seconds(200)
  /// How long it is on average from one crash of an agent to the next; nil: there are none.
  public var agentCrashEvery: Span?
  /// The same for the master.
  public var masterCrashEvery: Span?
  /// How long it is on average until a framework's session breaks; nil: it does not.
  public var frameworkBreakEvery: Span?
  /// How long a crashed node is down.
  public var downTime = Span.seconds(1)...Span.seconds(120)
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

  /// Some of everything; which and how much follows from the seed.
  public static func swarm(_ random: inout SeededGenerator) -> Faults {
    var faults = Faults()
    func upTo(_ most: Span) -> Span { Span(nanoseconds: 1 + Int64(random.below(UInt64(most.nanoseconds)))) }
    faults.delay = Span.zero...upTo(random.oneIn(3) ? .seconds(1) : .milliseconds(20))
    faults.storeDelay = Span.zero...upTo(.milliseconds(random.oneIn(4) ? 2000 : 10))
    faults.startDelay = Span.milliseconds(1)...(Span.milliseconds(1) + upTo(.seconds(1)))
    faults.detection = Span.seconds(1)...(Span.seconds(1) + upTo(.seconds(60)))
    if random.oneIn(2) { faults.lossMillionths = random.below(5000) }
    if random.oneIn(2) { faults.partitionEvery = Span.seconds(20) + upTo(.minutes(3)) }
    if random.oneIn(2) { faults.agentCrashEvery = Span.seconds(20) + upTo(.minutes(3)) }
    if random.oneIn(3) { faults.masterCrashEvery = Span.minutes(1) + upTo(.minutes(5)) }
    if random.oneIn(2) { faults.frameworkBreakEvery = Span.seconds(20) + upTo(.minutes(3)) }
    faults.encodesMessages = random.oneIn(3)
    return faults
  }
}

/// The faults of a simulation.
public enum FaultPlan: Sendable {
  /// Those and no others.
  case fixed(Faults)
  /// Some of everything, drawn from the seed.
  case swarm

  /// No faults.
  public static let none = FaultPlan.fixed(.none)
}

extension Span {
  static func + (left: Span, right: Span) -> Span {
    Span(nanoseconds: left.nanoseconds.addingReportingOverflow(right.nanoseconds).partialValue)
  }
}
