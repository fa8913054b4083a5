// Offer.Operation and OperationStatus.

package import CMesosWire
package import MesetaModel

extension Operation: WireConvertible {
  package typealias CMessage = Mesos__V1__Offer__Operation
  package static var descriptor: MessageDescriptor { mesos__v1__offer__operation__descriptor_address() }

  /// A type without its message is an operation on nothing where that can be said, as in Mesos; what the model has
  /// no case for is kept as bytes.
  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    if let kind = try Self.kind(wire, context) {
      self.init(kind, id: try context.message(wire.pointee.id))
    } else {
      self.init(.unknown(EncodedMessage(context.packed(wire))))
    }
  }

  private static func kind(
    _ wire: UnsafePointer<CMessage>, _ context: DecodingContext
  ) throws(WireError) -> Kind? {
    guard wire.pointee.has_type != 0, wire.pointee.base.n_unknown_fields == 0 else { return nil }
    switch wire.pointee.type {
    case MESOS__V1__OFFER__OPERATION__TYPE__LAUNCH:
      let launch = wire.pointee.launch
      return .launch(try context.messages(launch?.pointee.n_task_infos ?? 0, launch?.pointee.task_infos))
    case MESOS__V1__OFFER__OPERATION__TYPE__LAUNCH_GROUP:
      guard let group = wire.pointee.launch_group else { return nil }
      let tasks = group.pointee.task_group
      return .launchGroup(
        executor: try context.required(group.pointee.executor, Self.self, "launch_group.executor"),
        tasks: try context.messages(tasks?.pointee.n_tasks ?? 0, tasks?.pointee.tasks))
    case MESOS__V1__OFFER__OPERATION__TYPE__RESERVE:
      let reserve = wire.pointee.reserve
      return .reserve(
        resources: try context.resources(reserve?.pointee.n_resources ?? 0, reserve?.pointee.resources),
        source: try context.resources(reserve?.pointee.n_source ?? 0, reserve?.pointee.source))
    case MESOS__V1__OFFER__OPERATION__TYPE__UNRESERVE:
      let unreserve = wire.pointee.unreserve
      return .unreserve(
        try context.resources(unreserve?.pointee.n_resources ?? 0, unreserve?.pointee.resources))
    case MESOS__V1__OFFER__OPERATION__TYPE__CREATE:
      let create = wire.pointee.create
      return .create(
        volumes: try context.resources(create?.pointee.n_volumes ?? 0, create?.pointee.volumes))
    case MESOS__V1__OFFER__OPERATION__TYPE__DESTROY:
      let destroy = wire.pointee.destroy
      return .destroy(
        volumes: try context.resources(destroy?.pointee.n_volumes ?? 0, destroy?.pointee.volumes))
    case MESOS__V1__OFFER__OPERATION__TYPE__GROW_VOLUME:
      guard let grow = wire.pointee.grow_volume else { return nil }
      return .growVolume(
        volume: try context.required(grow.pointee.volume, Self.self, "grow_volume.volume"),
        addition: try context.required(grow.pointee.addition, Self.self, "grow_volume.addition"))
    case MESOS__V1__OFFER__OPERATION__TYPE__SHRINK_VOLUME:
      guard let shrink = wire.pointee.shrink_volume else { return nil }
      return .shrinkVolume(
        volume: try context.required(shrink.pointee.volume, Self.self, "shrink_volume.volume"),
        subtract: try Scalar(
          decoding: shrink.pointee.subtract?.pointee.value ?? 0, of: "shrink_volume", Self.self))
    default: return nil
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    if case .unknown(let message) = kind { return context.append(message.bytes, to: wire) }
    wire.pointee.id = context.message(id)
    wire.pointee.has_type = 1
    switch kind {
    case .launch(let tasks):
      let message = context.make(
        Mesos__V1__Offer__Operation__Launch.self, mesos__v1__offer__operation__launch__descriptor_address())
      message.pointee.n_task_infos = tasks.count
      message.pointee.task_infos = context.messages(tasks)
      wire.pointee.type = MESOS__V1__OFFER__OPERATION__TYPE__LAUNCH
      wire.pointee.launch = message
    case .launchGroup(let executor, let tasks):
      let message = context.make(
        Mesos__V1__Offer__Operation__LaunchGroup.self,
        mesos__v1__offer__operation__launch_group__descriptor_address())
      message.pointee.executor = context.message(executor)
      message.pointee.task_group = context.taskGroup(tasks)
      wire.pointee.type = MESOS__V1__OFFER__OPERATION__TYPE__LAUNCH_GROUP
      wire.pointee.launch_group = message
    case .growVolume(let volume, let addition):
      let message = context.make(
        Mesos__V1__Offer__Operation__GrowVolume.self,
        mesos__v1__offer__operation__grow_volume__descriptor_address())
      message.pointee.volume = context.message(volume)
      message.pointee.addition = context.message(addition)
      wire.pointee.type = MESOS__V1__OFFER__OPERATION__TYPE__GROW_VOLUME
      wire.pointee.grow_volume = message
    case .shrinkVolume(let volume, let subtract):
      let message = context.make(
        Mesos__V1__Offer__Operation__ShrinkVolume.self,
        mesos__v1__offer__operation__shrink_volume__descriptor_address())
      message.pointee.volume = context.message(volume)
      message.pointee.subtract = context.scalar(subtract.value)
      wire.pointee.type = MESOS__V1__OFFER__OPERATION__TYPE__SHRINK_VOLUME
      wire.pointee.shrink_volume = message
    case .reserve, .unreserve, .create, .destroy: encodeResources(into: wire, context)
    case .unknown: break
    }
  }

  /// The operations that are on resources alone.
  private func encodeResources(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    switch kind {
    case .reserve(let resources, let source):
      let message = context.make(
        Mesos__V1__Offer__Operation__Reserve.self,
        mesos__v1__offer__operation__reserve__descriptor_address())
      message.pointee.n_resources = resources.count
      message.pointee.resources = context.resources(resources)
      message.pointee.n_source = source.count
      message.pointee.source = context.resources(source)
      wire.pointee.type = MESOS__V1__OFFER__OPERATION__TYPE__RESERVE
      wire.pointee.reserve = message
    case .unreserve(let resources):
      let message = context.make(
        Mesos__V1__Offer__Operation__Unreserve.self,
        mesos__v1__offer__operation__unreserve__descriptor_address())
      message.pointee.n_resources = resources.count
      message.pointee.resources = context.resources(resources)
      wire.pointee.type = MESOS__V1__OFFER__OPERATION__TYPE__UNRESERVE
      wire.pointee.unreserve = message
    case .create(let volumes):
      let message = context.make(
        Mesos__V1__Offer__Operation__Create.self, mesos__v1__offer__operation__create__descriptor_address())
      message.pointee.n_volumes = volumes.count
      message.pointee.volumes = context.resources(volumes)
      wire.pointee.type = MESOS__V1__OFFER__OPERATION__TYPE__CREATE
      wire.pointee.create = message
    case .destroy(let volumes):
      let message = context.make(
        Mesos__V1__Offer__Operation__Destroy.self,
        mesos__v1__offer__operation__destroy__descriptor_address())
      message.pointee.n_volumes = volumes.count
      message.pointee.volumes = context.resources(volumes)
      wire.pointee.type = MESOS__V1__OFFER__OPERATION__TYPE__DESTROY
      wire.pointee.destroy = message
    default: break
    }
  }
}

extension EncodingContext {
  func taskGroup(_ tasks: [TaskInfo]) -> UnsafeMutablePointer<Mesos__V1__TaskGroupInfo> {
    let wire = make(Mesos__V1__TaskGroupInfo.self, mesos__v1__task_group_info__descriptor_address())
    wire.pointee.n_tasks = tasks.count
    wire.pointee.tasks = messages(tasks)
    return wire
  }
}

extension OperationStatus: WireConvertible {
  package typealias CMessage = Mesos__V1__OperationStatus
  package static var descriptor: MessageDescriptor { mesos__v1__operation_status__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard let state = OperationState(rawValue: Int32(bitPattern: wire.pointee.state.rawValue)) else {
      throw WireError(message: Self.messageName, path: "state", reason: .unknownEnumValue)
    }
    var uuid: UUID?
    if let message = wire.pointee.uuid {
      uuid = context.uuid(message.pointee.value)
      if uuid == nil { throw Self.invalid("uuid.value", "does not have the 16 bytes of a UUID") }
    }
    self.init(
      operationID: try context.message(wire.pointee.operation_id), state: state,
      message: context.optionalText(wire.pointee.message),
      convertedResources: try context.resources(
        wire.pointee.n_converted_resources, wire.pointee.converted_resources),
      uuid: uuid, agentID: try context.message(wire.pointee.agent_id),
      resourceProviderID: try context.message(wire.pointee.resource_provider_id))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.operation_id = context.message(operationID)
    wire.pointee.state = .init(rawValue: UInt32(bitPattern: state.rawValue))
    wire.pointee.message = context.text(message)
    wire.pointee.n_converted_resources = convertedResources.count
    wire.pointee.converted_resources = context.resources(convertedResources)
    wire.pointee.uuid = uuid.map { context.uuidMessage($0) }
    wire.pointee.agent_id = context.message(agentID)
    wire.pointee.resource_provider_id = context.message(resourceProviderID)
  }
}
