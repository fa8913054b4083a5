/// Asks a framework to do without an agent from a time on: the agent is to go down for maintenance.
///
/// It holds no resources, and an answer binds nobody: it tells the operator who would lose something.
public struct InverseOffer: Hashable, Codable, Sendable {
  public var id: OfferID
  public var frameworkID: FrameworkID
  public var agentID: AgentID?
  public var unavailability: Unavailability
  /// What is asked for; nothing named: all of the agent.
  public var resources: Resources
  package var unknownFields = UnknownFields()

  public init(
    id: OfferID, frameworkID: FrameworkID, agentID: AgentID?, unavailability: Unavailability,
    resources: Resources = Resources()
  ) {
    self.id = id
    self.frameworkID = frameworkID
    self.agentID = agentID
    self.unavailability = unavailability
    self.resources = resources
  }
}
