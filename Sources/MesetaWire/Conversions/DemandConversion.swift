// What schedulers and masters say of demands, for which Mesos's calls and events have no room.

package import CMesosWire
package import MesetaModel
import MesetaProtocol

/// A scheduler's call on a demand.
struct DemandCall {
  var call: SchedulerCall

  /// Nil if it is a call that Mesos knows.
  init?(_ call: SchedulerCall) {
    switch call.kind {
    case .demand, .withdraw: self.call = call
    default: return nil
    }
  }
}

extension DemandCall: WireConvertible {
  typealias CMessage = Meseta__V1__DemandCall
  static var descriptor: MessageDescriptor { meseta__v1__demand_call__descriptor_address() }

  init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    let kind: SchedulerCall.Kind
    switch wire.pointee.call_case {
    case MESETA__V1__DEMAND_CALL__CALL_DEMAND:
      kind = .demand(try context.required(wire.pointee.demand, Self.self, "demand"))
    case MESETA__V1__DEMAND_CALL__CALL_WITHDRAW:
      kind = .withdraw(DemandID(context.text(try Self.present(wire.pointee.withdraw, "withdraw").pointee.id)))
    default: throw Self.invalid("", "is of a kind that this version does not know")
    }
    call = SchedulerCall(frameworkID: try context.message(wire.pointee.framework_id), kind)
  }

  func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.framework_id = context.message(call.frameworkID)
    switch call.kind {
    case .demand(let demand):
      wire.pointee.call_case = MESETA__V1__DEMAND_CALL__CALL_DEMAND
      wire.pointee.demand = context.message(demand)
    case .withdraw(let id):
      let message = context.make(
        Meseta__V1__WithdrawDemand.self, meseta__v1__withdraw_demand__descriptor_address())
      message.pointee.id = context.text(id.value)
      wire.pointee.call_case = MESETA__V1__DEMAND_CALL__CALL_WITHDRAW
      wire.pointee.withdraw = message
    default: break
    }
  }
}

extension GangDemand: WireConvertible {
  package typealias CMessage = Meseta__V1__Demand
  package static var descriptor: MessageDescriptor { meseta__v1__demand__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      DemandID(context.text(wire.pointee.id)), role: context.text(wire.pointee.role),
      try context.messages(wire.pointee.n_bundles, wire.pointee.bundles),
      spread: try context.message(wire.pointee.spread),
      timeout: wire.pointee.has_timeout == 0 ? nil : wire.pointee.timeout)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.id = context.text(id.value)
    wire.pointee.role = context.text(role)
    wire.pointee.n_bundles = bundles.count
    wire.pointee.bundles = context.messages(bundles)
    wire.pointee.spread = context.message(spread)
    if let timeout {
      wire.pointee.has_timeout = 1
      wire.pointee.timeout = timeout
    }
  }
}

extension GangDemand.Bundle: WireConvertible {
  package typealias CMessage = Meseta__V1__Demand__Bundle
  package static var descriptor: MessageDescriptor { meseta__v1__demand__bundle__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.resources(wire.pointee.n_resources, wire.pointee.resources), count: Int(wire.pointee.count))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.n_resources = resources.count
    wire.pointee.resources = context.resources(resources)
    wire.pointee.count = Int32(clamping: count)
  }
}

extension GangDemand.Spread: WireConvertible {
  package typealias CMessage = Meseta__V1__Demand__Spread
  package static var descriptor: MessageDescriptor { meseta__v1__demand__spread__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    let domain: GangDemand.Spread.Domain
    switch wire.pointee.domain {
    case MESETA__V1__DEMAND__SPREAD__DOMAIN__AGENT: domain = .agent
    case MESETA__V1__DEMAND__SPREAD__DOMAIN__ZONE: domain = .zone
    case MESETA__V1__DEMAND__SPREAD__DOMAIN__REGION: domain = .region
    case MESETA__V1__DEMAND__SPREAD__DOMAIN__ATTRIBUTE:
      guard let attribute = wire.pointee.attribute else { throw Self.notPresent("attribute") }
      domain = .attribute(context.text(attribute))
    default:
      throw Self.invalid("domain", "is \(wire.pointee.domain.rawValue), which this version does not know")
    }
    self.init(domain, limit: Int(wire.pointee.limit))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    switch domain {
    case .agent: wire.pointee.domain = MESETA__V1__DEMAND__SPREAD__DOMAIN__AGENT
    case .zone: wire.pointee.domain = MESETA__V1__DEMAND__SPREAD__DOMAIN__ZONE
    case .region: wire.pointee.domain = MESETA__V1__DEMAND__SPREAD__DOMAIN__REGION
    case .attribute(let name):
      wire.pointee.domain = MESETA__V1__DEMAND__SPREAD__DOMAIN__ATTRIBUTE
      wire.pointee.attribute = context.text(name)
    }
    wire.pointee.limit = Int32(clamping: limit)
  }
}

/// The master's event on a demand.
struct DemandEvent {
  var event: SchedulerEvent

  /// Nil if it is an event that Mesos knows.
  init?(_ event: SchedulerEvent) {
    switch event {
    case .demandMet, .demandFailed: self.event = event
    default: return nil
    }
  }
}

extension DemandEvent: WireConvertible {
  typealias CMessage = Meseta__V1__DemandEvent
  static var descriptor: MessageDescriptor { meseta__v1__demand_event__descriptor_address() }

  init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    switch wire.pointee.event_case {
    case MESETA__V1__DEMAND_EVENT__EVENT_MET:
      let met = try Self.present(wire.pointee.met, "met")
      event = .demandMet(
        DemandID(context.text(met.pointee.id)),
        try context.messages(met.pointee.n_offers, met.pointee.offers))
    case MESETA__V1__DEMAND_EVENT__EVENT_FAILED:
      event = .demandFailed(try context.required(wire.pointee.failed, Self.self, "failed"))
    default: throw Self.invalid("", "is of a kind that this version does not know")
    }
  }

  func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    switch event {
    case .demandMet(let id, let offers):
      let met = context.make(Meseta__V1__DemandMet.self, meseta__v1__demand_met__descriptor_address())
      met.pointee.id = context.text(id.value)
      met.pointee.n_offers = offers.count
      met.pointee.offers = context.messages(offers)
      wire.pointee.event_case = MESETA__V1__DEMAND_EVENT__EVENT_MET
      wire.pointee.met = met
    case .demandFailed(let failure):
      wire.pointee.event_case = MESETA__V1__DEMAND_EVENT__EVENT_FAILED
      wire.pointee.failed = context.message(failure)
    default: break
    }
  }
}

extension DemandFailure: WireConvertible {
  package typealias CMessage = Meseta__V1__DemandFailed
  package static var descriptor: MessageDescriptor { meseta__v1__demand_failed__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard let reason = Reason(rawValue: Int32(bitPattern: wire.pointee.reason.rawValue)) else {
      throw Self.invalid("reason", "is \(wire.pointee.reason.rawValue), which this version does not know")
    }
    self.init(
      DemandID(context.text(wire.pointee.id)), reason, context.text(wire.pointee.message),
      placed: Int(wire.pointee.placed), agents: Int(wire.pointee.agents), wanted: Int(wire.pointee.wanted))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.id = context.text(id.value)
    wire.pointee.reason = .init(rawValue: UInt32(bitPattern: reason.rawValue))
    wire.pointee.message = context.text(message)
    wire.pointee.placed = Int32(clamping: placed)
    wire.pointee.agents = Int32(clamping: agents)
    wire.pointee.wanted = Int32(clamping: wanted)
  }
}
