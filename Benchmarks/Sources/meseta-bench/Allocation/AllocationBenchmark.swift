// What the allocator takes for a cycle.

import ArgumentParser
import BenchmarkSupport
import MesetaRuntime

struct AllocationBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "allocation",
    abstract: "Times cycles of the allocator alone, without a network or a master's other work.",
    discussion: """
      The frameworks are spread evenly over the roles. With --quota each role has a quota, the same as guarantee and as \
      limit, of cpus, mem and disk: five of six roles one that is half of its even part of the cluster (with as many \
      roles as agents: cpus:12;mem:2048;disk:2048, half an agent), the sixth one of twice that part \
      (cpus:48;mem:8192;disk:8192). Cycles with filters are timed without quotas.
      """)

  @Option(help: "How many agents there are.")
  var agents = 1000

  @Option(help: "How many frameworks there are.")
  var frameworks = 50

  @Option(help: "How many roles the frameworks are spread over; at most one for each.")
  var roles = 1

  @Flag(help: "Give each role a quota.")
  var quota = false

  @Option(help: "How many cycles of each kind are timed.")
  var cycles = 100

  @Flag(
    help: """
      Leave out the figures that need filters. With them, there is one for each framework on each agent, of 16 bytes and \
      more.
      """)
  var withoutFilters = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...100_000).contains(agents) else {
      throw ValidationError("--agents \(agents): give 1 to 100000")
    }
    guard (1...50_000).contains(frameworks) else {
      throw ValidationError("--frameworks \(frameworks): give 1 to 50000")
    }
    guard (1...frameworks).contains(roles) else {
      throw ValidationError("--roles \(roles): give 1 to \(frameworks), the number of frameworks")
    }
    guard (1...100_000).contains(cycles) else {
      throw ValidationError("--cycles \(cycles): give 1 to 100000")
    }
    guard withoutFilters || agents * frameworks <= 100_000_000 else {
      throw ValidationError(
        "--agents \(agents) --frameworks \(frameworks): filters for all pairs would take gigabytes; "
          + "give --without-filters")
    }
  }

  func run() throws { try measure().print(json: output.json) }

  func measure() throws -> Report {
    let size = AllocatorCluster.Size(agents: agents, frameworks: frameworks, roles: roles, quota: quota)
    let free = try FreeCycles(size, cycles: cycles)
    var idle = free.idle
    var figures: [(key: String, figure: Figure)] = [
      ("add_agents_seconds", .number(Double(free.addingTime) / 1e9)),
      ("full_cycle_ms", free.full.milliseconds),
      ("incremental_cycle_ms", free.incremental.milliseconds),
    ]
    let filtered = withoutFilters ? nil : try FilteredCycles(size, cycles: cycles)
    if let filtered {
      figures.append(("filtered_cycle_ms", filtered.cycles.milliseconds))
      idle.add(filtered.idle)
    }
    figures.append(("idle_cycle_ms", idle.milliseconds))
    if let filtered { figures.append(("bytes_per_filter", .number(filtered.bytesPerFilter))) }
    figures.append(("recover_ms", free.recover.milliseconds))
    figures.append(("offers_per_cycle", .number(free.offersPerCycle)))
    if !withoutFilters {
      figures.append(("filter_wave_max_slice_ms", .number(try FilterWave.longestSlice(size))))
    }
    figures.append(("peak_rss_bytes", .count(Memory.peakResident())))
    let quotas = quota ? " with quotas" : ""
    return Report(
      title: "allocation, \(agents) agents × \(frameworks) frameworks in \(roles) roles\(quotas)",
      figures: figures)
  }
}

extension Histogram {
  /// As the allocator's figures are given.
  fileprivate var milliseconds: Figure {
    .percentiles(p50: percentile(0.5) / 1e6, p99: percentile(0.99) / 1e6)
  }
}

// MARK: Free agents

/// Cycles of a cluster in which nothing is in use and nothing is filtered.
private struct FreeCycles {
  var full = Histogram()
  var recover = Histogram()
  var incremental = Histogram()
  var idle = Histogram()
  var addingTime: Int64
  var offersPerCycle: Double

  init(_ size: AllocatorCluster.Size, cycles: Int) throws {
    var cluster = try AllocatorCluster(size)
    addingTime = cluster.addingTime
    cluster.cycle()  // warm-up
    var offers = 0
    for _ in 0..<cycles {
      recover.record(cluster.declineAll())
      full.record(cluster.cycle())
      offers += cluster.outstanding.count
    }
    offersPerCycle = Double(offers) / Double(cycles)
    guard offers > 0 else { throw BenchmarkFailure("the allocator made no offer") }
    for round in 0..<cycles {
      cluster.declineHundredth(round: round)
      incremental.record(cluster.cycle())
      idle.record(cluster.cycle())
    }
  }
}

// MARK: Filters

/// Cycles of a cluster in which every framework has declined what is free of every agent.
private struct FilteredCycles {
  var cycles = Histogram()
  var idle = Histogram()
  var bytesPerFilter: Double

  init(_ size: AllocatorCluster.Size, cycles: Int) throws {
    var size = size
    size.quota = false
    var cluster = try AllocatorCluster(size, inUse: true)
    cluster.cycle()  // so that what the offers themselves take is there before
    cluster.declineAll()
    let before = Memory.allocated()
    let filters = cluster.declineEverything(refuse: .seconds(365 * 86400))
    guard filters == size.agents * size.frameworks else {
      throw BenchmarkFailure(
        "\(filters) offers were declined, one for each pair would be \(size.agents * size.frameworks)")
    }
    bytesPerFilter = Double(Memory.allocated() - before) / Double(filters)
    for round in 0..<cycles {
      cluster.touchHundredth(round: round)
      self.cycles.record(cluster.cycle())
      idle.record(cluster.cycle())
      guard cluster.outstanding.isEmpty else {
        throw BenchmarkFailure("something was offered in spite of the filters")
      }
    }
  }
}

/// Many filters that end at once.
private enum FilterWave {
  static let filters = 100_000
  private static let rounds = 3

  /// In milliseconds, the time of the longest call of the allocator from the end of 100,000 filters (or of one for each
  /// pair, where that is less) until all that they kept is offered. Of three waves the shortest, because a
  /// single call that the machine interrupts would make the figure.
  static func longestSlice(_ size: AllocatorCluster.Size) throws -> Double {
    var size = size
    size.quota = false
    var cluster = try AllocatorCluster(size, inUse: true)
    var shortest = Int64.max
    var now = Instant.zero
    for _ in 0..<rounds {
      var made = 0
      cluster.cycle(at: now)
      while made < filters, !cluster.outstanding.isEmpty {
        made += cluster.outstanding.count
        cluster.declineAll(refuse: .seconds(60), at: now)
        if made < filters { cluster.cycle(at: now) }
      }
      now = now + .seconds(61)
      shortest = min(shortest, cluster.slices(at: now).longest)
      cluster.declineAll(at: now)
    }
    return Double(shortest) / 1e6
  }
}
