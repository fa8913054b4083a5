// The operator's calls that change reservations and volumes.

import CMesosWire
import MesetaModel
import MesetaProtocol

extension OperatorCall {
  /// Nil for a call of another type.
  static func operation(
    _ wire: UnsafePointer<CMessage>, _ context: DecodingContext
  ) throws(WireError) -> OperatorCall? {
    switch wire.pointee.type {
    case MESOS__V1__MASTER__CALL__TYPE__RESERVE_RESOURCES:
      let call = try present(wire.pointee.reserve_resources, "reserve_resources").pointee
      return .operate(
        try context.required(call.agent_id, self, "reserve_resources.agent_id"),
        .reserveResources(
          try context.resources(call.n_resources, call.resources),
          source: try context.resources(call.n_source, call.source)))
    case MESOS__V1__MASTER__CALL__TYPE__UNRESERVE_RESOURCES:
      let call = try present(wire.pointee.unreserve_resources, "unreserve_resources").pointee
      return .operate(
        try context.required(call.agent_id, self, "unreserve_resources.agent_id"),
        .unreserveResources(try context.resources(call.n_resources, call.resources)))
    case MESOS__V1__MASTER__CALL__TYPE__CREATE_VOLUMES:
      let call = try present(wire.pointee.create_volumes, "create_volumes").pointee
      return .operate(
        try context.required(call.agent_id, self, "create_volumes.agent_id"),
        .createVolumes(try context.resources(call.n_volumes, call.volumes)))
    case MESOS__V1__MASTER__CALL__TYPE__DESTROY_VOLUMES:
      let call = try present(wire.pointee.destroy_volumes, "destroy_volumes").pointee
      return .operate(
        try context.required(call.agent_id, self, "destroy_volumes.agent_id"),
        .destroyVolumes(try context.resources(call.n_volumes, call.volumes)))
    case MESOS__V1__MASTER__CALL__TYPE__GROW_VOLUME:
      let call = try present(wire.pointee.grow_volume, "grow_volume").pointee
      return .operate(
        try context.required(call.agent_id, self, "grow_volume.agent_id"),
        .growVolume(
          try context.required(call.volume, self, "grow_volume.volume"),
          addition: try context.required(call.addition, self, "grow_volume.addition")))
    case MESOS__V1__MASTER__CALL__TYPE__SHRINK_VOLUME:
      let call = try present(wire.pointee.shrink_volume, "shrink_volume").pointee
      return .operate(
        try context.required(call.agent_id, self, "shrink_volume.agent_id"),
        .shrinkVolume(
          try context.required(call.volume, self, "shrink_volume.volume"),
          subtract: try Scalar(
            decoding: call.subtract?.pointee.value ?? 0, of: "shrink_volume.subtract", self)))
    default: return nil
    }
  }

  static func encode(
    _ operation: OperatorOperation, on agent: AgentID, into wire: UnsafeMutablePointer<CMessage>,
    _ context: EncodingContext
  ) {
    switch operation {
    case .reserveResources(let resources, let source):
      let message = context.make(
        Mesos__V1__Master__Call__ReserveResources.self,
        mesos__v1__master__call__reserve_resources__descriptor_address())
      message.pointee.agent_id = context.message(agent)
      message.pointee.n_resources = resources.count
      message.pointee.resources = context.resources(resources)
      message.pointee.n_source = source.count
      message.pointee.source = context.resources(source)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__RESERVE_RESOURCES
      wire.pointee.reserve_resources = message
    case .unreserveResources(let resources):
      let message = context.make(
        Mesos__V1__Master__Call__UnreserveResources.self,
        mesos__v1__master__call__unreserve_resources__descriptor_address())
      message.pointee.agent_id = context.message(agent)
      message.pointee.n_resources = resources.count
      message.pointee.resources = context.resources(resources)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__UNRESERVE_RESOURCES
      wire.pointee.unreserve_resources = message
    case .createVolumes, .destroyVolumes, .growVolume, .shrinkVolume:
      encodeVolumes(operation, on: agent, into: wire, context)
    }
  }

  private static func encodeVolumes(
    _ operation: OperatorOperation, on agent: AgentID, into wire: UnsafeMutablePointer<CMessage>,
    _ context: EncodingContext
  ) {
    switch operation {
    case .createVolumes(let volumes):
      let message = context.make(
        Mesos__V1__Master__Call__CreateVolumes.self,
        mesos__v1__master__call__create_volumes__descriptor_address())
      message.pointee.agent_id = context.message(agent)
      message.pointee.n_volumes = volumes.count
      message.pointee.volumes = context.resources(volumes)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__CREATE_VOLUMES
      wire.pointee.create_volumes = message
    case .destroyVolumes(let volumes):
      let message = context.make(
        Mesos__V1__Master__Call__DestroyVolumes.self,
        mesos__v1__master__call__destroy_volumes__descriptor_address())
      message.pointee.agent_id = context.message(agent)
      message.pointee.n_volumes = volumes.count
      message.pointee.volumes = context.resources(volumes)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__DESTROY_VOLUMES
      wire.pointee.destroy_volumes = message
    case .growVolume(let volume, let addition):
      let message = context.make(
        Mesos__V1__Master__Call__GrowVolume.self, mesos__v1__master__call__grow_volume__descriptor_address())
      message.pointee.agent_id = context.message(agent)
      message.pointee.volume = context.message(volume)
      message.pointee.addition = context.message(addition)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GROW_VOLUME
      wire.pointee.grow_volume = message
    case .shrinkVolume(let volume, let subtract):
      let message = context.make(
        Mesos__V1__Master__Call__ShrinkVolume.self,
        mesos__v1__master__call__shrink_volume__descriptor_address())
      message.pointee.agent_id = context.message(agent)
      message.pointee.volume = context.message(volume)
      message.pointee.subtract = context.scalar(subtract.value)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__SHRINK_VOLUME
      wire.pointee.shrink_volume = message
    case .reserveResources, .unreserveResources: break
    }
  }
}
