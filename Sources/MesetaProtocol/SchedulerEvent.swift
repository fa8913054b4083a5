public import MesetaModel

/// What the master tells a scheduler (`mesos.v1.scheduler.Event`).
public enum SchedulerEvent: Hashable, Sendable {
  /// Answers SUBSCRIBE. `heartbeatInterval` in seconds: the master is gone if it is silent for several of them.
  indirect case subscribed(FrameworkID, heartbeatInterval: Double?, master: MasterInfo?)
  case offers([Offer])
  /// The offer is no longer valid.
  case rescind(OfferID)
  /// Agents that the framework has something on, or is offered, are to go down for maintenance.
  case inverseOffers([InverseOffer])
  /// The inverse offer is no longer valid.
  case rescindInverseOffer(OfferID)
  case update(TaskStatus)
  case message(agentID: AgentID, executorID: ExecutorID, data: [UInt8])
  /// An agent is gone, or (with `executorID`) an executor ended with `status`.
  case failure(agentID: AgentID?, executorID: ExecutorID?, status: Int32?)
  /// The subscription is over: what the framework said cannot be accepted.
  case error(String)
  case heartbeat
  indirect case updateOperationStatus(OperationStatus)
  /// A demand is met with these offers, all that there are. Not an event of Mesos.
  case demandMet(DemandID, [Offer])
  /// A demand is given up, and nothing of it was offered. Not an event of Mesos.
  indirect case demandFailed(DemandFailure)
  /// An event of a type that this version does not know, by its number on the wire.
  case unknown(type: Int32)

  /// Mesos's name of the event, `OFFERS`.
  public var name: String {
    switch self {
    case .subscribed: "SUBSCRIBED"
    case .offers: "OFFERS"
    case .rescind: "RESCIND"
    case .inverseOffers: "INVERSE_OFFERS"
    case .rescindInverseOffer: "RESCIND_INVERSE_OFFER"
    case .update: "UPDATE"
    case .message: "MESSAGE"
    case .failure: "FAILURE"
    case .error: "ERROR"
    case .heartbeat: "HEARTBEAT"
    case .updateOperationStatus: "UPDATE_OPERATION_STATUS"
    case .demandMet: "DEMAND_MET"
    case .demandFailed: "DEMAND_FAILED"
    case .unknown(let type): "UNKNOWN(\(type))"
    }
  }
}
