// scheduler.Call from the wire. The way back is in SchedulerCallEncoding.swift.

package import CMesosWire
import MesetaModel
package import MesetaProtocol

extension SchedulerCall: WireConvertible {
  package typealias CMessage = Mesos__V1__Scheduler__Call
  package static var descriptor: MessageDescriptor { mesos__v1__scheduler__call__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard wire.pointee.has_type != 0 else { throw Self.notPresent("type") }
    self.init(frameworkID: try context.message(wire.pointee.framework_id), try Self.kind(wire, context))
  }

  private static func kind(_ wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError)
    -> Kind
  {
    switch wire.pointee.type {
    case MESOS__V1__SCHEDULER__CALL__TYPE__SUBSCRIBE:
      let subscribe = try present(wire.pointee.subscribe, "subscribe")
      return .subscribe(
        Subscribe(
          try context.required(subscribe.pointee.framework_info, Self.self, "subscribe.framework_info"),
          suppressedRoles: context.texts(
            subscribe.pointee.n_suppressed_roles, subscribe.pointee.suppressed_roles),
          offerConstraints: try context.message(subscribe.pointee.offer_constraints) ?? [:]))
    case MESOS__V1__SCHEDULER__CALL__TYPE__UPDATE_FRAMEWORK:
      let update = try present(wire.pointee.update_framework, "update_framework")
      return .updateFramework(
        Subscribe(
          try context.required(update.pointee.framework_info, Self.self, "update_framework.framework_info"),
          suppressedRoles: context.texts(
            update.pointee.n_suppressed_roles, update.pointee.suppressed_roles),
          offerConstraints: try context.message(update.pointee.offer_constraints) ?? [:]))
    case MESOS__V1__SCHEDULER__CALL__TYPE__TEARDOWN: return .teardown
    case MESOS__V1__SCHEDULER__CALL__TYPE__ACCEPT:
      let accept = try present(wire.pointee.accept, "accept")
      return .accept(
        Accept(
          try context.messages(accept.pointee.n_offer_ids, accept.pointee.offer_ids),
          try context.messages(accept.pointee.n_operations, accept.pointee.operations),
          filters: context.filters(accept.pointee.filters)))
    case MESOS__V1__SCHEDULER__CALL__TYPE__DECLINE:
      let decline = try present(wire.pointee.decline, "decline")
      return .decline(
        offerIDs: try context.messages(decline.pointee.n_offer_ids, decline.pointee.offer_ids),
        filters: context.filters(decline.pointee.filters))
    case MESOS__V1__SCHEDULER__CALL__TYPE__ACCEPT_INVERSE_OFFERS:
      let accept = try present(wire.pointee.accept_inverse_offers, "accept_inverse_offers")
      return .acceptInverseOffers(
        inverseOfferIDs: try context.messages(
          accept.pointee.n_inverse_offer_ids, accept.pointee.inverse_offer_ids),
        filters: context.filters(accept.pointee.filters))
    case MESOS__V1__SCHEDULER__CALL__TYPE__DECLINE_INVERSE_OFFERS:
      let decline = try present(wire.pointee.decline_inverse_offers, "decline_inverse_offers")
      return .declineInverseOffers(
        inverseOfferIDs: try context.messages(
          decline.pointee.n_inverse_offer_ids, decline.pointee.inverse_offer_ids),
        filters: context.filters(decline.pointee.filters))
    case MESOS__V1__SCHEDULER__CALL__TYPE__REVIVE:
      // These two may come without their message: for all roles.
      let revive = wire.pointee.revive
      return .revive(roles: context.texts(revive?.pointee.n_roles ?? 0, revive?.pointee.roles))
    case MESOS__V1__SCHEDULER__CALL__TYPE__SUPPRESS:
      let suppress = wire.pointee.suppress
      return .suppress(roles: context.texts(suppress?.pointee.n_roles ?? 0, suppress?.pointee.roles))
    case MESOS__V1__SCHEDULER__CALL__TYPE__ACKNOWLEDGE: return try acknowledge(wire, context)
    default: return try rareKind(wire, context)
    }
  }

  private static func rareKind(
    _ wire: UnsafePointer<CMessage>, _ context: DecodingContext
  ) throws(WireError) -> Kind {
    switch wire.pointee.type {
    case MESOS__V1__SCHEDULER__CALL__TYPE__KILL:
      let kill = try present(wire.pointee.kill, "kill")
      return .kill(
        Kill(
          try context.required(kill.pointee.task_id, Self.self, "kill.task_id"),
          agentID: try context.message(kill.pointee.agent_id),
          gracePeriod: context.gracePeriod(kill.pointee.kill_policy)))
    case MESOS__V1__SCHEDULER__CALL__TYPE__SHUTDOWN:
      let shutdown = try present(wire.pointee.shutdown, "shutdown")
      return .shutdown(
        executorID: try context.required(shutdown.pointee.executor_id, Self.self, "shutdown.executor_id"),
        agentID: try context.required(shutdown.pointee.agent_id, Self.self, "shutdown.agent_id"))
    case MESOS__V1__SCHEDULER__CALL__TYPE__RECONCILE:
      let reconcile = try present(wire.pointee.reconcile, "reconcile")
      return .reconcile(try context.messages(reconcile.pointee.n_tasks, reconcile.pointee.tasks))
    case MESOS__V1__SCHEDULER__CALL__TYPE__MESSAGE:
      let message = try present(wire.pointee.message, "message")
      return .message(
        agentID: try context.required(message.pointee.agent_id, Self.self, "message.agent_id"),
        executorID: try context.required(message.pointee.executor_id, Self.self, "message.executor_id"),
        data: context.data(message.pointee.data))
    case MESOS__V1__SCHEDULER__CALL__TYPE__REQUEST:
      let request = try present(wire.pointee.request, "request")
      return .request(try context.messages(request.pointee.n_requests, request.pointee.requests))
    case MESOS__V1__SCHEDULER__CALL__TYPE__ACKNOWLEDGE_OPERATION_STATUS:
      return try acknowledgeOperationStatus(wire, context)
    case MESOS__V1__SCHEDULER__CALL__TYPE__RECONCILE_OPERATIONS:
      let reconcile = try present(wire.pointee.reconcile_operations, "reconcile_operations")
      return .reconcileOperations(
        try context.messages(reconcile.pointee.n_operations, reconcile.pointee.operations))
    default: return .unknown(type: Int32(bitPattern: wire.pointee.type.rawValue))
    }
  }

  private static func acknowledge(
    _ wire: UnsafePointer<CMessage>, _ context: DecodingContext
  ) throws(WireError) -> Kind {
    let acknowledge = try present(wire.pointee.acknowledge, "acknowledge")
    guard let uuid = context.uuid(acknowledge.pointee.uuid) else {
      throw invalid("acknowledge.uuid", "is not a valid UUID: it does not have 16 bytes")
    }
    return .acknowledge(
      Acknowledge(
        agentID: try context.required(acknowledge.pointee.agent_id, Self.self, "acknowledge.agent_id"),
        taskID: try context.required(acknowledge.pointee.task_id, Self.self, "acknowledge.task_id"),
        uuid: uuid))
  }

  private static func acknowledgeOperationStatus(
    _ wire: UnsafePointer<CMessage>, _ context: DecodingContext
  ) throws(WireError) -> Kind {
    let field: StaticString = "acknowledge_operation_status"
    let message = try present(wire.pointee.acknowledge_operation_status, field)
    guard let uuid = context.uuid(message.pointee.uuid) else {
      throw invalid("\(field).uuid", "is not a valid UUID: it does not have 16 bytes")
    }
    return .acknowledgeOperationStatus(
      AcknowledgeOperationStatus(
        agentID: try context.message(message.pointee.agent_id),
        resourceProviderID: try context.message(message.pointee.resource_provider_id), uuid: uuid,
        operationID: try context.required(message.pointee.operation_id, Self.self, "operation_id")))
  }
}

extension WireConvertible {
  /// The message that belongs to the type.
  @inline(__always)
  static func present<Field>(
    _ field: UnsafeMutablePointer<Field>?, _ name: StaticString
  ) throws(WireError) -> UnsafeMutablePointer<Field> {
    guard let field else { throw notPresent("\(name)") }
    return field
  }
}
