// Which benchmarks are run, in which order, and what is wanted of them.

struct Plan {
  /// One benchmark.
  struct Row {
    /// Names it for the comparisons.
    var id: String
    var section: String
    var name: String
    /// The figure that it is run for.
    var key: String
    /// What it is run with; may follow from what the round has found before.
    var arguments: (Round) -> [String]

    init(
      _ id: String, _ section: String, _ name: String, _ key: String,
      _ arguments: @escaping @autoclosure () -> [String]
    ) {
      self.init(id, section, name, key) { _ in arguments() }
    }

    init(
      _ id: String, _ section: String, _ name: String, _ key: String,
      _ arguments: @escaping (Round) -> [String]
    ) {
      self.id = id
      self.section = section
      self.name = name
      self.key = key
      self.arguments = arguments
    }
  }

  var rows: [Row]
  var targets: [Target]

  static func full(seconds: Double) -> Plan {
    Plan(rows: rows(Size(seconds: seconds)), targets: Target.all + Target.allocation(of: AllocationRow.some))
  }

  /// Every kind of benchmark once, on clusters too small to say anything.
  static var smoke: Plan {
    Plan(
      rows: rows(
        Size(
          seconds: 0.2, middle: (10, 2), wide: (20, 4), large: (40, 8), tasks: 10_000, held: 1000, real: 20,
          allocation: [.smoke], failover: (200, 2000), registered: 200)),
      targets: [])
  }

  /// How large and how long the benchmarks are.
  private struct Size {
    typealias Cluster = (agents: Int, frameworks: Int)

    var seconds: Double
    var middle: Cluster = (100, 10)
    var wide: Cluster = (1000, 10)
    var large: Cluster = (5000, 100)
    var tasks = 100_000
    var held = 200_000
    var real = 3000
    var allocation = AllocationRow.some
    var failover: (agents: Int, tasks: Int) = (50_000, 500_000)
    var registered = 20_000
  }

  private static func rows(_ size: Size) -> [Row] {
    machineRows(size) + offerRows(size) + taskRows(size) + httpRows(size) + allocationRows(size)
      + simulationRows(size) + failureRows(size)
  }

  /// Half of what was found in the same round.
  fileprivate static func half(of rate: Double?) -> Double { ((rate ?? 2) / 2).rounded() }

  private static func machineRows(_ size: Size) -> [Row] {
    let time = ["--seconds", "\(size.seconds)"]
    return [
      Row(
        "echo", "this machine", "echo, 1,024 under way", "round_trips_per_second",
        ["echo", "--window", "1024"] + time),
      Row("echo.half", "this machine", "echo, at half load", "round_trips_per_second") { round in
        ["echo", "--rate", "\(half(of: round["echo"]?["round_trips_per_second"]))"] + time
      },
      Row("spawn", "this machine", "spawn /bin/true", "spawns_per_second", ["spawn"] + time),
    ]
  }

  private static func offerRows(_ size: Size) -> [Row] {
    func row(_ transport: TransportKind, _ name: String, _ cluster: Size.Cluster) -> Row {
      let (agents, frameworks) = cluster
      return Row(
        "offers.\(transport.rawValue).\(name)", "offers, \(transport.title)",
        "\(Figure.count(agents).text) agents × \(frameworks)", "offers_per_second",
        [
          "offers", "--transport", transport.rawValue, "--agents", "\(agents)", "--frameworks",
          "\(frameworks)",
          "--seconds", "\(size.seconds)",
        ])
    }
    return [
      row(.inProcess, "middle", size.middle), row(.inProcess, "large", size.large),
      row(.tcp, "middle", size.middle), row(.tcp, "wide", size.wide), row(.tcp, "large", size.large),
    ]
  }

  private static func allocationRows(_ size: Size) -> [Row] {
    size.allocation.map {
      Row($0.id, "a full cycle of the allocator", $0.name, "full_cycle_ms.p50", $0.arguments)
    }
  }

  private static func httpRows(_ size: Size) -> [Row] {
    let (agents, frameworks) = size.middle
    let plain = ["--agents", "\(agents)", "--frameworks", "\(frameworks)", "--tasks", "\(size.tasks)"]
    let time = ["--seconds", "\(size.seconds)"]
    return [
      Row(
        "http", "HTTP", "\(Figure.count(agents).text) agents × \(frameworks)", "json_offers_per_second",
        ["http"] + plain + time)
    ]
  }

  private static func simulationRows(_ size: Size) -> [Row] {
    let (agents, frameworks) = size.middle
    return [
      Row(
        "simulate", "simulation, one thread", "\(agents) agents × \(frameworks)", "messages_per_second",
        [
          "simulate", "--agents", "\(agents)", "--frameworks", "\(frameworks)", "--seconds",
          "\(size.seconds)",
        ])
    ]
  }

  private static func failureRows(_ size: Size) -> [Row] {
    let (agents, tasks) = size.failover
    func registry(_ store: RegistryBenchmark.Store) -> Row {
      Row(
        "registry.\(store.rawValue)", "registry",
        "\(Figure.count(size.registered).text) agents, \(store.rawValue)",
        "registrations_per_second",
        [
          "registry", "--store", store.rawValue, "--agents", "\(size.registered)", "--seconds",
          "\(size.seconds)",
        ])
    }
    return [
      registry(.sqlite), registry(.zookeeper),
      Row(
        "failover", "failover", "\(Figure.count(agents).text) agents, \(Figure.count(tasks).text) tasks",
        "seconds_to_first_offer",
        [
          "failover", "--agents", "\(agents)", "--tasks", "\(tasks)", "--tcp-agents",
          "\(min(agents / 2, 5000))",
        ]),
    ]
  }

  private static func taskRows(_ size: Size) -> [Row] {
    func row(
      _ transport: TransportKind, _ id: String, _ name: String, key: String = "tasks_per_second",
      _ arguments: @escaping (Round) -> [String]
    ) -> Row {
      let id = "tasks.\(transport.rawValue).\(id)"
      return Row(id, "tasks, \(transport.title)", name, key) {
        ["tasks", "--transport", transport.rawValue] + arguments($0)
      }
    }
    let finishing = { (_: Round) in ["--tasks", "\(size.tasks)"] }
    let real = { (_: Round) in ["--real", "--agents", "3", "--tasks", "\(size.real)"] }
    let half = { (round: Round) -> [String] in
      let rate = Self.half(of: round["tasks.tcp.finishing"]?["tasks_per_second"])
      return ["--rate", "\(rate)", "--tasks", "\(max(100, Int(rate * size.seconds)))"]
    }
    return [
      row(.inProcess, "finishing", "at full load", finishing),
      row(.inProcess, "real", "/bin/true, 3 agents", real),
      row(.tcp, "finishing", "at full load", finishing),
      row(.tcp, "half", "at half load", half),
      row(.tcp, "real", "/bin/true, 3 agents", real),
      row(.tcp, "recorded", "the same with records") { real($0) + ["--records"] },
      row(.tcp, "held", "\(Figure.count(size.held).text) running", key: "rss_bytes_per_running_task") { _ in
        ["--hold", "--tasks", "\(size.held)"]
      },
    ]
  }
}
