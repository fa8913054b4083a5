// The operator's calls about maintenance and about agents that are taken out of use, and the answers.

import CMesosWire
import MesetaModel
import MesetaProtocol

extension OperatorCall {
  /// A call about maintenance; nil if it is of another type.
  static func maintenanceCall(
    _ wire: UnsafePointer<CMessage>, _ context: DecodingContext
  ) throws(WireError) -> OperatorCall? {
    switch wire.pointee.type {
    case MESOS__V1__MASTER__CALL__TYPE__GET_MAINTENANCE_SCHEDULE: return .getMaintenanceSchedule
    case MESOS__V1__MASTER__CALL__TYPE__GET_MAINTENANCE_STATUS: return .getMaintenanceStatus
    case MESOS__V1__MASTER__CALL__TYPE__UPDATE_MAINTENANCE_SCHEDULE:
      let update = try present(wire.pointee.update_maintenance_schedule, "update_maintenance_schedule")
      return .updateMaintenanceSchedule(
        try context.required(update.pointee.schedule, Self.self, "update_maintenance_schedule.schedule"))
    case MESOS__V1__MASTER__CALL__TYPE__START_MAINTENANCE:
      let start = try present(wire.pointee.start_maintenance, "start_maintenance")
      return .startMaintenance(try context.messages(start.pointee.n_machines, start.pointee.machines))
    case MESOS__V1__MASTER__CALL__TYPE__STOP_MAINTENANCE:
      let stop = try present(wire.pointee.stop_maintenance, "stop_maintenance")
      return .stopMaintenance(try context.messages(stop.pointee.n_machines, stop.pointee.machines))
    case MESOS__V1__MASTER__CALL__TYPE__DEACTIVATE_AGENT:
      let message = try present(wire.pointee.deactivate_agent, "deactivate_agent")
      return .deactivateAgent(
        try context.required(message.pointee.agent_id, Self.self, "deactivate_agent.agent_id"))
    case MESOS__V1__MASTER__CALL__TYPE__DRAIN_AGENT:
      let message = try present(wire.pointee.drain_agent, "drain_agent")
      return .drainAgent(
        try context.required(message.pointee.agent_id, Self.self, "drain_agent.agent_id"),
        DrainConfig(
          maxGracePeriod: context.nanoseconds(message.pointee.max_grace_period),
          marksGone: message.pointee.has_mark_gone != 0 && message.pointee.mark_gone != 0))
    case MESOS__V1__MASTER__CALL__TYPE__REACTIVATE_AGENT:
      let message = try present(wire.pointee.reactivate_agent, "reactivate_agent")
      return .reactivateAgent(
        try context.required(message.pointee.agent_id, Self.self, "reactivate_agent.agent_id"))
    case MESOS__V1__MASTER__CALL__TYPE__MARK_AGENT_GONE:
      let message = try present(wire.pointee.mark_agent_gone, "mark_agent_gone")
      return .markAgentGone(
        try context.required(message.pointee.agent_id, Self.self, "mark_agent_gone.agent_id"))
    default: return nil
    }
  }

  /// Writes a call about maintenance; does nothing for another.
  func encodeMaintenanceCall(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    switch self {
    case .getMaintenanceSchedule:
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_MAINTENANCE_SCHEDULE
    case .getMaintenanceStatus:
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_MAINTENANCE_STATUS
    case .updateMaintenanceSchedule(let schedule):
      let message = context.make(
        Mesos__V1__Master__Call__UpdateMaintenanceSchedule.self,
        mesos__v1__master__call__update_maintenance_schedule__descriptor_address())
      message.pointee.schedule = context.message(schedule)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__UPDATE_MAINTENANCE_SCHEDULE
      wire.pointee.update_maintenance_schedule = message
    case .startMaintenance(let machines):
      let message = context.make(
        Mesos__V1__Master__Call__StartMaintenance.self,
        mesos__v1__master__call__start_maintenance__descriptor_address())
      message.pointee.n_machines = machines.count
      message.pointee.machines = context.messages(machines)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__START_MAINTENANCE
      wire.pointee.start_maintenance = message
    case .stopMaintenance(let machines):
      let message = context.make(
        Mesos__V1__Master__Call__StopMaintenance.self,
        mesos__v1__master__call__stop_maintenance__descriptor_address())
      message.pointee.n_machines = machines.count
      message.pointee.machines = context.messages(machines)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__STOP_MAINTENANCE
      wire.pointee.stop_maintenance = message
    default: encodeAgentCall(into: wire, context)
    }
  }

  private func encodeAgentCall(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    switch self {
    case .deactivateAgent(let id):
      let message = context.make(
        Mesos__V1__Master__Call__DeactivateAgent.self,
        mesos__v1__master__call__deactivate_agent__descriptor_address())
      message.pointee.agent_id = context.message(id)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__DEACTIVATE_AGENT
      wire.pointee.deactivate_agent = message
    case .drainAgent(let id, let config):
      let message = context.make(
        Mesos__V1__Master__Call__DrainAgent.self, mesos__v1__master__call__drain_agent__descriptor_address())
      message.pointee.agent_id = context.message(id)
      message.pointee.max_grace_period = context.secondsAndNanoseconds(config.maxGracePeriod)
      message.pointee.has_mark_gone = 1
      message.pointee.mark_gone = config.marksGone ? 1 : 0
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__DRAIN_AGENT
      wire.pointee.drain_agent = message
    case .reactivateAgent(let id):
      let message = context.make(
        Mesos__V1__Master__Call__ReactivateAgent.self,
        mesos__v1__master__call__reactivate_agent__descriptor_address())
      message.pointee.agent_id = context.message(id)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__REACTIVATE_AGENT
      wire.pointee.reactivate_agent = message
    case .markAgentGone(let id):
      let message = context.make(
        Mesos__V1__Master__Call__MarkAgentGone.self,
        mesos__v1__master__call__mark_agent_gone__descriptor_address())
      message.pointee.agent_id = context.message(id)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__MARK_AGENT_GONE
      wire.pointee.mark_agent_gone = message
    default: break
    }
  }
}

extension OperatorResponse {
  /// An answer about maintenance; nil if it is of another type.
  static func maintenanceResponse(
    _ wire: UnsafePointer<CMessage>, _ context: DecodingContext
  ) throws(WireError) -> OperatorResponse? {
    switch wire.pointee.type {
    case MESOS__V1__MASTER__RESPONSE__TYPE__GET_MAINTENANCE_SCHEDULE:
      let message = try present(wire.pointee.get_maintenance_schedule, "get_maintenance_schedule")
      return .maintenanceSchedule(
        try context.required(message.pointee.schedule, Self.self, "get_maintenance_schedule.schedule"))
    case MESOS__V1__MASTER__RESPONSE__TYPE__GET_MAINTENANCE_STATUS:
      let message = try present(wire.pointee.get_maintenance_status, "get_maintenance_status")
      return .maintenanceStatus(
        try context.required(message.pointee.status, Self.self, "get_maintenance_status.status"))
    default: return nil
    }
  }

  /// Writes an answer about maintenance; does nothing for another.
  func encodeMaintenanceResponse(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    switch self {
    case .maintenanceSchedule(let schedule):
      let message = context.make(
        Mesos__V1__Master__Response__GetMaintenanceSchedule.self,
        mesos__v1__master__response__get_maintenance_schedule__descriptor_address())
      message.pointee.schedule = context.message(schedule)
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_MAINTENANCE_SCHEDULE
      wire.pointee.get_maintenance_schedule = message
    case .maintenanceStatus(let status):
      let message = context.make(
        Mesos__V1__Master__Response__GetMaintenanceStatus.self,
        mesos__v1__master__response__get_maintenance_status__descriptor_address())
      message.pointee.status = context.message(status)
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_MAINTENANCE_STATUS
      wire.pointee.get_maintenance_status = message
    default: break
    }
  }
}

extension DecodingContext {
  /// A duration of the kind that protobuf itself defines; one that is longer than can be counted is cut.
  fileprivate func nanoseconds(_ wire: UnsafeMutablePointer<Google__Protobuf__Duration>?) -> Int64? {
    guard let wire else { return nil }
    let seconds = wire.pointee.has_seconds == 0 ? 0 : wire.pointee.seconds
    let nanoseconds = wire.pointee.has_nanos == 0 ? 0 : Int64(wire.pointee.nanos)
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, more) = product.addingReportingOverflow(nanoseconds)
    return overflow || more ? (seconds < 0 ? .min : .max) : sum
  }
}

extension EncodingContext {
  fileprivate func secondsAndNanoseconds(
    _ nanoseconds: Int64?
  ) -> UnsafeMutablePointer<Google__Protobuf__Duration>? {
    guard let nanoseconds else { return nil }
    let wire = make(Google__Protobuf__Duration.self, google__protobuf__duration__descriptor_address())
    wire.pointee.has_seconds = 1
    wire.pointee.seconds = nanoseconds / 1_000_000_000
    wire.pointee.has_nanos = 1
    wire.pointee.nanos = Int32(nanoseconds % 1_000_000_000)
    return wire
  }
}
