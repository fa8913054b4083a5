// ExecutorInfo.

package import CMesosWire
package import MesetaModel

extension ExecutorInfo: WireConvertible {
  package typealias CMessage = Mesos__V1__ExecutorInfo
  package static var descriptor: MessageDescriptor { mesos__v1__executor_info__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      id: try context.required(wire.pointee.executor_id, Self.self, "executor_id"),
      kind: wire.pointee.has_type == 0
        ? nil : Kind(rawValue: Int32(bitPattern: wire.pointee.type.rawValue)),
      command: try context.message(wire.pointee.command),
      frameworkID: try context.message(wire.pointee.framework_id),
      name: context.optionalText(wire.pointee.name),
      source: context.optionalText(wire.pointee.source),
      data: wire.pointee.has_data == 0 ? nil : context.data(wire.pointee.data),
      resources: try context.resources(wire.pointee.n_resources, wire.pointee.resources),
      shutdownGracePeriod: wire.pointee.shutdown_grace_period?.pointee.nanoseconds,
      labels: try context.labels(wire.pointee.labels),
      container: context.encoded(wire.pointee.container),
      discovery: context.encoded(wire.pointee.discovery))
    var raw = RawFields()
    raw.appendUnknown(of: wire)
    unknownFields = UnknownFields(raw)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.executor_id = context.message(id)
    if let kind {
      wire.pointee.has_type = 1
      wire.pointee.type = .init(rawValue: UInt32(bitPattern: kind.rawValue))
    }
    wire.pointee.command = context.message(command)
    wire.pointee.framework_id = context.message(frameworkID)
    wire.pointee.name = context.text(name)
    wire.pointee.source = context.text(source)
    if let data {
      wire.pointee.has_data = 1
      wire.pointee.data = context.data(data)
    }
    wire.pointee.n_resources = resources.count
    wire.pointee.resources = context.resources(resources)
    wire.pointee.shutdown_grace_period = context.duration(shutdownGracePeriod)
    wire.pointee.labels = context.labels(labels)
    context.append(11, container, to: wire)
    context.append(12, discovery, to: wire)
    context.append(unknownFields, to: wire)
  }
}
