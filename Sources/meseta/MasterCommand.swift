import ArgumentParser
import Logging
import MesetaMaster
import MesetaModel
import MesetaRuntime
import MesetaService
import ServiceLifecycle

struct MasterCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "master", abstract: "Run a master.",
    discussion: "Listens for agents, frameworks and tools on --native_port. SIGTERM and Ctrl-C end it.")

  @Option(name: .mesos("ip"), help: "The address to listen on. (default: 0.0.0.0)")
  var ip: String?
  @Option(
    name: .mesos("native_port"), help: "The port of the native protocol; 0 takes a free one. (default: 5052)")
  var nativePort: String?
  @Option(
    name: .mesos("hostname"), help: "The name by which others reach this machine. (default: its host name)")
  var hostname: String?
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
    name: .mesos("roles"), help: "The only roles that frameworks may use, separated by commas. (default: any)"
  )
  var roles: String?
  @Option(name: .mesos("weights"), help: "The shares of roles, such as prod=3,dev=1. (default: 1 each)")
  var weights: String?
  @OptionGroup var logging: LoggingOptions

  func run() async throws {
    let settings = Settings()
    var options = MasterService.Options()
    options.configuration = try configuration(settings)
    options.host = settings.string(ip, "ip") ?? "0.0.0.0"
    options.port = try settings.integer(nativePort, "native_port", 0...65535) ?? NativePort.master
    let logger = try logging.logger("meseta.master", settings)
    let master = MasterService(options, logger: logger)
    try await runServices([master], logger: logger)
  }

  private func configuration(_ settings: Settings) throws -> MasterConfiguration {
    var configuration = MasterConfiguration()
    configuration.hostname = settings.string(hostname, "hostname") ?? MachineResources.hostname
    if let span = try settings.span(allocationInterval, "allocation_interval") {
      configuration.allocationInterval = span
    }
    if settings.string(offerTimeout, "offer_timeout") == "none" {
      configuration.offerTimeout = nil
    } else if let span = try settings.span(offerTimeout, "offer_timeout") {
      configuration.offerTimeout = span
    }
    if let span = try settings.span(agentPingTimeout, "agent_ping_timeout") {
      configuration.agentPingTimeout = span
    }
    if let number = try settings.integer(maxAgentPingTimeouts, "max_agent_ping_timeouts", 1...1000) {
      configuration.maxAgentPingTimeouts = number
    }
    if let span = try settings.span(agentReregisterTimeout, "agent_reregister_timeout") {
      configuration.agentReregisterTimeout = span
    }
    configuration.roles = try settings.value(roles, "roles", Self.parseRoles)
    configuration.weights = try settings.value(weights, "weights", Self.parseWeights) ?? []
    return configuration
  }

  private static func parseRoles(_ text: String) throws -> [String] {
    try text.split(separator: ",").map(String.init).map { role in
      if let problem = Role.problem(with: role) { throw BadValue(problem) }
      return role
    }
  }

  private static func parseWeights(_ text: String) throws -> [RoleWeight] {
    try text.split(separator: ",").map { part in
      let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2, let weight = Double(sides[1]), weight > 0, weight.isFinite else {
        throw BadValue("\"\(part)\" is not ROLE=WEIGHT with a positive weight, such as prod=3")
      }
      if let problem = Role.problem(with: sides[0]) { throw BadValue(problem) }
      return RoleWeight(role: sides[0], weight: weight)
    }
  }
}
