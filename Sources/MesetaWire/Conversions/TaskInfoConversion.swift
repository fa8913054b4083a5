// TaskInfo, and what is said in several places: limits and kill policies.

package import CMesosWire
package import MesetaModel

extension TaskInfo: WireConvertible {
  package typealias CMessage = Mesos__V1__TaskInfo
  package static var descriptor: MessageDescriptor { mesos__v1__task_info__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    var fields = Fields(
      name: context.text(wire.pointee.name),
      id: try context.required(wire.pointee.task_id, Self.self, "task_id"),
      agentID: try context.required(wire.pointee.agent_id, Self.self, "agent_id"),
      resources: try context.resources(wire.pointee.n_resources, wire.pointee.resources),
      command: try context.message(wire.pointee.command),
      executor: try context.message(wire.pointee.executor))
    if wire.pointee.has_data != 0 { fields.data = context.data(wire.pointee.data) }
    fields.labels = try context.labels(wire.pointee.labels)
    fields.killGracePeriod = context.gracePeriod(wire.pointee.kill_policy)
    fields.maxCompletionTime = wire.pointee.max_completion_time?.pointee.nanoseconds
    if wire.pointee.n_limits > 0 { fields.limits = try Self.limits(wire, context) }
    fields.healthCheck = context.encoded(wire.pointee.health_check)
    fields.check = context.encoded(wire.pointee.check)
    fields.container = context.encoded(wire.pointee.container)
    fields.discovery = context.encoded(wire.pointee.discovery)
    var raw = RawFields()
    raw.appendUnknown(of: wire)
    fields.unknownFields = UnknownFields(raw)
    self.init(fields)
  }

  private static func limits(
    _ wire: UnsafePointer<CMessage>, _ context: DecodingContext
  ) throws(WireError) -> [ResourceLimit] {
    var limits = KeyedList<ResourceLimit>()
    for index in 0..<wire.pointee.n_limits {
      guard let entry = wire.pointee.limits?[index] else { continue }
      let name = context.text(entry.pointee.key)
      let value = entry.pointee.value?.pointee.value ?? 0
      if value == .infinity {
        limits.set(name, ResourceLimit(name, .infinite))
      } else if let scalar = Scalar(checking: value) {
        limits.set(name, ResourceLimit(name, .scalar(scalar)))
      } else {
        throw invalid(
          "limits.value", "of \"\(name)\" is \(value), not a number from 0 to 9·10⁹ nor infinity")
      }
    }
    return limits.values
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    let fields = fields
    wire.pointee.name = context.text(fields.name)
    wire.pointee.task_id = context.message(fields.id)
    wire.pointee.agent_id = context.message(fields.agentID)
    wire.pointee.n_resources = fields.resources.count
    wire.pointee.resources = context.resources(fields.resources)
    wire.pointee.command = context.message(fields.command)
    wire.pointee.executor = context.message(fields.executor)
    if let data = fields.data {
      wire.pointee.has_data = 1
      wire.pointee.data = context.data(data)
    }
    wire.pointee.labels = context.labels(fields.labels)
    wire.pointee.kill_policy = context.killPolicy(fields.killGracePeriod)
    wire.pointee.max_completion_time = context.duration(fields.maxCompletionTime)
    encode(fields.limits, into: wire, context)
    context.append(8, fields.healthCheck, to: wire)
    context.append(9, fields.container, to: wire)
    context.append(11, fields.discovery, to: wire)
    context.append(13, fields.check, to: wire)
    context.append(fields.unknownFields, to: wire)
  }

  private func encode(
    _ limits: [ResourceLimit], into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext
  ) {
    if limits.isEmpty { return }
    let list = context.allocate(UnsafeMutablePointer<Mesos__V1__TaskInfo__LimitsEntry>?.self, limits.count)
    for (index, limit) in limits.enumerated() {
      let entry = context.make(
        Mesos__V1__TaskInfo__LimitsEntry.self, mesos__v1__task_info__limits_entry__descriptor_address())
      entry.pointee.key = context.text(limit.name)
      switch limit.bound {
      case .scalar(let scalar): entry.pointee.value = context.scalar(scalar.value)
      case .infinite: entry.pointee.value = context.scalar(.infinity)
      }
      list[index] = entry
    }
    wire.pointee.n_limits = limits.count
    wire.pointee.limits = list
  }
}

extension DecodingContext {
  func gracePeriod(_ wire: UnsafeMutablePointer<Mesos__V1__KillPolicy>?) -> Int64? {
    wire?.pointee.grace_period?.pointee.nanoseconds
  }
}

extension EncodingContext {
  func killPolicy(_ gracePeriod: Int64?) -> UnsafeMutablePointer<Mesos__V1__KillPolicy>? {
    guard let gracePeriod else { return nil }
    let wire = make(Mesos__V1__KillPolicy.self, mesos__v1__kill_policy__descriptor_address())
    wire.pointee.grace_period = duration(gracePeriod)
    return wire
  }
}
