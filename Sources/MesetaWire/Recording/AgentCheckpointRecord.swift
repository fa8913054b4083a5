// What an agent writes down for its next life.

package import CMesosWire
package import MesetaModel

/// The one record of an agent's checkpoint file.
package struct AgentCheckpointRecord: Hashable, Sendable {
  package var agentID: AgentID

  package init(agentID: AgentID) { self.agentID = agentID }
}

extension AgentCheckpointRecord: WireConvertible {
  package typealias CMessage = Meseta__V1__AgentCheckpoint
  package static var descriptor: MessageDescriptor { meseta__v1__agent_checkpoint__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(agentID: try context.required(wire.pointee.agent_id, Self.self, "agent_id"))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.agent_id = context.message(agentID)
  }
}
