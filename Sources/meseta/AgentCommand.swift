import ArgumentParser
import Foundation
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
      Resources that --resources does not name are found out. Executors of Meseta connect to --native_port, and those written \
      for Mesos, which speak HTTP, to --port. SIGTERM and Ctrl-C kill the tasks and take the agent from \
      the cluster. After SIGKILL, or a crash, tasks and executors go on, and the agent goes on with them when it is started \
      again; they count as lost once the master has missed it for too long.
      """)

  @Option(
    name: .mesos("master"),
    help: """
      Where the master is: HOST:PORT, or zk://HOST:PORT,.../PATH for the one that leads, or file:// and the name of a \
      file in which that stands. (default port: 5052)
      """)
  var master: String?
  @Option(
    name: .mesos("zk_session_timeout"),
    help: "How long ZooKeeper keeps a session that says nothing. (default: 10secs)")
  var zkSessionTimeout: String?
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
  @Option(
    name: .mesos("attributes"),
    help: "What schedulers may choose by besides os, arch and kernel, such as \"rack:a12;level:3\".")
  var attributes: String?
  @Option(
    name: .mesos("hostname"), help: "The name by which others reach this machine. (default: its host name)")
  var hostname: String?
  @Option(name: .mesos("ip"), help: "The address to listen on. (default: 0.0.0.0)")
  var ip: String?
  @Option(
    name: .mesos("port"), help: "The port of Mesos's HTTP interface; 0 takes a free one. (default: 5051)")
  var port: String?
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
    name: .mesos("executor_reregistration_timeout"),
    help: "How long an executor may take to come back to an agent that restarted. (default: 2secs)")
  var executorReregistrationTimeout: String?
  @Option(
    name: .mesos("recovery_timeout"),
    help:
      "How long an executor waits for an agent that is gone, if its framework wants that. (default: 15mins)")
  var recoveryTimeout: String?
  @Option(
    name: .mesos("switch_user"),
    help: "Whether tasks run as the user they name, rather than as the agent's own. (default: true)")
  var switchUser: String?
  @Option(
    name: .mesos("executor_environment_variables"),
    help: "What every task finds in its environment, as a JSON object: {\"PATH\": \"/bin\"}.")
  var executorEnvironmentVariables: String?
  @Option(
    name: .mesos("max_completed_executors_per_framework"),
    help: "How many ended executors of a framework are remembered. (default: 150)")
  var maxCompletedExecutors: String?
  @Option(
    name: .mesos("registration_backoff_factor"),
    help: "The first wait between attempts to register; it doubles up to a minute. (default: 1secs)")
  var registrationBackoffFactor: String?
  @OptionGroup var recovery: RecoveryOptions
  @OptionGroup var garbage: GarbageOptions
  @OptionGroup var oversubscription: OversubscriptionOptions
  @OptionGroup var recording: RecordingOptions
  @OptionGroup var logging: LoggingOptions

  func validate() throws { _ = try options(Settings()) }

  func run() async throws {
    let settings = Settings()
    let options = try options(settings)
    let logger = try logging.logger("meseta.agent", settings, verbosity: options.verbosity)
    let agent = try AgentService(options, logger: logger)
    try await runServices([agent], logger: logger)
  }

  private func options(_ settings: Settings) throws -> AgentService.Options {
    guard let address = try settings.nativeMaster(master, "master") else {
      throw ValidationError("--master is missing: say where the master is, such as --master 10.0.0.1:5052")
    }
    guard let directory = settings.string(workDir, "work_dir") else {
      throw ValidationError(
        "--work_dir is missing: say where to keep sandboxes, such as --work_dir /var/lib/meseta")
    }
    var options = AgentService.Options(master: address, workDirectory: absolute(directory))
    options.zooKeeperSessionTimeout = try settings.sessionTimeout(zkSessionTimeout) ?? .seconds(10)
    options.runtimeDirectory = settings.string(runtimeDir, "runtime_dir").map(absolute)
    options.recording = try recording.options(settings)
    options.host = settings.string(ip, "ip") ?? "0.0.0.0"
    options.httpPort = try settings.integer(port, "port", 0...65535) ?? 5051
    options.port = try settings.integer(nativePort, "native_port", 0...65535) ?? NativePort.agent
    options.hostname = settings.string(hostname, "hostname") ?? MachineResources.hostname
    let role = settings.string(defaultRole, "default_role") ?? Role.anyone
    options.resources = try settings.resources(resources, "resources", defaultRole: role) ?? Resources()
    options.attributes = try settings.value(attributes, "attributes") { try Attribute.parse($0) } ?? []
    options.domain = try settings.value(domain, "domain", FaultDomain.init(parsing:))
    try recovery.set(&options, settings)
    let mode = try recovery.mode(settings)
    let given = try givenConfiguration(settings)
    let oversubscribe = try oversubscription.change(settings)
    let collect = try garbage.change(settings)
    options.adjust = { configuration in
      configuration.executorRegistrationTimeout = given.executorRegistrationTimeout
      configuration.executorReregistrationTimeout = given.executorReregistrationTimeout
      configuration.executorShutdownGracePeriod = given.executorShutdownGracePeriod
      configuration.recoveryTimeout = given.recoveryTimeout
      configuration.recoveryMode = mode
      configuration.registrationBackoffFactor = given.registrationBackoffFactor
      configuration.switchUser = given.switchUser
      configuration.maxCompletedExecutorsPerFramework = given.maxCompletedExecutorsPerFramework
      configuration.executorEnvironmentVariables = given.executorEnvironmentVariables
      oversubscribe(&configuration)
      collect(&configuration)
    }
    return options
  }

  /// A configuration whose other values are the defaults.
  private func givenConfiguration(_ settings: Settings) throws -> AgentConfiguration {
    var configuration = AgentConfiguration(
      info: AgentInfo(hostname: "", resources: Resources()), workDirectory: "/")
    try settings.set(
      &configuration.executorRegistrationTimeout, executorRegistrationTimeout,
      "executor_registration_timeout")
    try settings.set(
      &configuration.executorReregistrationTimeout, executorReregistrationTimeout,
      "executor_reregistration_timeout")
    try settings.set(
      &configuration.executorShutdownGracePeriod, executorShutdownGracePeriod,
      "executor_shutdown_grace_period")
    try settings.set(&configuration.recoveryTimeout, recoveryTimeout, "recovery_timeout")
    try settings.set(
      &configuration.registrationBackoffFactor, registrationBackoffFactor, "registration_backoff_factor")
    try settings.set(&configuration.switchUser, switchUser, "switch_user")
    try settings.set(
      &configuration.maxCompletedExecutorsPerFramework, maxCompletedExecutors,
      "max_completed_executors_per_framework", 0...1_000_000)
    let variables = try settings.value(
      executorEnvironmentVariables, "executor_environment_variables", Self.parseVariables)
    if let variables { configuration.executorEnvironmentVariables = variables }
    return configuration
  }

  private static func parseVariables(_ text: String) throws -> [EnvironmentEntry] {
    guard let variables = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)),
      !variables.keys.contains(where: { $0.isEmpty || $0.contains("=") })
    else { throw BadValue("\"\(text)\" is not a JSON object of strings, such as {\"PATH\": \"/bin\"}") }
    return variables.sorted { $0.key < $1.key }.map { EnvironmentEntry(name: $0.key, value: $0.value) }
  }
}
