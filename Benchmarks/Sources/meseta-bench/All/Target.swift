// What is wanted of the figures.

/// What is wanted of a figure, or of the ratio of two.
struct Target {
  enum Bound {
    case atLeast(Double)
    case atMost(Double)
  }

  var name: String
  var unit: Unit
  var bound: Bound
  var value: (Round) -> Double?

  /// What the project wants on a machine of two processors.
  static var all: [Target] {
    [
      Target(
        "offers in process, 100 × 10", "offers.in-process.middle", "offers_per_second", .atLeast(500_000)),
      Target(
        "offers in process, 5,000 × 100, of those at 100 × 10", "offers.in-process.large",
        "offers_per_second",
        of: "offers.in-process.middle", "offers_per_second", .atLeast(1 / 3)),
      Target("offers over TCP, 1,000 × 10", "offers.tcp.wide", "offers_per_second", .atLeast(120_000)),
      Target(
        "offers over TCP, 1,000 × 10, of echoes", "offers.tcp.wide", "offers_per_second", of: "echo",
        "round_trips_per_second", .atLeast(0.2)),
      Target("tasks in process", "tasks.in-process.finishing", "tasks_per_second", .atLeast(100_000)),
      Target(
        "tasks of /bin/true in process, of spawns", "tasks.in-process.real", "tasks_per_second", of: "spawn",
        "spawns_per_second", .atLeast(0.25)),
      Target(
        "tasks of /bin/true over TCP, of spawns", "tasks.tcp.real", "tasks_per_second", of: "spawn",
        "spawns_per_second", .atLeast(0.25)),
      Target(
        "memory of the master, a running task", "tasks.tcp.held", "rss_bytes_per_running_task", .atMost(1024)),
      Target(
        "ACCEPT to TASK_RUNNING over TCP at half load, p99", "tasks.tcp.half", "launch_latency_us.p99",
        .atMost(5000)),
      Target(
        "first offer of a new leader, 50,000 agents", "failover", "seconds_to_first_offer", .atMost(2)),
      Target(
        "all agents back, 50,000 with 500,000 tasks", "failover", "seconds_to_all_reregistered", .atMost(10)),
      Target(
        "messages of a simulated cluster, 100 × 10", "simulate", "messages_per_second", .atLeast(500_000)),
    ]
  }

  private init(_ name: String, _ row: String, _ key: String, _ bound: Bound) {
    self.init(name, Unit(key), bound) { $0[row]?[key] }
  }

  init(_ name: String, _ unit: Unit, _ bound: Bound, _ value: @escaping (Round) -> Double?) {
    self.name = name
    self.unit = unit
    self.bound = bound
    self.value = value
  }

  private init(
    _ name: String, _ row: String, _ key: String, of other: String, _ otherKey: String, _ bound: Bound
  ) {
    self.init(name, .percent, bound) { round in
      guard let part = round[row]?[key], let whole = round[other]?[otherKey], whole > 0 else { return nil }
      return part / whole
    }
  }

  func isMet(by value: Double) -> Bool {
    switch bound {
    case .atLeast(let least): value >= least
    case .atMost(let most): value <= most
    }
  }
}

/// How a figure is written.
enum Unit {
  case perSecond
  case bytes
  case microseconds
  case milliseconds
  case seconds
  case percent

  init(_ key: String) {
    if key.hasSuffix("_per_second") {
      self = .perSecond
    } else if key.hasPrefix("rss_bytes") || key.hasPrefix("bytes_") {
      self = .bytes
    } else if key.hasSuffix("_ms") || key.hasSuffix("_ms.p50") {
      self = .milliseconds
    } else if key.hasSuffix("_seconds") || key.hasPrefix("seconds_to_") {
      self = .seconds
    } else {
      self = .microseconds
    }
  }

  func text(_ value: Double) -> String {
    switch self {
    case .perSecond: "\(Figure.count(Int(value.rounded())).text) /s"
    case .bytes: "\(Figure.count(Int(value.rounded())).text) B"
    case .microseconds: "\(Figure.count(Int(value.rounded())).text) µs"
    case .milliseconds: "\(Figure.significant(value)) ms"
    case .seconds: "\(Figure.significant(value)) s"
    case .percent: "\(Int((value * 100).rounded())) %"
    }
  }
}
