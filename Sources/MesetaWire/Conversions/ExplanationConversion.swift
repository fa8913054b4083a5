// An operator's question that Mesos does not know, why agents are not on offer, and its answer.

package import CMesosWire
import MesetaModel
package import MesetaProtocol

extension OperatorCall {
  /// Reads the question from its place in the envelope.
  static func explain(
    _ wire: UnsafePointer<Meseta__V1__Explain>, _ context: DecodingContext
  ) throws(WireError) -> OperatorCall {
    .explain(
      try context.required(wire.pointee.framework_id, Message.self, "explain.framework_id"),
      agentID: try context.message(wire.pointee.agent_id), role: context.optionalText(wire.pointee.role))
  }
}

extension EncodingContext {
  func explain(
    _ framework: FrameworkID, _ agent: AgentID?, _ role: String?
  ) -> UnsafeMutablePointer<Meseta__V1__Explain> {
    let wire = make(Meseta__V1__Explain.self, meseta__v1__explain__descriptor_address())
    wire.pointee.framework_id = message(framework)
    wire.pointee.agent_id = message(agent)
    wire.pointee.role = text(role)
    return wire
  }
}

extension Explanation: WireConvertible {
  package typealias CMessage = Meseta__V1__Explanation
  package static var descriptor: MessageDescriptor { meseta__v1__explanation__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      frameworkID: try context.required(wire.pointee.framework_id, Self.self, "framework_id"),
      frameworkName: context.text(wire.pointee.framework_name),
      roles: context.texts(wire.pointee.n_roles, wire.pointee.roles), time: wire.pointee.time,
      agents: try context.messages(wire.pointee.n_agents, wire.pointee.agents))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.framework_id = context.message(frameworkID)
    wire.pointee.framework_name = context.text(frameworkName)
    wire.pointee.n_roles = roles.count
    wire.pointee.roles = context.texts(roles)
    wire.pointee.time = time
    wire.pointee.n_agents = agents.count
    wire.pointee.agents = context.messages(agents)
  }
}

extension Explanation.Agent: WireConvertible {
  package typealias CMessage = Meseta__V1__AgentExplanation
  package static var descriptor: MessageDescriptor { meseta__v1__agent_explanation__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.required(wire.pointee.agent_id, Self.self, "agent_id"),
      hostname: context.text(wire.pointee.hostname), role: context.optionalText(wire.pointee.role),
      try Self.reason(wire, context))
  }

  private static func reason(
    _ wire: UnsafePointer<CMessage>, _ context: DecodingContext
  ) throws(WireError) -> Explanation.Reason {
    guard wire.pointee.has_reason != 0 else { return .unknown }
    switch wire.pointee.reason {
    case MESETA__V1__AGENT_EXPLANATION__REASON__FRAMEWORK_INACTIVE: return .frameworkInactive
    case MESETA__V1__AGENT_EXPLANATION__REASON__NO_ROLE: return .noRole
    case MESETA__V1__AGENT_EXPLANATION__REASON__SUPPRESSED: return .suppressed
    case MESETA__V1__AGENT_EXPLANATION__REASON__OUTSTANDING_LIMIT:
      return .outstandingLimit(Int(wire.pointee.outstanding_offers))
    case MESETA__V1__AGENT_EXPLANATION__REASON__AGENT_INACTIVE: return .agentInactive
    case MESETA__V1__AGENT_EXPLANATION__REASON__GPU_ONLY: return .gpuOnly
    case MESETA__V1__AGENT_EXPLANATION__REASON__REMOTE_REGION: return .remoteRegion
    case MESETA__V1__AGENT_EXPLANATION__REASON__CONSTRAINT: return .constraint
    case MESETA__V1__AGENT_EXPLANATION__REASON__ALLOCATED_ELSEWHERE: return .allocatedElsewhere
    case MESETA__V1__AGENT_EXPLANATION__REASON__SET_ASIDE: return .setAside
    case MESETA__V1__AGENT_EXPLANATION__REASON__RESERVED:
      return .reserved(role: context.text(wire.pointee.other_role))
    case MESETA__V1__AGENT_EXPLANATION__REASON__INCAPABLE: return .incapable
    case MESETA__V1__AGENT_EXPLANATION__REASON__QUOTA_LIMIT:
      return .quotaLimit(
        role: context.text(wire.pointee.other_role),
        used: try context.messages(wire.pointee.n_amounts, wire.pointee.amounts))
    case MESETA__V1__AGENT_EXPLANATION__REASON__QUOTA_HEADROOM: return .quotaHeadroom
    case MESETA__V1__AGENT_EXPLANATION__REASON__TOO_SMALL:
      return .tooSmall(try context.messages(wire.pointee.n_amounts, wire.pointee.amounts))
    case MESETA__V1__AGENT_EXPLANATION__REASON__FILTERED: return .filtered(until: wire.pointee.until)
    case MESETA__V1__AGENT_EXPLANATION__REASON__BEHIND:
      return .behind(
        try context.required(wire.pointee.first_framework_id, Self.self, "first_framework_id"),
        share: wire.pointee.share)
    case MESETA__V1__AGENT_EXPLANATION__REASON__AVAILABLE: return .available
    case MESETA__V1__AGENT_EXPLANATION__REASON__OFFERED: return .offered
    default: return .unknown
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.agent_id = context.message(id)
    wire.pointee.hostname = context.text(hostname)
    wire.pointee.role = context.text(role)
    wire.pointee.has_reason = 1
    wire.pointee.reason = reason.number
    switch reason {
    case .outstandingLimit(let limit):
      wire.pointee.has_outstanding_offers = 1
      wire.pointee.outstanding_offers = Int64(limit)
    case .reserved(let role): wire.pointee.other_role = context.text(role)
    case .quotaLimit(let role, let amounts):
      wire.pointee.other_role = context.text(role)
      wire.pointee.n_amounts = amounts.count
      wire.pointee.amounts = context.messages(amounts)
    case .tooSmall(let amounts):
      wire.pointee.n_amounts = amounts.count
      wire.pointee.amounts = context.messages(amounts)
    case .filtered(let until):
      wire.pointee.has_until = 1
      wire.pointee.until = until
    case .behind(let first, let share):
      wire.pointee.first_framework_id = context.message(first)
      wire.pointee.has_share = 1
      wire.pointee.share = share
    default: break
    }
  }
}

extension Explanation.Reason {
  fileprivate var number: Meseta__V1__AgentExplanation__Reason {
    switch self {
    case .frameworkInactive: MESETA__V1__AGENT_EXPLANATION__REASON__FRAMEWORK_INACTIVE
    case .noRole: MESETA__V1__AGENT_EXPLANATION__REASON__NO_ROLE
    case .suppressed: MESETA__V1__AGENT_EXPLANATION__REASON__SUPPRESSED
    case .outstandingLimit: MESETA__V1__AGENT_EXPLANATION__REASON__OUTSTANDING_LIMIT
    case .agentInactive: MESETA__V1__AGENT_EXPLANATION__REASON__AGENT_INACTIVE
    case .gpuOnly: MESETA__V1__AGENT_EXPLANATION__REASON__GPU_ONLY
    case .remoteRegion: MESETA__V1__AGENT_EXPLANATION__REASON__REMOTE_REGION
    case .constraint: MESETA__V1__AGENT_EXPLANATION__REASON__CONSTRAINT
    case .allocatedElsewhere: MESETA__V1__AGENT_EXPLANATION__REASON__ALLOCATED_ELSEWHERE
    case .setAside: MESETA__V1__AGENT_EXPLANATION__REASON__SET_ASIDE
    case .reserved: MESETA__V1__AGENT_EXPLANATION__REASON__RESERVED
    case .incapable: MESETA__V1__AGENT_EXPLANATION__REASON__INCAPABLE
    case .quotaLimit: MESETA__V1__AGENT_EXPLANATION__REASON__QUOTA_LIMIT
    case .quotaHeadroom: MESETA__V1__AGENT_EXPLANATION__REASON__QUOTA_HEADROOM
    case .tooSmall: MESETA__V1__AGENT_EXPLANATION__REASON__TOO_SMALL
    case .filtered: MESETA__V1__AGENT_EXPLANATION__REASON__FILTERED
    case .behind: MESETA__V1__AGENT_EXPLANATION__REASON__BEHIND
    case .available: MESETA__V1__AGENT_EXPLANATION__REASON__AVAILABLE
    case .offered: MESETA__V1__AGENT_EXPLANATION__REASON__OFFERED
    case .unknown: MESETA__V1__AGENT_EXPLANATION__REASON__UNKNOWN
    }
  }
}

extension Explanation.Amount: WireConvertible {
  package typealias CMessage = Meseta__V1__AgentExplanation__Amount
  package static var descriptor: MessageDescriptor {
    meseta__v1__agent_explanation__amount__descriptor_address()
  }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    let name = context.text(wire.pointee.name)
    self.init(
      name, try Scalar(decodingSum: wire.pointee.amount?.pointee.value ?? 0, of: name, Self.self),
      of: try Scalar(decodingSum: wire.pointee.bound?.pointee.value ?? 0, of: name, Self.self))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.name = context.text(name)
    wire.pointee.amount = context.scalar(amount.value)
    wire.pointee.bound = context.scalar(bound.value)
  }
}
