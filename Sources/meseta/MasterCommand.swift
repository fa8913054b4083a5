import ArgumentParser
import Logging
import MesetaAllocator
import MesetaMaster
import MesetaModel
import MesetaRuntime
import MesetaService
import ServiceLifecycle

struct MasterCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "master", abstract: "Run a master.",
    discussion: """
      Listens for agents, frameworks and tools on --native_port, and for frameworks of Mesos, which speak HTTP, on --port. \
      SIGTERM and Ctrl-C end it. With --zk there may be several masters, of which one leads; the others tell who comes to them \
      where that one is, and one of them takes over when it is gone.
      """)

  @Option(name: .mesos("ip"), help: "The address to listen on. (default: 0.0.0.0)")
  var ip: String?
  @Option(
    name: .mesos("port"), help: "The port of Mesos's HTTP interface; 0 takes a free one. (default: 5050)")
  var port: String?
  @Option(
    name: .mesos("native_port"), help: "The port of the native protocol; 0 takes a free one. (default: 5052)")
  var nativePort: String?
  @Option(
    name: .mesos("hostname"), help: "The name by which others reach this machine. (default: its host name)")
  var hostname: String?
  @Option(
    name: .mesos("advertise_ip"),
    help: "The address by which others reach this machine. (default: --ip, or that of --hostname)")
  var advertiseIP: String?
  @Option(
    name: .mesos("work_dir"),
    help: "Where it keeps what it must not forget, unless with --zk. (default: in memory)")
  var workDirectory: String?
  @Option(
    name: .mesos("zk"),
    help: """
      Where masters stand for election: zk://[USER:PASSWORD@]HOST:PORT,HOST:PORT/PATH, or file:// and the name of a file in \
      which that stands. (default: this master is the only one)
      """)
  var zk: String?
  @Option(
    name: .mesos("zk_session_timeout"),
    help: "How long ZooKeeper keeps a session that says nothing. (default: 10secs)")
  var zkSessionTimeout: String?
  @Option(
    name: .mesos("quorum"),
    help:
      "Accepted for scripts made for Mesos, and without a meaning: the servers of ZooKeeper are the quorum.")
  var quorum: String?
  @Option(
    name: .mesos("allocation_interval"),
    help: "How often declined resources are offered again. (default: 1secs)")
  var allocationInterval: String?
  @Option(
    name: .mesos("offer_timeout"),
    help: "How long an offer may stay unanswered; \"none\": for ever. (default: 30secs)")
  var offerTimeout: String?
  @Option(
    name: .mesos("agent_ping_timeout"), help: "How long an agent has to answer a ping. (default: 15secs)")
  var agentPingTimeout: String?
  @Option(
    name: .mesos("max_agent_ping_timeouts"),
    help: "After so many unanswered pings an agent is unreachable. (default: 5)")
  var maxAgentPingTimeouts: String?
  @Option(
    name: .mesos("agent_reregister_timeout"),
    help: "How long a new master waits for the agents of the one before. (default: 10mins)")
  var agentReregisterTimeout: String?
  @Option(
    name: .mesos("agent_removal_rate_limit"),
    help: "How many agents may be marked unreachable in how much time, such as 1/10mins. (default: no limit)")
  var agentRemovalRateLimit: String?
  @Option(
    name: .mesos("registry_max_agent_age"),
    help: "How long agents are remembered that are unreachable or gone. (default: 2weeks)")
  var registryMaxAgentAge: String?
  @Option(
    name: .mesos("registry_max_agent_count"),
    help: "How many of them are remembered. (default: 102400)")
  var registryMaxAgentCount: String?
  @Option(
    name: .mesos("registry_gc_interval"),
    help: "How often the others are forgotten. (default: 15mins)")
  var registryGCInterval: String?
  @Option(
    name: .mesos("roles"), help: "The only roles that frameworks may use, separated by commas. (default: any)"
  )
  var roles: String?
  @Option(name: .mesos("weights"), help: "The shares of roles, such as prod=3,dev=1. (default: 1 each)")
  var weights: String?
  @Option(
    name: .mesos("min_allocatable_resources"),
    help:
      "Offer only what holds one of these, as \"cpus:0.01|mem:32\"; \"\": anything. (default: cpus:0.01|mem:32)"
  )
  var minAllocatableResources: String?
  @Option(
    name: .mesos("fair_sharing_excluded_resource_names"),
    help: "Resources that count towards no share, separated by commas. (default: none)")
  var fairSharingExcluded: String?
  @Option(
    name: .mesos("filter_gpu_resources"),
    help: "Whether agents with GPUs are for frameworks alone that ask for GPUs. (default: true)")
  var filterGPUResources: String?
  @Option(
    name: .mesos("max_offers_per_framework"),
    help: "How many offers of one framework may be unanswered. (default: 10000)")
  var maxOffersPerFramework: String?
  @Option(
    name: .mesos("max_demand_timeout"),
    help: "How long a framework may wait at most for resources all at once. (default: 10mins)")
  var maxDemandTimeout: String?
  @Option(
    name: .mesos("max_demand_hold"),
    help: "How long resources may be set aside for that at a stretch. (default: 30secs)")
  var maxDemandHold: String?
  @Option(
    name: .mesos("max_completed_frameworks"), help: "How many ended frameworks are remembered. (default: 50)")
  var maxCompletedFrameworks: String?
  @Option(
    name: .mesos("max_completed_tasks_per_framework"),
    help: "How many ended tasks of a framework are remembered. (default: 1000)")
  var maxCompletedTasks: String?
  @Option(
    name: .mesos("max_unreachable_tasks_per_framework"),
    help: "How many unreachable tasks of a framework are remembered. (default: 1000)")
  var maxUnreachableTasks: String?
  @Option(
    name: .mesos("domain"),
    help: "Where the master stands, REGION/ZONE: agents elsewhere are for region-aware frameworks alone.")
  var domain: String?
  @Option(
    name: .mesos("offer_constraints_re2_max_mem"),
    help: "How much memory a regex in a framework's offer constraints may take. (default: 4KB)")
  var offerConstraintsRE2MaxMem: String?
  @Option(
    name: .mesos("offer_constraints_re2_max_program_size"),
    help: "How many instructions such a regex may have when it is compiled. (default: 100)")
  var offerConstraintsRE2MaxProgramSize: String?
  @OptionGroup var recording: RecordingOptions
  @OptionGroup var logging: LoggingOptions

  func validate() throws { _ = try options(Settings()) }

  func run() async throws {
    let settings = Settings()
    let options = try options(settings)
    let logger = try logging.logger("meseta.master", settings, verbosity: options.verbosity)
    let master = MasterService(options, logger: logger)
    try await runServices([master], logger: logger)
  }

  private func options(_ settings: Settings) throws -> MasterService.Options {
    var options = MasterService.Options()
    options.configuration = try configuration(settings)
    options.host = settings.string(ip, "ip") ?? "0.0.0.0"
    // What it listens on is where it is, unless that is every address.
    if options.host != "0.0.0.0", options.host != "::" { options.configuration.ip = options.host }
    options.workDirectory = settings.string(workDirectory, "work_dir")
    options.zooKeeper = try settings.zooKeeper(zk, "zk")
    options.zooKeeperSessionTimeout = try settings.sessionTimeout(zkSessionTimeout) ?? .seconds(10)
    _ = try settings.integer(quorum, "quorum", 1...1000)
    if let ip = settings.string(advertiseIP, "advertise_ip") {
      options.configuration.ip = ip
    } else if options.host == "0.0.0.0", options.zooKeeper != nil {
      options.configuration.ip = MachineResources.ip(of: options.configuration.hostname) ?? "127.0.0.1"
    }
    options.httpPort = try settings.integer(port, "port", 0...65535) ?? 5050
    options.recording = try recording.options(settings)
    options.port = try settings.integer(nativePort, "native_port", 0...65535) ?? NativePort.master
    return options
  }

  private func configuration(_ settings: Settings) throws -> MasterConfiguration {
    var configuration = MasterConfiguration()
    configuration.hostname = settings.string(hostname, "hostname") ?? MachineResources.hostname
    try settings.set(&configuration.allocationInterval, allocationInterval, "allocation_interval")
    if settings.string(offerTimeout, "offer_timeout") == "none" {
      configuration.offerTimeout = nil
    } else if let span = try settings.span(offerTimeout, "offer_timeout") {
      configuration.offerTimeout = span
    }
    try settings.set(&configuration.agentPingTimeout, agentPingTimeout, "agent_ping_timeout")
    try settings.set(
      &configuration.maxAgentPingTimeouts, maxAgentPingTimeouts, "max_agent_ping_timeouts", 1...1000)
    try settings.set(
      &configuration.agentReregisterTimeout, agentReregisterTimeout, "agent_reregister_timeout")
    try settings.set(&configuration.registryMaxAgentAge, registryMaxAgentAge, "registry_max_agent_age")
    try settings.set(
      &configuration.registryMaxAgentCount, registryMaxAgentCount, "registry_max_agent_count", 1...10_000_000)
    try settings.set(&configuration.registryPruningInterval, registryGCInterval, "registry_gc_interval")
    if let interval = try settings.value(
      agentRemovalRateLimit, "agent_removal_rate_limit", Span.init(parsingRateLimit:))
    {
      configuration.agentRemovalInterval = interval
    }
    try settings.set(&configuration.maxDemandTimeout, maxDemandTimeout, "max_demand_timeout")
    configuration.demandTimeout = min(configuration.demandTimeout, configuration.maxDemandTimeout)
    let memory = 0...1_000_000
    try settings.set(
      &configuration.maxCompletedFrameworks, maxCompletedFrameworks, "max_completed_frameworks", memory)
    try settings.set(
      &configuration.maxCompletedTasksPerFramework, maxCompletedTasks, "max_completed_tasks_per_framework",
      memory)
    try settings.set(
      &configuration.maxUnreachableTasksPerFramework, maxUnreachableTasks,
      "max_unreachable_tasks_per_framework", memory)
    try adjust(&configuration.allocator, settings)
    if let most = try settings.bytes(
      offerConstraintsRE2MaxMem, "offer_constraints_re2_max_mem", 1...1_073_741_824)
    {
      configuration.offerConstraints.regexMemory = most
    }
    try settings.set(
      &configuration.offerConstraints.regexProgramSize, offerConstraintsRE2MaxProgramSize,
      "offer_constraints_re2_max_program_size", 1...1_000_000)
    configuration.roles = try settings.value(roles, "roles", Self.parseRoles)
    configuration.weights = try settings.value(weights, "weights", Self.parseWeights) ?? []
    return configuration
  }

  private func adjust(_ allocator: inout Allocator.Options, _ settings: Settings) throws {
    try settings.set(
      &allocator.maxOutstandingOffers, maxOffersPerFramework, "max_offers_per_framework", 1...1_000_000)
    try settings.set(&allocator.maximumHold, maxDemandHold, "max_demand_hold")
    try settings.set(&allocator.filterGPUResources, filterGPUResources, "filter_gpu_resources")
    allocator.domain = try settings.value(domain, "domain", FaultDomain.init(parsing:))
    let excluded = settings.string(fairSharingExcluded, "fair_sharing_excluded_resource_names")
    if let excluded { allocator.fairSharingExcluded = excluded.split(separator: ",").map(String.init) }
    let minimal = try settings.value(
      minAllocatableResources, "min_allocatable_resources", Self.parseQuantities)
    if let minimal { allocator.minimalAllocatable = minimal }
  }

  /// Sets of quantities, separated by `|`.
  private static func parseQuantities(_ text: String) throws -> [[ResourceQuantity]] {
    try text.split(separator: "|").map { part in
      try Resources(parsing: String(part)).map { resource in
        guard case .scalar(let scalar) = resource.value else {
          throw BadValue("\"\(part)\" is not an amount, such as cpus:0.01")
        }
        return ResourceQuantity(resource.name, scalar)
      }
    }
  }

  private static func parseRoles(_ text: String) throws -> [String] {
    try text.split(separator: ",").map(String.init).map { role in
      if let problem = Role.problem(with: role) { throw BadValue(problem) }
      return role
    }
  }

  private static func parseWeights(_ text: String) throws -> [RoleWeight] {
    try text.split(separator: ",").map { try RoleWeight(parsing: String($0)) }
  }
}

extension Span {
  /// What lies between two events of so many in so much time: `1/10mins`.
  fileprivate init(parsingRateLimit text: String) throws {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int64(parts[0]), count > 0,
      let span = Span(text: String(parts[1])), span > .zero
    else {
      throw BadValue("\"\(text)\" is not a rate: write a number, a slash and a duration, such as 1/10mins")
    }
    self.init(nanoseconds: span.nanoseconds / count)
  }
}
