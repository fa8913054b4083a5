// Messages by kind: to count them, and to tell them apart at the price of a number.

import MesetaProtocol

/// What kind of message it is.
public enum MessageKind: Int, Hashable, Sendable, CaseIterable {
  case schedulerCallSubscribe, schedulerCallTeardown, schedulerCallAccept, schedulerCallDecline,
    schedulerCallRevive, schedulerCallSuppress, schedulerCallKill, schedulerCallShutdown,
    schedulerCallAcknowledge, schedulerCallReconcile, schedulerCallMessage, schedulerCallRequest,
    schedulerCallAcknowledgeOperationStatus, schedulerCallReconcileOperations, schedulerCallUpdateFramework,
    schedulerCallAcceptInverseOffers, schedulerCallDeclineInverseOffers, schedulerCallDemand,
    schedulerCallWithdraw, schedulerCallUnknown
  case schedulerEventSubscribed, schedulerEventOffers, schedulerEventRescind, schedulerEventInverseOffers,
    schedulerEventRescindInverseOffer, schedulerEventUpdate, schedulerEventMessage, schedulerEventFailure,
    schedulerEventError, schedulerEventHeartbeat, schedulerEventUpdateOperationStatus,
    schedulerEventDemandMet, schedulerEventDemandFailed, schedulerEventUnknown
  case executorCallSubscribe, executorCallUpdate, executorCallMessage, executorCallHeartbeat,
    executorCallUnknown
  case executorEventSubscribed, executorEventLaunch, executorEventLaunchGroup, executorEventKill,
    executorEventAcknowledged, executorEventMessage, executorEventShutdown, executorEventError,
    executorEventHeartbeat, executorEventUnknown
  case agentRegister, agentReregister, agentUnregister, agentStatusUpdate, agentExitedExecutor,
    agentExecutorMessage, agentPong, agentUpdateOperationStatus, agentUpdateResources,
    agentUpdateOversubscribed
  case masterRegistered, masterReregistered, masterPing, masterRunTask, masterKillTask,
    masterShutdownExecutor, masterShutdownFramework, masterFrameworkMessage, masterAcknowledge,
    masterUpdateFramework, masterDrain, masterShutdown, masterApplyOperation, masterAcknowledgeOperation
  case operatorCall, operatorResponse, accepted, failed, heartbeat, closing

  /// `schedulerCallAccept`.
  public var name: String { "\(self)" }

  /// Whether it says no more than that the sender is there.
  public var isKeepAlive: Bool {
    switch self {
    case .heartbeat, .masterPing, .agentPong, .schedulerEventHeartbeat, .executorCallHeartbeat,
      .executorEventHeartbeat:
      true
    default: false
    }
  }
}

extension Message {
  /// What kind of message it is.
  var kind: MessageKind {
    switch self {
    case .schedulerCall(let call, _): call.kind.messageKind
    case .schedulerEvent(let event): event.messageKind
    case .executorCall(let call, _): call.kind.messageKind
    case .executorEvent(let event): event.messageKind
    case .agentMessage(let message): message.messageKind
    case .masterMessage(let message): message.messageKind
    case .operatorCall: .operatorCall
    case .operatorResponse: .operatorResponse
    case .accepted: .accepted
    case .failed: .failed
    case .heartbeat: .heartbeat
    case .closing: .closing
    }
  }
}

extension SchedulerCall.Kind {
  fileprivate var messageKind: MessageKind {
    switch self {
    case .subscribe: .schedulerCallSubscribe
    case .teardown: .schedulerCallTeardown
    case .accept: .schedulerCallAccept
    case .decline: .schedulerCallDecline
    case .revive: .schedulerCallRevive
    case .suppress: .schedulerCallSuppress
    case .kill: .schedulerCallKill
    case .shutdown: .schedulerCallShutdown
    case .acknowledge: .schedulerCallAcknowledge
    case .reconcile: .schedulerCallReconcile
    case .message: .schedulerCallMessage
    case .request: .schedulerCallRequest
    case .acknowledgeOperationStatus: .schedulerCallAcknowledgeOperationStatus
    case .reconcileOperations: .schedulerCallReconcileOperations
    case .updateFramework: .schedulerCallUpdateFramework
    case .acceptInverseOffers: .schedulerCallAcceptInverseOffers
    case .declineInverseOffers: .schedulerCallDeclineInverseOffers
    case .demand: .schedulerCallDemand
    case .withdraw: .schedulerCallWithdraw
    case .unknown: .schedulerCallUnknown
    }
  }
}

extension SchedulerEvent {
  fileprivate var messageKind: MessageKind {
    switch self {
    case .subscribed: .schedulerEventSubscribed
    case .offers: .schedulerEventOffers
    case .rescind: .schedulerEventRescind
    case .inverseOffers: .schedulerEventInverseOffers
    case .rescindInverseOffer: .schedulerEventRescindInverseOffer
    case .update: .schedulerEventUpdate
    case .message: .schedulerEventMessage
    case .failure: .schedulerEventFailure
    case .error: .schedulerEventError
    case .heartbeat: .schedulerEventHeartbeat
    case .updateOperationStatus: .schedulerEventUpdateOperationStatus
    case .demandMet: .schedulerEventDemandMet
    case .demandFailed: .schedulerEventDemandFailed
    case .unknown: .schedulerEventUnknown
    }
  }
}

extension ExecutorCall.Kind {
  fileprivate var messageKind: MessageKind {
    switch self {
    case .subscribe: .executorCallSubscribe
    case .update: .executorCallUpdate
    case .message: .executorCallMessage
    case .heartbeat: .executorCallHeartbeat
    case .unknown: .executorCallUnknown
    }
  }
}

extension ExecutorEvent {
  fileprivate var messageKind: MessageKind {
    switch self {
    case .subscribed: .executorEventSubscribed
    case .launch: .executorEventLaunch
    case .launchGroup: .executorEventLaunchGroup
    case .kill: .executorEventKill
    case .acknowledged: .executorEventAcknowledged
    case .message: .executorEventMessage
    case .shutdown: .executorEventShutdown
    case .error: .executorEventError
    case .heartbeat: .executorEventHeartbeat
    case .unknown: .executorEventUnknown
    }
  }
}

extension AgentMessage {
  fileprivate var messageKind: MessageKind {
    switch self {
    case .register: .agentRegister
    case .reregister: .agentReregister
    case .unregister: .agentUnregister
    case .statusUpdate: .agentStatusUpdate
    case .exitedExecutor: .agentExitedExecutor
    case .executorMessage: .agentExecutorMessage
    case .pong: .agentPong
    case .updateOperationStatus: .agentUpdateOperationStatus
    case .updateResources: .agentUpdateResources
    case .updateOversubscribed: .agentUpdateOversubscribed
    }
  }
}

extension MasterMessage {
  fileprivate var messageKind: MessageKind {
    switch self {
    case .registered: .masterRegistered
    case .reregistered: .masterReregistered
    case .ping: .masterPing
    case .runTask: .masterRunTask
    case .killTask: .masterKillTask
    case .shutdownExecutor: .masterShutdownExecutor
    case .shutdownFramework: .masterShutdownFramework
    case .frameworkMessage: .masterFrameworkMessage
    case .acknowledge: .masterAcknowledge
    case .updateFramework: .masterUpdateFramework
    case .drain: .masterDrain
    case .shutdown: .masterShutdown
    case .applyOperation: .masterApplyOperation
    case .acknowledgeOperation: .masterAcknowledgeOperation
    }
  }
}
