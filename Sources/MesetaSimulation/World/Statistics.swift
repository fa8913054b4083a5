// What happened in a simulation, in numbers.

public import MesetaRuntime

/// How often something of each kind happened.
public struct Counts<Kind: CaseIterable & RawRepresentable & Sendable>: Hashable, Sendable
where Kind.RawValue == Int {
  private var counts = [Int](repeating: 0, count: Kind.allCases.count)

  /// None of anything.
  public init() {}

  /// How often that kind happened.
  public subscript(kind: Kind) -> Int {
    get { counts[kind.rawValue] }
    set { counts[kind.rawValue] = newValue }
  }

  /// How often any kind happened.
  public var total: Int { counts.reduce(0, +) }

  /// Adds the numbers of another simulation.
  public static func += (left: inout Counts, right: Counts) {
    for (index, count) in right.counts.enumerated() { left.counts[index] += count }
  }
}

/// What happened in a simulation, in numbers. Those of several can be added up.
public struct Statistics: Hashable, Sendable {
  /// The faults that struck by chance.
  public internal(set) var faults = Counts<FaultKind>()
  /// The messages that reached a node.
  public internal(set) var messages = Counts<MessageKind>()
  /// How often a node handled the inputs of an instant.
  public internal(set) var batches = 0
  /// How often a node crashed, by chance or by hand.
  public internal(set) var crashes = 0
  /// The containers that ran.
  public internal(set) var containers = 0
  /// How much virtual time has passed.
  public internal(set) var time = Span.zero

  /// Nothing has happened.
  public init() {}

  /// The messages that said something: without pings and heartbeats.
  public var tellingMessages: Int {
    messages.total - MessageKind.allCases.filter(\.isKeepAlive).reduce(0) { $0 + messages[$1] }
  }

  /// Adds the numbers of another simulation.
  public static func += (left: inout Statistics, right: Statistics) {
    left.faults += right.faults
    left.messages += right.messages
    left.batches += right.batches
    left.crashes += right.crashes
    left.containers += right.containers
    left.time = left.time + right.time
  }
}
