// scheduler.Call to the wire, and the items of its lists both ways.

package import CMesosWire
import MesetaModel
package import MesetaProtocol

extension SchedulerCall {
  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.framework_id = context.message(frameworkID)
    wire.pointee.has_type = 1
    wire.pointee.type = kind.wireType
    switch kind {
    case .subscribe(let subscribe):
      let message = context.make(
        Mesos__V1__Scheduler__Call__Subscribe.self,
        mesos__v1__scheduler__call__subscribe__descriptor_address())
      message.pointee.framework_info = context.message(subscribe.framework)
      message.pointee.n_suppressed_roles = subscribe.suppressedRoles.count
      message.pointee.suppressed_roles = context.texts(subscribe.suppressedRoles)
      message.pointee.offer_constraints = context.offerConstraints(subscribe.offerConstraints)
      wire.pointee.subscribe = message
    case .updateFramework(let update):
      let message = context.make(
        Mesos__V1__Scheduler__Call__UpdateFramework.self,
        mesos__v1__scheduler__call__update_framework__descriptor_address())
      message.pointee.framework_info = context.message(update.framework)
      message.pointee.n_suppressed_roles = update.suppressedRoles.count
      message.pointee.suppressed_roles = context.texts(update.suppressedRoles)
      message.pointee.offer_constraints = context.offerConstraints(update.offerConstraints)
      wire.pointee.update_framework = message
    case .accept(let accept):
      let message = context.make(
        Mesos__V1__Scheduler__Call__Accept.self, mesos__v1__scheduler__call__accept__descriptor_address())
      message.pointee.n_offer_ids = accept.offerIDs.count
      message.pointee.offer_ids = context.messages(accept.offerIDs)
      message.pointee.n_operations = accept.operations.count
      message.pointee.operations = context.messages(accept.operations)
      message.pointee.filters = context.filters(accept.filters)
      wire.pointee.accept = message
    case .decline(let offerIDs, let filters):
      let message = context.make(
        Mesos__V1__Scheduler__Call__Decline.self, mesos__v1__scheduler__call__decline__descriptor_address())
      message.pointee.n_offer_ids = offerIDs.count
      message.pointee.offer_ids = context.messages(offerIDs)
      message.pointee.filters = context.filters(filters)
      wire.pointee.decline = message
    case .revive(let roles):
      let message = context.make(
        Mesos__V1__Scheduler__Call__Revive.self, mesos__v1__scheduler__call__revive__descriptor_address())
      message.pointee.n_roles = roles.count
      message.pointee.roles = context.texts(roles)
      wire.pointee.revive = message
    case .suppress(let roles):
      let message = context.make(
        Mesos__V1__Scheduler__Call__Suppress.self, mesos__v1__scheduler__call__suppress__descriptor_address())
      message.pointee.n_roles = roles.count
      message.pointee.roles = context.texts(roles)
      wire.pointee.suppress = message
    case .acknowledge(let acknowledge):
      let message = context.make(
        Mesos__V1__Scheduler__Call__Acknowledge.self,
        mesos__v1__scheduler__call__acknowledge__descriptor_address())
      message.pointee.agent_id = context.message(acknowledge.agentID)
      message.pointee.task_id = context.message(acknowledge.taskID)
      message.pointee.uuid = context.uuid(acknowledge.uuid)
      wire.pointee.acknowledge = message
    case .teardown, .unknown, .demand, .withdraw: break  // for these there is DemandCall
    case .kill, .shutdown, .reconcile, .message, .request, .acknowledgeOperationStatus, .reconcileOperations,
      .acceptInverseOffers, .declineInverseOffers:
      encodeRareKind(into: wire, context)
    }
  }

  private func encodeRareKind(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    switch kind {
    case .kill(let kill):
      let message = context.make(
        Mesos__V1__Scheduler__Call__Kill.self, mesos__v1__scheduler__call__kill__descriptor_address())
      message.pointee.task_id = context.message(kill.taskID)
      message.pointee.agent_id = context.message(kill.agentID)
      message.pointee.kill_policy = context.killPolicy(kill.gracePeriod)
      wire.pointee.kill = message
    case .shutdown(let executorID, let agentID):
      let message = context.make(
        Mesos__V1__Scheduler__Call__Shutdown.self, mesos__v1__scheduler__call__shutdown__descriptor_address())
      message.pointee.executor_id = context.message(executorID)
      message.pointee.agent_id = context.message(agentID)
      wire.pointee.shutdown = message
    case .reconcile(let tasks):
      let message = context.make(
        Mesos__V1__Scheduler__Call__Reconcile.self,
        mesos__v1__scheduler__call__reconcile__descriptor_address())
      message.pointee.n_tasks = tasks.count
      message.pointee.tasks = context.messages(tasks)
      wire.pointee.reconcile = message
    case .message(let agentID, let executorID, let data):
      let message = context.make(
        Mesos__V1__Scheduler__Call__Message.self, mesos__v1__scheduler__call__message__descriptor_address())
      message.pointee.agent_id = context.message(agentID)
      message.pointee.executor_id = context.message(executorID)
      message.pointee.data = context.data(data)
      wire.pointee.message = message
    case .request(let requests):
      let message = context.make(
        Mesos__V1__Scheduler__Call__Request.self, mesos__v1__scheduler__call__request__descriptor_address())
      message.pointee.n_requests = requests.count
      message.pointee.requests = context.messages(requests)
      wire.pointee.request = message
    case .acknowledgeOperationStatus(let acknowledge):
      let message = context.make(
        Mesos__V1__Scheduler__Call__AcknowledgeOperationStatus.self,
        mesos__v1__scheduler__call__acknowledge_operation_status__descriptor_address())
      message.pointee.agent_id = context.message(acknowledge.agentID)
      message.pointee.resource_provider_id = context.message(acknowledge.resourceProviderID)
      message.pointee.uuid = context.uuid(acknowledge.uuid)
      message.pointee.operation_id = context.message(acknowledge.operationID)
      wire.pointee.acknowledge_operation_status = message
    case .reconcileOperations(let operations):
      let message = context.make(
        Mesos__V1__Scheduler__Call__ReconcileOperations.self,
        mesos__v1__scheduler__call__reconcile_operations__descriptor_address())
      message.pointee.n_operations = operations.count
      message.pointee.operations = context.messages(operations)
      wire.pointee.reconcile_operations = message
    case .acceptInverseOffers(let ids, let filters):
      let message = context.make(
        Mesos__V1__Scheduler__Call__AcceptInverseOffers.self,
        mesos__v1__scheduler__call__accept_inverse_offers__descriptor_address())
      message.pointee.n_inverse_offer_ids = ids.count
      message.pointee.inverse_offer_ids = context.messages(ids)
      message.pointee.filters = context.filters(filters)
      wire.pointee.accept_inverse_offers = message
    case .declineInverseOffers(let ids, let filters):
      let message = context.make(
        Mesos__V1__Scheduler__Call__DeclineInverseOffers.self,
        mesos__v1__scheduler__call__decline_inverse_offers__descriptor_address())
      message.pointee.n_inverse_offer_ids = ids.count
      message.pointee.inverse_offer_ids = context.messages(ids)
      message.pointee.filters = context.filters(filters)
      wire.pointee.decline_inverse_offers = message
    default: break
    }
  }
}

extension SchedulerCall.Kind {
  var wireType: Mesos__V1__Scheduler__Call__Type {
    switch self {
    case .subscribe: MESOS__V1__SCHEDULER__CALL__TYPE__SUBSCRIBE
    case .teardown: MESOS__V1__SCHEDULER__CALL__TYPE__TEARDOWN
    case .accept: MESOS__V1__SCHEDULER__CALL__TYPE__ACCEPT
    case .decline: MESOS__V1__SCHEDULER__CALL__TYPE__DECLINE
    case .revive: MESOS__V1__SCHEDULER__CALL__TYPE__REVIVE
    case .suppress: MESOS__V1__SCHEDULER__CALL__TYPE__SUPPRESS
    case .kill: MESOS__V1__SCHEDULER__CALL__TYPE__KILL
    case .shutdown: MESOS__V1__SCHEDULER__CALL__TYPE__SHUTDOWN
    case .acknowledge: MESOS__V1__SCHEDULER__CALL__TYPE__ACKNOWLEDGE
    case .reconcile: MESOS__V1__SCHEDULER__CALL__TYPE__RECONCILE
    case .message: MESOS__V1__SCHEDULER__CALL__TYPE__MESSAGE
    case .request: MESOS__V1__SCHEDULER__CALL__TYPE__REQUEST
    case .acknowledgeOperationStatus: MESOS__V1__SCHEDULER__CALL__TYPE__ACKNOWLEDGE_OPERATION_STATUS
    case .reconcileOperations: MESOS__V1__SCHEDULER__CALL__TYPE__RECONCILE_OPERATIONS
    case .updateFramework: MESOS__V1__SCHEDULER__CALL__TYPE__UPDATE_FRAMEWORK
    case .acceptInverseOffers: MESOS__V1__SCHEDULER__CALL__TYPE__ACCEPT_INVERSE_OFFERS
    case .declineInverseOffers: MESOS__V1__SCHEDULER__CALL__TYPE__DECLINE_INVERSE_OFFERS
    case .demand, .withdraw: MESOS__V1__SCHEDULER__CALL__TYPE__UNKNOWN
    case .unknown(let type): .init(rawValue: UInt32(bitPattern: type))
    }
  }
}

extension SchedulerCall.ReconciledTask: WireConvertible {
  package typealias CMessage = Mesos__V1__Scheduler__Call__Reconcile__Task
  package static var descriptor: MessageDescriptor {
    mesos__v1__scheduler__call__reconcile__task__descriptor_address()
  }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.required(wire.pointee.task_id, Self.self, "task_id"),
      agentID: try context.message(wire.pointee.agent_id))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.task_id = context.message(taskID)
    wire.pointee.agent_id = context.message(agentID)
  }
}

extension SchedulerCall.ResourceRequest: WireConvertible {
  package typealias CMessage = Mesos__V1__Request
  package static var descriptor: MessageDescriptor { mesos__v1__request__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      agentID: try context.message(wire.pointee.agent_id),
      resources: try context.resources(wire.pointee.n_resources, wire.pointee.resources))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.agent_id = context.message(agentID)
    wire.pointee.n_resources = resources.count
    wire.pointee.resources = context.resources(resources)
  }
}

extension SchedulerCall.ReconciledOperation: WireConvertible {
  package typealias CMessage = Mesos__V1__Scheduler__Call__ReconcileOperations__Operation
  package static var descriptor: MessageDescriptor {
    mesos__v1__scheduler__call__reconcile_operations__operation__descriptor_address()
  }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.required(wire.pointee.operation_id, Self.self, "operation_id"),
      agentID: try context.message(wire.pointee.agent_id),
      resourceProviderID: try context.message(wire.pointee.resource_provider_id))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.operation_id = context.message(operationID)
    wire.pointee.agent_id = context.message(agentID)
    wire.pointee.resource_provider_id = context.message(resourceProviderID)
  }
}
