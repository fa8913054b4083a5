// Random messages of every kind.

import MesetaModel
import MesetaProtocol
import MesetaWire

extension Arbitrary {
  /// How many kinds of message there are: ``message(kind:)`` takes numbers below it.
  static let messageKinds = 14

  mutating func message(kind: Int) -> Message {
    let request = one(of: [0, 1, .max, UInt64(below(1 << 30))])
    return switch kind {
    case 0: .schedulerCall(schedulerCall(), request: request)
    case 1: .schedulerEvent(schedulerEvent())
    case 2: .executorCall(executorCall(), request: request)
    case 3: .executorEvent(executorEvent())
    case 4: .agentMessage(agentMessage())
    case 5: .masterMessage(masterMessage())
    case 6: .operatorCall(operatorCall(), request: request)
    case 7: .operatorResponse(operatorResponse(), request: request)
    case 8: .accepted(request: request)
    case 9: .failed(callError(), request: request)
    case 10: .closing(reason: text())
    case 11:
      .schedulerCall(
        SchedulerCall(
          frameworkID: maybe { FrameworkID($0.text()) },
          below(2) == 0 ? .withdraw(DemandID(text())) : .demand(gangDemand())), request: request)
    case 12: .schedulerEvent(demandEvent())
    default: .heartbeat
    }
  }

  mutating func callError() -> CallError {
    CallError(
      one(of: [
        .badRequest, .unauthorized, .forbidden, .notFound, .conflict, .notImplemented, .unavailable,
      ]), text())
  }

  mutating func schedulerCall() -> SchedulerCall {
    SchedulerCall(frameworkID: maybe { FrameworkID($0.text()) }, schedulerCallKind())
  }

  mutating func filters() -> Filters { Filters(refuseSeconds: double()) }

  mutating func schedulerCallKind() -> SchedulerCall.Kind {
    switch below(18) {
    case 0: .subscribe(subscribe())
    case 1: .teardown
    case 2: .accept(.init(some { OfferID($0.text()) }, some { $0.operation() }, filters: filters()))
    case 3: .decline(offerIDs: some { OfferID($0.text()) }, filters: filters())
    case 4: .revive(roles: some { $0.text() })
    case 5: .suppress(roles: some { $0.text() })
    case 6:
      .kill(
        .init(TaskID(text()), agentID: maybe { AgentID($0.text()) }, gracePeriod: maybe { $0.int64() }))
    case 7: .shutdown(executorID: ExecutorID(text()), agentID: AgentID(text()))
    case 8: .acknowledge(.init(agentID: AgentID(text()), taskID: TaskID(text()), uuid: uuid()))
    case 9:
      .reconcile(
        some { arbitrary in
          .init(TaskID(arbitrary.text()), agentID: arbitrary.maybe { AgentID($0.text()) })
        })
    case 10: .message(agentID: AgentID(text()), executorID: ExecutorID(text()), data: data())
    case 11:
      .request(
        some { arbitrary in
          .init(agentID: arbitrary.maybe { AgentID($0.text()) }, resources: arbitrary.resources())
        })
    case 12:
      .acknowledgeOperationStatus(
        .init(
          agentID: maybe { AgentID($0.text()) },
          resourceProviderID: maybe { ResourceProviderID($0.text()) }, uuid: uuid(),
          operationID: OperationID(text())))
    case 13:
      .reconcileOperations(
        some { arbitrary in
          .init(
            OperationID(arbitrary.text()), agentID: arbitrary.maybe { AgentID($0.text()) },
            resourceProviderID: arbitrary.maybe { ResourceProviderID($0.text()) })
        })
    case 14: .updateFramework(subscribe())
    case 15:
      .acceptInverseOffers(inverseOfferIDs: some { OfferID($0.text()) }, filters: filters())
    case 16:
      .declineInverseOffers(inverseOfferIDs: some { OfferID($0.text()) }, filters: filters())
    // UNKNOWN, and a type of a later version.
    default: .unknown(type: one(of: [0, 77]))
    }
  }

  private mutating func subscribe() -> SchedulerCall.Subscribe {
    .init(framework(), suppressedRoles: some { $0.text() }, offerConstraints: offerConstraints())
  }

  mutating func schedulerEvent() -> SchedulerEvent {
    switch below(12) {
    case 0:
      .subscribed(
        FrameworkID(text()), heartbeatInterval: maybe { $0.double() }, master: maybe { $0.master() })
    case 1: .offers(some { $0.offer() })
    case 2: .rescind(OfferID(text()))
    case 3: .update(status())
    case 4: .message(agentID: AgentID(text()), executorID: ExecutorID(text()), data: data())
    case 5:
      .failure(
        agentID: maybe { AgentID($0.text()) }, executorID: maybe { ExecutorID($0.text()) },
        status: maybe { $0.int32() })
    case 6: .error(text())
    case 7: .heartbeat
    case 8: .updateOperationStatus(operationStatus())
    case 9: .inverseOffers(some { $0.inverseOffer() })
    case 10: .rescindInverseOffer(OfferID(text()))
    default: .unknown(type: one(of: [0, 77]))
    }
  }

  mutating func gangDemand() -> GangDemand {
    GangDemand(
      DemandID(text()), role: text(), some { .init($0.resources(), count: Int($0.int32())) },
      spread: maybe { arbitrary in
        let name = arbitrary.text()
        return .init(
          arbitrary.one(of: [.agent, .zone, .region, .attribute(name)]), limit: Int(arbitrary.int32()))
      }, timeout: maybe { $0.int64() })
  }

  mutating func demandEvent() -> SchedulerEvent {
    if below(2) == 0 { return .demandMet(DemandID(text()), some { $0.offer() }) }
    return .demandFailed(
      DemandFailure(
        DemandID(text()), one(of: DemandFailure.Reason.allCases), text(), placed: below(99), agents: below(9),
        wanted: below(999)))
  }

  mutating func executorCall() -> ExecutorCall {
    let kind: ExecutorCall.Kind =
      switch below(5) {
      case 0:
        .subscribe(unacknowledgedTasks: some { $0.task() }, unacknowledgedUpdates: some { $0.status() })
      case 1: .update(status())
      case 2: .message(data())
      case 3: .heartbeat
      default: .unknown(type: one(of: [0, 77]))
      }
    return ExecutorCall(frameworkID: FrameworkID(text()), executorID: ExecutorID(text()), kind)
  }

  mutating func executorEvent() -> ExecutorEvent {
    switch below(10) {
    case 0: .subscribed(executor(), framework(), agent(), containerID: maybe { $0.containerID() })
    case 1: .launch(task())
    case 2: .launchGroup(some { $0.task() })
    case 3: .kill(TaskID(text()), gracePeriod: maybe { $0.int64() })
    case 4: .acknowledged(TaskID(text()), uuid())
    case 5: .message(data())
    case 6: .shutdown
    case 7: .error(text())
    case 8: .heartbeat
    default: .unknown(type: one(of: [0, 77]))
    }
  }

  mutating func registration() -> AgentRegistration {
    AgentRegistration(
      agent(), version: text(), capabilities: some { $0.one(of: AgentCapability.allCases) },
      nativeAddress: maybe { $0.text() }, checkpointedResources: resources(),
      resourceVersion: maybe { $0.uuid() })
  }

  mutating func record() -> TaskRecord {
    TaskRecord(
      FrameworkID(text()), task(), state: one(of: TaskState.allCases),
      statusUpdateState: maybe { $0.one(of: TaskState.allCases) }, statusUpdateUUID: maybe { $0.uuid() })
  }

  mutating func agentMessage() -> AgentMessage {
    switch below(10) {
    case 0: .register(registration())
    case 1:
      .reregister(
        AgentReregistration(
          registration(), tasks: some { $0.record() }, executors: some { $0.executor() },
          frameworks: some { $0.framework() }, operations: some { $0.operationRecord() }))
    case 2: .unregister(AgentID(text()))
    case 3:
      .statusUpdate(
        StatusUpdate(FrameworkID(text()), status(), latestState: one(of: TaskState.allCases)))
    case 4: .exitedExecutor(AgentID(text()), FrameworkID(text()), ExecutorID(text()), status: int32())
    case 5: .executorMessage(AgentID(text()), FrameworkID(text()), ExecutorID(text()), data: data())
    case 6: .updateOperationStatus(operationUpdate())
    case 7: .updateResources(checkpointed: resources(), version: uuid())
    case 8: .updateOversubscribed(resources())
    default: .pong
    }
  }

  mutating func masterMessage() -> MasterMessage {
    switch below(14) {
    case 0: .registered(AgentID(text()), pingTimeout: int64())
    case 1:
      .reregistered(
        AgentID(text()), pingTimeout: int64(),
        reconcile: AgentReconciliation(
          tasks: some { FrameworkTask(FrameworkID($0.text()), TaskID($0.text())) },
          executors: some { FrameworkExecutor(FrameworkID($0.text()), ExecutorID($0.text())) },
          frameworks: some { $0.framework() }, operations: some { $0.uuid() }))
    case 2: .ping(isConnected: bool())
    case 3: .runTask(framework(), task(), launchesExecutor: bool())
    case 4: .killTask(FrameworkID(text()), TaskID(text()), gracePeriod: maybe { $0.int64() })
    case 5: .shutdownExecutor(FrameworkID(text()), ExecutorID(text()))
    case 6: .shutdownFramework(FrameworkID(text()))
    case 7: .frameworkMessage(FrameworkID(text()), ExecutorID(text()), data: data())
    case 8: .acknowledge(FrameworkID(text()), TaskID(text()), uuid())
    case 9: .updateFramework(framework())
    case 10: .applyOperation(applyOperation())
    case 11: .acknowledgeOperation(uuid(), status: uuid())
    case 12: .drain(drainConfig())
    default: .shutdown(text())
    }
  }

  mutating func operatorCall() -> OperatorCall {
    switch below(13) {
    case 0: .getAgents
    case 1: .getFrameworks
    case 2: .getTasks
    case 3: .getMaster
    case 4: .teardown(FrameworkID(text()))
    case 5: .listFiles(path: text())
    case 6: .operate(AgentID(text()), operatorOperation())
    case 7: .getOperations
    case 8, 9: roleCall()
    case 10, 11: maintenanceCall()
    default: .readFile(path: text(), offset: random.next(), length: maybe { $0.random.next() })
    }
  }

  mutating func operatorResponse() -> OperatorResponse {
    switch below(13) {
    case 0:
      .agents(
        some { arbitrary in
          AgentDescription(
            arbitrary.agent(), isActive: arbitrary.bool(), version: arbitrary.text(),
            nativeAddress: arbitrary.maybe { $0.text() }, registeredTime: arbitrary.int64(),
            allocated: arbitrary.resources(), offered: arbitrary.resources(), total: arbitrary.resources(),
            standing: arbitrary.maybe { $0.standing() }, drainStartTime: arbitrary.maybe { $0.int64() })
        }, recovered: some { $0.agent() })
    case 1:
      // Completed frameworks stand behind the others, as on the wire.
      .frameworks(
        [false, true].flatMap { isCompleted in
          some { arbitrary in
            FrameworkDescription(
              arbitrary.framework(), isConnected: arbitrary.bool(), isCompleted: isCompleted,
              registeredTime: arbitrary.int64(), allocated: arbitrary.resources(),
              offered: arbitrary.resources(), offerConstraints: arbitrary.offerConstraints())
          }
        })
    case 2:
      .tasks(
        some { arbitrary in
          TaskDescription(
            arbitrary.record(), statuses: arbitrary.some { $0.status() }, isCompleted: arbitrary.bool(),
            isUnreachable: arbitrary.bool())
        })
    case 3: .master(master())
    case 4:
      .files(
        some { arbitrary in
          FileInfo(
            path: arbitrary.text(), linkCount: arbitrary.int32(), size: arbitrary.random.next(),
            modificationTime: arbitrary.int64(), mode: UInt32(truncatingIfNeeded: arbitrary.random.next()),
            user: arbitrary.text(), group: arbitrary.text())
        })
    case 5: .file(size: random.next(), data: data())
    case 6: .operations(some { $0.operationRecord() })
    case 7, 8: roleResponse()
    case 9, 10: maintenanceResponse()
    default: .done
    }
  }
}
