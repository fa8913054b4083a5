// The agents and frameworks of a measured cluster, wherever their master is.

import Logging
import MesetaAgent
import MesetaContainers
import MesetaFramework
import MesetaHost
import MesetaModel
import MesetaRuntime
import MesetaService

/// What the tasks of a cluster are.
enum TaskKind: String {
  /// They end at once; no process is started.
  case finishing
  /// They run until the end; no process is started.
  case holding
  /// They are processes, of /bin/true.
  case real

  /// What one needs: 40 of those that end fit on an agent at a time, 400 of those that stay.
  var need: Resources {
    switch self {
    case .finishing, .real: "cpus:0.1;mem:64"
    case .holding: "cpus:0.01;mem:16"
    }
  }
}

/// Starts agents and frameworks, and keeps them.
final class Load {
  /// Where an agent or a framework runs, and how it reaches the master.
  struct Place: Sendable {
    var connector: any Connector
    var executor: any HostExecutor

    init(_ connector: any Connector, on executor: any HostExecutor) {
      self.connector = connector
      self.executor = executor
    }
  }

  /// What each agent has; the same as in the measurements of other systems.
  static let agentResources: Resources = "cpus:4;mem:8192;disk:16384;ports:[31000-32000]"

  private let places: [Place]
  private var agents: [AgentHost] = []
  private var quietAgents: [QuietAgent] = []
  private var decliners: [FrameworkHost<DecliningScheduler>] = []
  private var launcher: FrameworkHost<LaunchingScheduler>?
  private let watch = LoadWatch()

  /// - Parameter places: taken in turn.
  init(_ places: [Place]) { self.places = places }

  static let logger: Logger = {
    var logger = Logger(label: "meseta-bench") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .error
    return logger
  }()

  /// Agents that register, and no more.
  func startQuietAgents(_ count: Int) async throws {
    for number in 0..<count {
      let agent = QuietAgent(Self.info(number), place(number), watch)
      quietAgents.append(agent)
      agent.start()
      // As many as may knock at the master's door at once.
      if number % 256 == 255 { try await watch.registered.wait(for: number + 1, "agents are registered") }
    }
    try await watch.registered.wait(for: count, "agents are registered")
  }

  /// Agents that run tasks.
  ///
  /// - Parameters:
  ///   - directory: where those that run processes have their files.
  ///   - records: where they write down what becomes of their tasks; nil: they do not.
  func startAgents(_ count: Int, _ tasks: TaskKind, directory: String, records: String? = nil) async throws {
    for number in 0..<count {
      var configuration = AgentConfiguration(
        info: Self.info(number), workDirectory: "\(directory)/agent-\(number)")
      configuration.switchUser = false
      configuration.registrationBackoffFactor = .milliseconds(10)
      configuration.checkpointsTasks = records != nil
      let storage: any AgentStorage =
        try records.map { try FileAgentStorage(workDirectory: "\($0)/agent-\(number)") } ?? NoStorage()
      let agent = try AgentHost(
        configuration, seed: UInt64(number) + 1, checkpoint: nil,
        connector: place(number).connector, storage: storage, executor: place(number).executor,
        logger: Self.logger
      ) { observer in
        guard tasks == .real else { return NoContainerizer(holds: tasks == .holding, observer: observer) }
        return try ProcessContainerizer(
          runtimeDirectory: "\(directory)/runtime-\(number)", observer: observer)
      }
      agents.append(agent)
      agent.start()
    }
    while true {
      var count = 0
      for agent in agents where await agent.withAgent({ $0.id != nil }) { count += 1 }
      if count == agents.count { return }
      try await Task.sleep(nanoseconds: 5_000_000)
    }
  }

  /// Frameworks that decline everything.
  func startDecliningFrameworks(_ count: Int) async throws {
    for number in 0..<count {
      let host = framework(DecliningScheduler(subscribed: watch.subscribed), number)
      decliners.append(host)
      host.start()
    }
    try await watch.subscribed.wait(for: count, "frameworks are subscribed")
  }

  /// A framework that launches tasks: so many a second, or else as soon as it can.
  func startLaunchingFramework(_ meter: TaskMeter, _ tasks: TaskKind, perSecond rate: Double?) {
    let scheduler = LaunchingScheduler(
      need: tasks.need, command: .program("/bin/true", ["/bin/true"]), meter: meter,
      pace: rate.map { Pace(perSecond: $0) })
    let host = framework(scheduler, 0)
    launcher = host
    host.start()
  }

  /// In a role of its own.
  private func framework<S: Scheduler>(_ scheduler: S, _ number: Int) -> FrameworkHost<S> {
    var options = SchedulerOptions()
    options.followsDemand = false
    let info = FrameworkInfo(
      user: "root", name: "framework-\(number)", failoverTimeout: 3600, roles: ["role-\(number)"],
      capabilities: [.multiRole, .partitionAware, .reservationRefinement])
    return FrameworkHost(
      scheduler, framework: info, options: options, seed: UInt64(number) + 1,
      connector: place(number).connector, executor: place(number).executor, logger: Self.logger)
  }

  /// The master is about to go: nobody is to complain.
  func end() { watch.isEnding.increment() }

  private func place(_ number: Int) -> Place { places[number % places.count] }

  private static func info(_ number: Int) -> AgentInfo {
    AgentInfo(hostname: "agent-\(number).example", resources: agentResources)
  }
}
