// What a master counts, and under which names.

package import MesetaModel
import MesetaProtocol

/// Names what is counted, by its place in a table.
package protocol CounterName: RawRepresentable<Int>, CaseIterable, Hashable, Sendable {
  /// Mesos's name of it, without what stands before all of them.
  var name: String { get }
}

/// How often each of some things has happened.
package struct Counters<Name: CounterName>: Hashable, Codable, Sendable {
  private var counts = [UInt64](repeating: 0, count: Name.allCases.count)

  package init() {}

  package subscript(name: Name) -> UInt64 {
    get { counts[name.rawValue] }
    set { counts[name.rawValue] = newValue }
  }

  /// Counts something that is also one of a kind that is counted.
  mutating func count(_ name: Name, as kind: Name) {
    counts[name.rawValue] &+= 1
    counts[kind.rawValue] &+= 1
  }
}

/// How often tasks ended, or went unreachable, in one way.
package struct TaskEndCount: Hashable, Codable, Sendable {
  package var state: TaskState
  package var source: TaskStatus.Source
  package var reason: TaskStatus.Reason
  package var count: UInt64
}

/// What a master counts beside ``MasterMetrics``, as `master/NAME`.
package enum MasterCounter: Int, CounterName {
  case messagesRegisterFramework, messagesReregisterFramework, messagesUnregisterFramework
  case messagesKillTask, messagesReviveOffers, messagesSuppressOffers, messagesResourceRequest
  case messagesLaunchTasks, messagesDeclineOffers, messagesStatusUpdateAcknowledgement
  case messagesOperationStatusUpdateAcknowledgement, messagesReconcileTasks, messagesReconcileOperations
  case messagesFrameworkToExecutor, messagesExecutorToFramework
  case messagesRegisterSlave, messagesReregisterSlave, messagesUnregisterSlave
  case messagesStatusUpdate, messagesExitedExecutor, messagesOperationStatusUpdate
  case validFrameworkToExecutorMessages, invalidFrameworkToExecutorMessages
  case validExecutorToFrameworkMessages, invalidExecutorToFrameworkMessages
  case slaveRegistrations, slaveReregistrations
  case slaveRemovals, slaveRemovalsUnhealthy, slaveRemovalsUnregistered
  case slaveUnreachableScheduled
  case tasksFinished, tasksFailed, tasksKilled, tasksLost, tasksError, tasksDropped
  case tasksGone, tasksGoneByOperator
  /// Of the allocator.
  case allocationRuns

  package var name: String {
    switch self {
    case .slaveRemovalsUnhealthy: "slave_removals/reason_unhealthy"
    case .slaveRemovalsUnregistered: "slave_removals/reason_unregistered"
    default: "\(self)".inSnakeCase
    }
  }

  /// The counter of a state that tasks end in; nil for another.
  init?(endIn state: TaskState) {
    switch state {
    case .finished: self = .tasksFinished
    case .failed: self = .tasksFailed
    case .killed: self = .tasksKilled
    case .lost: self = .tasksLost
    case .error: self = .tasksError
    case .dropped: self = .tasksDropped
    case .gone: self = .tasksGone
    case .goneByOperator: self = .tasksGoneByOperator
    case .staging, .starting, .running, .killing, .unreachable, .unknown: return nil
    }
  }
}

/// What is counted for each framework, as `master/frameworks/FRAMEWORK/ID/NAME`.
package enum FrameworkCounter: Int, CounterName {
  case calls
  case callsAccept, callsAcceptInverseOffers, callsAcknowledge, callsAcknowledgeOperationStatus
  case callsDecline, callsDeclineInverseOffers, callsKill, callsMessage, callsReconcile
  case callsReconcileOperations, callsRequest, callsRevive, callsShutdown, callsSubscribe, callsSuppress
  case callsTeardown, callsUpdateFramework
  case events
  case eventsError, eventsFailure, eventsHeartbeat, eventsInverseOffers, eventsMessage, eventsOffers
  case eventsRescind, eventsRescindInverseOffer, eventsSubscribed, eventsUpdate, eventsUpdateOperationStatus
  case offersAccepted, offersDeclined, offersRescinded, offersSent
  case operations
  case operationsCreate, operationsDestroy, operationsGrowVolume, operationsLaunch, operationsLaunchGroup
  case operationsReserve, operationsShrinkVolume, operationsUnreserve
  case terminalFinished, terminalFailed, terminalKilled, terminalLost, terminalError, terminalDropped
  case terminalGone, terminalGoneByOperator

  package var name: String {
    let name = "\(self)".inSnakeCase
    if name.hasPrefix("terminal_") { return "tasks/terminal/task_\(name.dropFirst(9))" }
    guard let end = name.firstIndex(of: "_") else { return name }
    return "\(name[..<end])/\(name[name.index(after: end)...])"
  }

  init?(endIn state: TaskState) {
    switch state {
    case .finished: self = .terminalFinished
    case .failed: self = .terminalFailed
    case .killed: self = .terminalKilled
    case .lost: self = .terminalLost
    case .error: self = .terminalError
    case .dropped: self = .terminalDropped
    case .gone: self = .terminalGone
    case .goneByOperator: self = .terminalGoneByOperator
    case .staging, .starting, .running, .killing, .unreachable, .unknown: return nil
    }
  }

  init?(_ event: borrowing SchedulerEvent) {
    switch event {
    case .subscribed: self = .eventsSubscribed
    case .offers: self = .eventsOffers
    case .rescind: self = .eventsRescind
    case .inverseOffers: self = .eventsInverseOffers
    case .rescindInverseOffer: self = .eventsRescindInverseOffer
    case .update: self = .eventsUpdate
    case .message: self = .eventsMessage
    case .failure: self = .eventsFailure
    case .error: self = .eventsError
    case .heartbeat: self = .eventsHeartbeat
    case .updateOperationStatus: self = .eventsUpdateOperationStatus
    case .demandMet, .demandFailed, .unknown: return nil
    }
  }

  init?(_ operation: borrowing Operation) {
    switch operation.kind {
    case .create: self = .operationsCreate
    case .destroy: self = .operationsDestroy
    case .growVolume: self = .operationsGrowVolume
    case .shrinkVolume: self = .operationsShrinkVolume
    case .launch: self = .operationsLaunch
    case .launchGroup: self = .operationsLaunchGroup
    case .reserve: self = .operationsReserve
    case .unreserve: self = .operationsUnreserve
    case .unknown: return nil
    }
  }
}

extension SchedulerCall.Kind {
  /// What is counted of the call: for its framework, and for the master by the name of Mesos's older message.
  var counters: (framework: FrameworkCounter?, master: MasterCounter?) {
    switch self {
    case .subscribe: (.callsSubscribe, nil)
    case .teardown: (.callsTeardown, .messagesUnregisterFramework)
    case .accept: (.callsAccept, .messagesLaunchTasks)
    case .decline: (.callsDecline, .messagesDeclineOffers)
    case .revive: (.callsRevive, .messagesReviveOffers)
    case .suppress: (.callsSuppress, .messagesSuppressOffers)
    case .kill: (.callsKill, .messagesKillTask)
    case .shutdown: (.callsShutdown, nil)
    case .acknowledge: (.callsAcknowledge, .messagesStatusUpdateAcknowledgement)
    case .reconcile: (.callsReconcile, .messagesReconcileTasks)
    case .message: (.callsMessage, .messagesFrameworkToExecutor)
    case .request: (.callsRequest, .messagesResourceRequest)
    case .acknowledgeOperationStatus:
      (.callsAcknowledgeOperationStatus, .messagesOperationStatusUpdateAcknowledgement)
    case .reconcileOperations: (.callsReconcileOperations, .messagesReconcileOperations)
    case .updateFramework: (.callsUpdateFramework, nil)
    case .acceptInverseOffers: (.callsAcceptInverseOffers, nil)
    case .declineInverseOffers: (.callsDeclineInverseOffers, nil)
    case .demand, .withdraw, .unknown: (nil, nil)
    }
  }
}

extension String {
  /// `offers_sent` of `offersSent`.
  fileprivate var inSnakeCase: String {
    var text = ""
    for scalar in unicodeScalars {
      if scalar.properties.isUppercase { text += "_" }
      text += scalar.properties.lowercaseMapping
    }
    return text
  }
}
