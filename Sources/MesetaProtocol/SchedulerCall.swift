public import MesetaModel

/// What a scheduler asks of the master (`mesos.v1.scheduler.Call`).
public struct SchedulerCall: Hashable, Sendable {
  /// The framework that calls; nil only in a first SUBSCRIBE.
  public var frameworkID: FrameworkID?
  public var kind: Kind

  @inlinable
  public init(frameworkID: FrameworkID?, _ kind: consuming Kind) {
    self.frameworkID = frameworkID
    self.kind = kind
  }

  public enum Kind: Hashable, Sendable {
    indirect case subscribe(Subscribe)
    case teardown
    case accept(Accept)
    case decline(offerIDs: [OfferID], filters: Filters)
    /// Clears filters and suppression of the roles; none named: of all.
    case revive(roles: [String])
    /// Ends offers to the roles; none named: to all.
    case suppress(roles: [String])
    case kill(Kill)
    case shutdown(executorID: ExecutorID, agentID: AgentID)
    case acknowledge(Acknowledge)
    /// No tasks named: all the master knows of.
    case reconcile([ReconciledTask])
    case message(agentID: AgentID, executorID: ExecutorID, data: [UInt8])
    case request([ResourceRequest])
    indirect case acknowledgeOperationStatus(AcknowledgeOperationStatus)
    case reconcileOperations([ReconciledOperation])
    indirect case updateFramework(Subscribe)
    /// The framework can do without the agents of these inverse offers from the times that they name on.
    case acceptInverseOffers(inverseOfferIDs: [OfferID], filters: Filters)
    /// It cannot.
    case declineInverseOffers(inverseOfferIDs: [OfferID], filters: Filters)
    /// Wants resources all at once or not at all; answered by an event. Not a call of Mesos.
    indirect case demand(GangDemand)
    /// Takes a demand back. Not a call of Mesos.
    case withdraw(DemandID)
    /// A call of a type that this version does not know, by its number on the wire.
    case unknown(type: Int32)
  }

  public struct Subscribe: Hashable, Sendable {
    public var framework: FrameworkInfo
    public var suppressedRoles: [String]
    /// Of which agents offers are wanted.
    public var offerConstraints: OfferConstraints

    public init(
      _ framework: FrameworkInfo, suppressedRoles: [String] = [], offerConstraints: OfferConstraints = [:]
    ) {
      self.framework = framework
      self.suppressedRoles = suppressedRoles
      self.offerConstraints = offerConstraints
    }
  }

  public struct Accept: Hashable, Sendable {
    public var offerIDs: [OfferID]
    public var operations: [Operation]
    public var filters: Filters

    public init(_ offerIDs: [OfferID], _ operations: [Operation], filters: Filters = Filters()) {
      self.offerIDs = offerIDs
      self.operations = operations
      self.filters = filters
    }
  }

  public struct Kill: Hashable, Sendable {
    public var taskID: TaskID
    public var agentID: AgentID?
    /// Overrides the task's own grace period; nanoseconds.
    public var gracePeriod: Int64?

    public init(_ taskID: TaskID, agentID: AgentID? = nil, gracePeriod: Int64? = nil) {
      self.taskID = taskID
      self.agentID = agentID
      self.gracePeriod = gracePeriod
    }
  }

  public struct Acknowledge: Hashable, Sendable {
    public var agentID: AgentID
    public var taskID: TaskID
    public var uuid: UUID

    public init(agentID: AgentID, taskID: TaskID, uuid: UUID) {
      self.agentID = agentID
      self.taskID = taskID
      self.uuid = uuid
    }
  }

  public struct ReconciledTask: Hashable, Codable, Sendable {
    public var taskID: TaskID
    public var agentID: AgentID?

    public init(_ taskID: TaskID, agentID: AgentID? = nil) {
      self.taskID = taskID
      self.agentID = agentID
    }
  }

  public struct ResourceRequest: Hashable, Sendable {
    public var agentID: AgentID?
    public var resources: Resources

    public init(agentID: AgentID? = nil, resources: Resources) {
      self.agentID = agentID
      self.resources = resources
    }
  }

  public struct AcknowledgeOperationStatus: Hashable, Sendable {
    public var agentID: AgentID?
    public var resourceProviderID: ResourceProviderID?
    public var uuid: UUID
    public var operationID: OperationID

    public init(
      agentID: AgentID?, resourceProviderID: ResourceProviderID?, uuid: UUID, operationID: OperationID
    ) {
      self.agentID = agentID
      self.resourceProviderID = resourceProviderID
      self.uuid = uuid
      self.operationID = operationID
    }
  }

  public struct ReconciledOperation: Hashable, Sendable {
    public var operationID: OperationID
    public var agentID: AgentID?
    public var resourceProviderID: ResourceProviderID?

    public init(
      _ operationID: OperationID, agentID: AgentID? = nil, resourceProviderID: ResourceProviderID? = nil
    ) {
      self.operationID = operationID
      self.agentID = agentID
      self.resourceProviderID = resourceProviderID
    }
  }
}

extension SchedulerCall.Kind {
  /// Mesos's name of the call, `ACCEPT`.
  public var name: String {
    switch self {
    case .subscribe: "SUBSCRIBE"
    case .teardown: "TEARDOWN"
    case .accept: "ACCEPT"
    case .decline: "DECLINE"
    case .revive: "REVIVE"
    case .suppress: "SUPPRESS"
    case .kill: "KILL"
    case .shutdown: "SHUTDOWN"
    case .acknowledge: "ACKNOWLEDGE"
    case .reconcile: "RECONCILE"
    case .message: "MESSAGE"
    case .request: "REQUEST"
    case .acknowledgeOperationStatus: "ACKNOWLEDGE_OPERATION_STATUS"
    case .reconcileOperations: "RECONCILE_OPERATIONS"
    case .updateFramework: "UPDATE_FRAMEWORK"
    case .acceptInverseOffers: "ACCEPT_INVERSE_OFFERS"
    case .declineInverseOffers: "DECLINE_INVERSE_OFFERS"
    case .demand: "DEMAND"
    case .withdraw: "WITHDRAW"
    case .unknown(let type): "UNKNOWN(\(type))"
    }
  }
}
