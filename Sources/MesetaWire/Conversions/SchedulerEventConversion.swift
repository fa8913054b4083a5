// scheduler.Event.

package import CMesosWire
import MesetaModel
package import MesetaProtocol

extension SchedulerEvent: WireConvertible {
  package typealias CMessage = Mesos__V1__Scheduler__Event
  package static var descriptor: MessageDescriptor { mesos__v1__scheduler__event__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard wire.pointee.has_type != 0 else { throw Self.notPresent("type") }
    switch wire.pointee.type {
    case MESOS__V1__SCHEDULER__EVENT__TYPE__SUBSCRIBED:
      let event = try Self.present(wire.pointee.subscribed, "subscribed")
      self = .subscribed(
        try context.required(event.pointee.framework_id, Self.self, "subscribed.framework_id"),
        heartbeatInterval: event.pointee.has_heartbeat_interval_seconds == 0
          ? nil : event.pointee.heartbeat_interval_seconds,
        master: try context.message(event.pointee.master_info))
    case MESOS__V1__SCHEDULER__EVENT__TYPE__OFFERS:
      let event = try Self.present(wire.pointee.offers, "offers")
      self = .offers(try context.messages(event.pointee.n_offers, event.pointee.offers))
    case MESOS__V1__SCHEDULER__EVENT__TYPE__RESCIND:
      let event = try Self.present(wire.pointee.rescind, "rescind")
      self = .rescind(try context.required(event.pointee.offer_id, Self.self, "rescind.offer_id"))
    case MESOS__V1__SCHEDULER__EVENT__TYPE__INVERSE_OFFERS:
      let event = try Self.present(wire.pointee.inverse_offers, "inverse_offers")
      self = .inverseOffers(
        try context.messages(event.pointee.n_inverse_offers, event.pointee.inverse_offers))
    case MESOS__V1__SCHEDULER__EVENT__TYPE__RESCIND_INVERSE_OFFER:
      let event = try Self.present(wire.pointee.rescind_inverse_offer, "rescind_inverse_offer")
      self = .rescindInverseOffer(
        try context.required(
          event.pointee.inverse_offer_id, Self.self, "rescind_inverse_offer.inverse_offer_id"))
    case MESOS__V1__SCHEDULER__EVENT__TYPE__UPDATE:
      let event = try Self.present(wire.pointee.update, "update")
      self = .update(try context.required(event.pointee.status, Self.self, "update.status"))
    case MESOS__V1__SCHEDULER__EVENT__TYPE__MESSAGE:
      let event = try Self.present(wire.pointee.message, "message")
      self = .message(
        agentID: try context.required(event.pointee.agent_id, Self.self, "message.agent_id"),
        executorID: try context.required(event.pointee.executor_id, Self.self, "message.executor_id"),
        data: context.data(event.pointee.data))
    case MESOS__V1__SCHEDULER__EVENT__TYPE__FAILURE:
      let event = try Self.present(wire.pointee.failure, "failure")
      self = .failure(
        agentID: try context.message(event.pointee.agent_id),
        executorID: try context.message(event.pointee.executor_id),
        status: event.pointee.has_status == 0 ? nil : event.pointee.status)
    case MESOS__V1__SCHEDULER__EVENT__TYPE__ERROR:
      let event = try Self.present(wire.pointee.error, "error")
      self = .error(context.text(event.pointee.message))
    case MESOS__V1__SCHEDULER__EVENT__TYPE__HEARTBEAT: self = .heartbeat
    case MESOS__V1__SCHEDULER__EVENT__TYPE__UPDATE_OPERATION_STATUS:
      let event = try Self.present(wire.pointee.update_operation_status, "update_operation_status")
      self = .updateOperationStatus(
        try context.required(event.pointee.status, Self.self, "update_operation_status.status"))
    default: self = .unknown(type: Int32(bitPattern: wire.pointee.type.rawValue))
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.has_type = 1
    wire.pointee.type = wireType
    switch self {
    case .subscribed(let id, let interval, let master):
      let message = context.make(
        Mesos__V1__Scheduler__Event__Subscribed.self,
        mesos__v1__scheduler__event__subscribed__descriptor_address())
      message.pointee.framework_id = context.message(id)
      if let interval {
        message.pointee.has_heartbeat_interval_seconds = 1
        message.pointee.heartbeat_interval_seconds = interval
      }
      message.pointee.master_info = context.message(master)
      wire.pointee.subscribed = message
    case .offers(let offers):
      let message = context.make(
        Mesos__V1__Scheduler__Event__Offers.self, mesos__v1__scheduler__event__offers__descriptor_address())
      message.pointee.n_offers = offers.count
      message.pointee.offers = context.messages(offers)
      wire.pointee.offers = message
    case .rescind(let id):
      let message = context.make(
        Mesos__V1__Scheduler__Event__Rescind.self, mesos__v1__scheduler__event__rescind__descriptor_address())
      message.pointee.offer_id = context.message(id)
      wire.pointee.rescind = message
    case .inverseOffers(let offers):
      let message = context.make(
        Mesos__V1__Scheduler__Event__InverseOffers.self,
        mesos__v1__scheduler__event__inverse_offers__descriptor_address())
      message.pointee.n_inverse_offers = offers.count
      message.pointee.inverse_offers = context.messages(offers)
      wire.pointee.inverse_offers = message
    case .rescindInverseOffer(let id):
      let message = context.make(
        Mesos__V1__Scheduler__Event__RescindInverseOffer.self,
        mesos__v1__scheduler__event__rescind_inverse_offer__descriptor_address())
      message.pointee.inverse_offer_id = context.message(id)
      wire.pointee.rescind_inverse_offer = message
    case .update(let status):
      let message = context.make(
        Mesos__V1__Scheduler__Event__Update.self, mesos__v1__scheduler__event__update__descriptor_address())
      message.pointee.status = context.message(status)
      wire.pointee.update = message
    case .message(let agentID, let executorID, let data):
      let message = context.make(
        Mesos__V1__Scheduler__Event__Message.self, mesos__v1__scheduler__event__message__descriptor_address())
      message.pointee.agent_id = context.message(agentID)
      message.pointee.executor_id = context.message(executorID)
      message.pointee.data = context.data(data)
      wire.pointee.message = message
    case .failure(let agentID, let executorID, let status):
      let message = context.make(
        Mesos__V1__Scheduler__Event__Failure.self, mesos__v1__scheduler__event__failure__descriptor_address())
      message.pointee.agent_id = context.message(agentID)
      message.pointee.executor_id = context.message(executorID)
      if let status {
        message.pointee.has_status = 1
        message.pointee.status = status
      }
      wire.pointee.failure = message
    case .error(let text):
      let message = context.make(
        Mesos__V1__Scheduler__Event__Error.self, mesos__v1__scheduler__event__error__descriptor_address())
      message.pointee.message = context.text(text)
      wire.pointee.error = message
    case .updateOperationStatus(let status):
      let message = context.make(
        Mesos__V1__Scheduler__Event__UpdateOperationStatus.self,
        mesos__v1__scheduler__event__update_operation_status__descriptor_address())
      message.pointee.status = context.message(status)
      wire.pointee.update_operation_status = message
    case .heartbeat, .unknown, .demandMet, .demandFailed: break  // for these there is DemandEvent
    }
  }

  private var wireType: Mesos__V1__Scheduler__Event__Type {
    switch self {
    case .subscribed: MESOS__V1__SCHEDULER__EVENT__TYPE__SUBSCRIBED
    case .offers: MESOS__V1__SCHEDULER__EVENT__TYPE__OFFERS
    case .rescind: MESOS__V1__SCHEDULER__EVENT__TYPE__RESCIND
    case .inverseOffers: MESOS__V1__SCHEDULER__EVENT__TYPE__INVERSE_OFFERS
    case .rescindInverseOffer: MESOS__V1__SCHEDULER__EVENT__TYPE__RESCIND_INVERSE_OFFER
    case .update: MESOS__V1__SCHEDULER__EVENT__TYPE__UPDATE
    case .message: MESOS__V1__SCHEDULER__EVENT__TYPE__MESSAGE
    case .failure: MESOS__V1__SCHEDULER__EVENT__TYPE__FAILURE
    case .error: MESOS__V1__SCHEDULER__EVENT__TYPE__ERROR
    case .heartbeat: MESOS__V1__SCHEDULER__EVENT__TYPE__HEARTBEAT
    case .updateOperationStatus: MESOS__V1__SCHEDULER__EVENT__TYPE__UPDATE_OPERATION_STATUS
    case .demandMet, .demandFailed: MESOS__V1__SCHEDULER__EVENT__TYPE__UNKNOWN
    case .unknown(let type): .init(rawValue: UInt32(bitPattern: type))
    }
  }
}
