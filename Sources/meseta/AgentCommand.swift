import ArgumentParser
import Logging
import MesetaAgent
import MesetaModel
import MesetaRuntime
import MesetaService
import ServiceLifecycle

struct AgentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent", abstract: "Run an agent: offer this machine's resources to a master.",
    discussion: """
      Resources that --resources does not name are found out. SIGTERM and Ctrl-C kill the tasks and take the agent from \
      the cluster; after SIGKILL the tasks of the agent count as lost once the master has missed it.
      """)

  @Option(name: .mesos("master"), help: "Where the master is, HOST:PORT. (default port: 5052)")
  var master: String?
  @Option(name: .mesos("work_dir"), help: "Where sandboxes and what the agent must remember are kept.")
  var workDir: String?
  @Option(
    name: .mesos("runtime_dir"),
    help: "Where running containers are recorded; best in memory. (default: /run/meseta/<hash of work_dir>)")
  var runtimeDir: String?
  @Option(name: .mesos("resources"), help: "What to offer, such as \"cpus:4;mem:8192;ports:[31000-32000]\".")
  var resources: String?
  @Option(name: .mesos("default_role"), help: "Whom resources without a role are reserved to. (default: *)")
  var defaultRole: String?
  @Option(name: .mesos("attributes"), help: "What schedulers may choose by, such as \"rack:a12;level:3\".")
  var attributes: String?
  @Option(
    name: .mesos("hostname"), help: "The name by which others reach this machine. (default: its host name)")
  var hostname: String?
  @Option(name: .mesos("ip"), help: "The address to listen on. (default: 0.0.0.0)")
  var ip: String?
  @Option(
    name: .mesos("native_port"), help: "The port of the native protocol; 0 takes a free one. (default: 5053)")
  var nativePort: String?
  @Option(name: .mesos("domain"), help: "Where the machine stands, REGION/ZONE.")
  var domain: String?
  @Option(
    name: .mesos("executor_registration_timeout"),
    help: "How long an executor may take to subscribe. (default: 1mins)")
  var executorRegistrationTimeout: String?
  @Option(
    name: .mesos("executor_shutdown_grace_period"),
    help: "How long an executor may take to end. (default: 5secs)")
  var executorShutdownGracePeriod: String?
  @Option(
    name: .mesos("registration_backoff_factor"),
    help: "The first wait between attempts to register; it doubles up to a minute. (default: 1secs)")
  var registrationBackoffFactor: String?
  @OptionGroup var logging: LoggingOptions

  func run() async throws {
    let settings = Settings()
    guard let address = try settings.address(master, "master", defaultPort: NativePort.master) else {
      throw ValidationError("--master is missing: say where the master is, such as --master 10.0.0.1:5052")
    }
    guard let directory = settings.string(workDir, "work_dir") else {
      throw ValidationError(
        "--work_dir is missing: say where to keep sandboxes, such as --work_dir /var/lib/meseta")
    }
    var options = AgentService.Options(master: address, workDirectory: absolute(directory))
    options.runtimeDirectory = settings.string(runtimeDir, "runtime_dir").map(absolute)
    options.host = settings.string(ip, "ip") ?? "0.0.0.0"
    options.port = try settings.integer(nativePort, "native_port", 0...65535) ?? NativePort.agent
    options.hostname = settings.string(hostname, "hostname") ?? MachineResources.hostname
    let role = settings.string(defaultRole, "default_role") ?? Role.anyone
    options.resources = try settings.resources(resources, "resources", defaultRole: role) ?? Resources()
    options.attributes = try settings.value(attributes, "attributes") { try Attribute.parse($0) } ?? []
    options.domain = try settings.value(domain, "domain", Self.parseDomain)
    let registration = try settings.span(executorRegistrationTimeout, "executor_registration_timeout")
    let shutdown = try settings.span(executorShutdownGracePeriod, "executor_shutdown_grace_period")
    let backoff = try settings.span(registrationBackoffFactor, "registration_backoff_factor")
    options.adjust = { configuration in
      if let registration { configuration.executorRegistrationTimeout = registration }
      if let shutdown { configuration.executorShutdownGracePeriod = shutdown }
      if let backoff { configuration.registrationBackoffFactor = backoff }
    }
    let logger = try logging.logger("meseta.agent", settings)
    let agent = try AgentService(options, logger: logger)
    try await runServices([agent], logger: logger)
  }

  private static func parseDomain(_ text: String) throws -> FaultDomain {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw BadValue("\"\(text)\" is not REGION/ZONE")
    }
    return FaultDomain(region: parts[0], zone: parts[1])
  }
}
