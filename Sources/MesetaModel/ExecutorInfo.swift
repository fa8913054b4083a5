/// An executor: the program on the agent that runs a framework's tasks.
public struct ExecutorInfo: Hashable, Codable, Sendable {
  public enum Kind: Int32, Hashable, Codable, Sendable {
    case unknown = 0
    /// Mesos's own executor of task groups.
    case `default` = 1
    /// The framework's own program.
    case custom = 2
  }

  public var id: ExecutorID
  public var kind: Kind?
  public var command: CommandInfo?
  public var frameworkID: FrameworkID?
  public var name: String?
  public var source: String?
  public var data: [UInt8]?
  public var resources: Resources
  /// How long the executor may take to end after it is asked to, in nanoseconds.
  public var shutdownGracePeriod: Int64?
  public var labels: Labels?
  /// `mesos.v1.ContainerInfo`.
  public var container: EncodedMessage?
  /// `mesos.v1.DiscoveryInfo`.
  public var discovery: EncodedMessage?
  package var unknownFields = UnknownFields()

  public init(
    id: ExecutorID, kind: Kind? = nil, command: CommandInfo? = nil, frameworkID: FrameworkID? = nil,
    name: String? = nil, source: String? = nil, data: [UInt8]? = nil, resources: Resources = Resources(),
    shutdownGracePeriod: Int64? = nil, labels: Labels? = nil, container: EncodedMessage? = nil,
    discovery: EncodedMessage? = nil
  ) {
    self.id = id
    self.kind = kind
    self.command = command
    self.frameworkID = frameworkID
    self.name = name
    self.source = source
    self.data = data
    self.resources = resources
    self.shutdownGracePeriod = shutdownGracePeriod
    self.labels = labels
    self.container = container
    self.discovery = discovery
  }
}
