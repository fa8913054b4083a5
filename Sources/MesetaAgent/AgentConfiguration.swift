// What an agent is told about itself before it starts. The names and defaults are those of Mesos's flags.

public import MesetaModel
import MesetaProtocol
public import MesetaRuntime

/// How an agent is set up.
public struct AgentConfiguration: Codable, Sendable {
  /// The machine: its name, its resources and its attributes. The id is the master's to give.
  public var info: AgentInfo
  public var version: String
  public var capabilities: [AgentCapability]
  /// Where executors and operators reach the agent's native protocol, `HOST:PORT`; nil where it listens to nobody.
  public var nativeAddress: String?
  /// Where executors reach the agent's HTTP API, `HOST:PORT`.
  public var endpoint: String
  /// An absolute path. The sandboxes are below it.
  public var workDirectory: String
  /// Whether tasks run as the user that their command or framework names, rather than as the agent's own.
  public var switchUser: Bool
  /// What every executor and command finds in its environment, unless its own says otherwise.
  public var executorEnvironmentVariables: [EnvironmentEntry]
  /// How long an executor may take to end, unless it says so itself.
  public var executorShutdownGracePeriod: Span
  /// How long an executor may take to subscribe after its container was launched.
  public var executorRegistrationTimeout: Span
  /// How long executors may take to come back to an agent that restarted; they pace themselves by it.
  public var executorReregistrationTimeout: Span
  /// How long executors of checkpointing frameworks wait for an agent that is gone.
  public var recoveryTimeout: Span
  /// Whether frameworks, executors, tasks and updates are written down, so that an agent that is started again goes on with them. For a
  /// storage that keeps them.
  public var checkpointsTasks: Bool
  /// What becomes of what an earlier life has left running.
  public var recoveryMode: RecoveryMode
  /// How long sandboxes are kept after their runs, on an empty disk.
  public var gcDelay: Span
  /// The part of the disk that is to be free: sandboxes are kept for less time the nearer that is.
  public var gcDiskHeadroom: Double
  /// How long it is from one look at the disk to the next; nil: sandboxes are kept for ever.
  public var diskWatchInterval: Span?
  /// The first bound of the random wait between attempts to connect or register; it doubles up to a minute.
  public var registrationBackoffFactor: Span
  /// After how long an update that is not acknowledged is sent again; it doubles from the first to the second.
  public var statusUpdateRetryInterval: ClosedRange<Span>
  /// How many runs that have ended are remembered per framework, for their sandboxes to be found.
  public var maxCompletedExecutorsPerFramework: Int
  /// Says what may be given away besides what the agent has; nil: nothing.
  public var resourceEstimator: (any ResourceEstimator)? {
    get { estimator.value }
    set { estimator = EstimatorSlot(newValue) }
  }
  /// How long it is from one estimate to the next.
  public var oversubscribedResourcesInterval: Span
  /// Takes back what others need; nil: nobody does.
  public var qosController: (any QoSController)? {
    get { controller.value }
    set { controller = ControllerSlot(newValue) }
  }
  /// How long it is from one correction to the next; a second if it is zero.
  public var qosCorrectionInterval: Span
  public var authorizer: Authorizer
  private var estimator = EstimatorSlot(nil)
  private var controller = ControllerSlot(nil)

  public init(info: AgentInfo, workDirectory: String, nativeAddress: String? = nil) {
    self.info = info
    self.version = Version.current
    self.capabilities = [
      .multiRole, .hierarchicalRole, .reservationRefinement, .resourceProvider, .resizeVolume,
      .agentOperationFeedback, .agentDraining,
    ]
    self.nativeAddress = nativeAddress
    self.endpoint = "\(info.hostname):\(info.port)"
    self.workDirectory = workDirectory
    self.switchUser = true
    self.executorEnvironmentVariables = []
    self.executorShutdownGracePeriod = .seconds(5)
    self.executorRegistrationTimeout = .minutes(1)
    self.executorReregistrationTimeout = .seconds(2)
    self.recoveryTimeout = .minutes(15)
    self.checkpointsTasks = false
    self.recoveryMode = .reconnect
    self.gcDelay = .minutes(7 * 24 * 60)
    self.gcDiskHeadroom = 0.1
    self.registrationBackoffFactor = .seconds(1)
    self.statusUpdateRetryInterval = Span.seconds(10)...Span.minutes(10)
    self.maxCompletedExecutorsPerFramework = 150
    self.oversubscribedResourcesInterval = .seconds(15)
    self.qosCorrectionInterval = .zero
    self.authorizer = .permitAll
  }
}
