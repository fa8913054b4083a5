// What HTTP costs: frameworks that speak it, and what readers of a master's state take from its offers.

import ArgumentParser
import BenchmarkSupport
import MesetaModel
import NIOPosix

struct HTTPBenchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "http",
    abstract: "Counts offers and tasks over HTTP, with JSON and with protobuf, beside the native protocol.",
    discussion:
      "With --readers it counts the offers of a large cluster while nobody, and while somebody reads /state.")

  @Option(help: "How many agents there are. (default: 100; with --readers 5000)")
  var agents: Int?

  @Option(help: "How many tasks are run, or with --readers stay.")
  var tasks = 100_000

  @Option(help: "How many frameworks are offered resources, and decline.")
  var frameworks = 10

  @Option(help: "Measure what it costs that so many read /state, each again as soon as it is answered.")
  var readers: Int?

  @Flag(help: "They accept gzip.")
  var gzip = false

  @Option(help: "For how long each measurement lasts, in seconds.")
  var seconds: Double = 5

  @Option(help: "How often it is measured without and with readers, in turn.")
  var rounds = 3

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let agents, !(1...100_000).contains(agents) {
      throw ValidationError("--agents \(agents): give 1 to 100000")
    }
    guard (10...1_000_000).contains(tasks), readers == nil || tasks <= 400 * agentCount else {
      throw ValidationError("--tasks \(tasks): give 10 to 1000000, and with --readers 400 for each agent")
    }
    if let readers, !(1...1000).contains(readers) {
      throw ValidationError("--readers \(readers): give 1 to 1000")
    }
    guard seconds > 0, seconds <= 3600, (1...100).contains(rounds) else {
      throw ValidationError("give --seconds of more than 0 and at most 3600, and --rounds of 1 to 100")
    }
  }

  func run() async throws { try await measure().print(json: output.json) }

  private var agentCount: Int { agents ?? (readers == nil ? 100 : 5000) }

  func measure() async throws -> Report {
    if let readers { return try await measureReading(by: readers) }
    var figures: [(key: String, figure: Figure)] = []
    for form in SchedulerForm.allCases {
      figures.append(("\(form)_offers_per_second", .number(try await offersPerSecond(form))))
      figures.append(("\(form)_tasks_per_second", .number(try await tasksPerSecond(form))))
    }
    figures.append(("native_offers_per_second", .number(try await offersPerSecond(nil))))
    figures.append(("native_tasks_per_second", .number(try await tasksPerSecond(nil))))
    return Report(
      title:
        "offers and tasks over HTTP and natively, \(agentCount) agents × \(frameworks) frameworks, \(tasks) tasks",
      figures: figures)
  }

  // MARK: Frameworks over HTTP

  private func info(_ number: Int) -> FrameworkInfo {
    FrameworkInfo(
      user: "root", name: "framework-\(number)", failoverTimeout: 3600, roles: ["role-\(number)"],
      capabilities: [.multiRole, .partitionAware, .reservationRefinement])
  }

  private func start(
    _ count: Int, _ form: SchedulerForm, _ work: HTTPWork, _ master: RemoteMaster
  ) async throws {
    let (watch, group) = (Counter(), MultiThreadedEventLoopGroup.singleton)
    for number in 0..<count {
      HTTPFramework.start(form, info(number), work, port: master.httpPort, on: group.next(), watch)
    }
    try await watch.wait(for: count, "frameworks are subscribed")
  }

  /// - Parameter form: Nil: natively.
  private func offersPerSecond(_ form: SchedulerForm?) async throws -> Double {
    let (cluster, master) = try start()
    defer { cluster.end() }
    try await cluster.load.startQuietAgents(agentCount)
    let offers = Counter()
    if let form {
      try await start(frameworks, form, .decline(offers), master)
    } else {
      try await cluster.load.startDecliningFrameworks(frameworks)
    }
    try await Task.sleep(nanoseconds: 1_000_000_000)  // warm-up
    if form == nil { return try await offersPerSecond(of: master) }
    let (start, before) = (Clock.now(), offers.value)
    try await Task.sleep(nanoseconds: UInt64(seconds * 1e9))
    return Double(offers.value - before) * 1e9 / Double(Clock.now() - start)
  }

  private func tasksPerSecond(_ form: SchedulerForm?) async throws -> Double {
    let (cluster, master) = try start()
    defer { cluster.end() }
    try await cluster.load.startAgents(agentCount, .finishing, directory: "/tmp")
    let meter = TaskMeter(count: tasks)
    if let form {
      try await start(1, form, .launch(meter), master)
    } else {
      cluster.load.startLaunchingFramework(meter, .finishing, perSecond: nil)
    }
    try await meter.waitForEnd(within: 600)
    return meter.figures.rate
  }

  private func start() throws -> (Cluster, RemoteMaster) {
    let cluster = try Cluster.start(.tcp, countsOffers: true)
    guard let master = cluster.master as? RemoteMaster else { throw BenchmarkFailure("no HTTP") }
    return (cluster, master)
  }

  // MARK: Readers

  private func measureReading(by readers: Int) async throws -> Report {
    let (cluster, master) = try start()
    defer { cluster.end() }
    try await fill(cluster)
    var (plain, read) = (0.0, 0.0)
    let clients = StateReaders()
    for _ in 0..<rounds {
      plain += try await offersPerSecond(of: master) / Double(rounds)
      try await clients.start(readers, port: master.httpPort, isCompressed: gzip)
      read += try await offersPerSecond(of: master) / Double(rounds)
      try await clients.stop()
    }
    let reads = clients.reads.value
    return Report(
      title: "offers while \(readers) read /state, \(agentCount) agents × \(tasks) tasks"
        + (gzip ? ", compressed" : ""),
      figures: [
        ("offers_per_second", .number(plain)),
        ("offers_per_second_while_read", .number(read)),
        ("drop_percent", .number(100 * (1 - read / plain))),
        ("state_reads", .count(reads)),
        ("state_bytes", .count(reads == 0 ? 0 : clients.bytes.value / reads)),
        ("peak_rss_bytes", .count(try master.read().peakResidentBytes)),
      ])
  }

  /// Starts agents, tasks that stay, and frameworks that decline.
  private func fill(_ cluster: Cluster) async throws {
    try await cluster.load.startAgents(agentCount, .holding, directory: "/tmp")
    let meter = TaskMeter(count: tasks)
    cluster.load.startLaunchingFramework(meter, .holding, perSecond: nil)
    try await meter.waitForRunning(within: 600)
    try await cluster.load.startDecliningFrameworks(frameworks)
    try await Task.sleep(nanoseconds: 2_000_000_000)  // warm-up
  }

  private func offersPerSecond(of master: RemoteMaster) async throws -> Double {
    try await Task.sleep(nanoseconds: 300_000_000)
    try master.begin()
    try await Task.sleep(nanoseconds: UInt64(seconds * 1e9))
    let figures = try master.read()
    guard figures.offers > 0 else { throw BenchmarkFailure("no offer was answered in \(seconds) s") }
    return Double(figures.offers) / figures.seconds
  }
}
