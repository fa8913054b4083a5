// What an agent writes down for its next life.

package import CMesosWire
package import MesetaModel
package import MesetaProtocol

/// What an agent has to know after a restart, besides its tasks.
package struct AgentCheckpointRecord: Hashable, Sendable {
  package var agentID: AgentID
  package var resources: Resources
  package var removedVolumes: Resources
  package var operations: [OperationRecord]
  package var info: AgentInfo?

  package init(
    agentID: AgentID, resources: Resources, removedVolumes: Resources, operations: [OperationRecord],
    info: AgentInfo?
  ) {
    self.agentID = agentID
    self.resources = resources
    self.removedVolumes = removedVolumes
    self.operations = operations
    self.info = info
  }
}

extension AgentCheckpointRecord: WireConvertible {
  package typealias CMessage = Meseta__V1__AgentCheckpoint
  package static var descriptor: MessageDescriptor { meseta__v1__agent_checkpoint__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      agentID: try context.required(wire.pointee.agent_id, Self.self, "agent_id"),
      resources: try context.resources(wire.pointee.n_resources, wire.pointee.resources),
      removedVolumes: try context.resources(wire.pointee.n_removed_volumes, wire.pointee.removed_volumes),
      operations: try context.messages(wire.pointee.n_operations, wire.pointee.operations),
      info: try context.message(wire.pointee.info))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.agent_id = context.message(agentID)
    wire.pointee.n_resources = resources.count
    wire.pointee.resources = context.resources(resources)
    wire.pointee.n_removed_volumes = removedVolumes.count
    wire.pointee.removed_volumes = context.resources(removedVolumes)
    wire.pointee.n_operations = operations.count
    wire.pointee.operations = context.messages(operations)
    wire.pointee.info = context.message(info)
  }
}
