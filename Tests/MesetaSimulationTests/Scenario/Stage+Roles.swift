// The verbs of an operator that are about roles, their quotas and weights.

import MesetaModel
import MesetaProtocol

extension Stage {
  /// The operator's call of that name; nil if it is not about roles.
  mutating func roleCall(_ call: String, _ arguments: inout Arguments) throws -> OperatorCall? {
    switch call {
    case "roles": return .getRoles
    case "quota": return .getQuota
    case "weights": return .getWeights
    case "set-quota":
      let isForced = arguments.flag("force")
      let config = QuotaConfig(
        role: try arguments.next("the role"), guarantees: try Self.quantities(arguments.value("guarantee")),
        limits: try Self.quantities(arguments.value("limit")))
      return .updateQuota([config], isForced: isForced)
    case "remove-quota": return .removeQuota(role: try arguments.next("the role"))
    case "set-weight":
      let role = try arguments.next("the role")
      guard let weight = Double(try arguments.next("the weight")) else {
        throw ScriptError("the weight is no number")
      }
      return .updateWeights([RoleWeight(role: role, weight: weight)])
    case "explain":
      let role = arguments.value("role")
      let framework = FrameworkID(names.expand(try arguments.next("the framework's id")))
      return .explain(
        framework, agentID: arguments.value("agent").map { AgentID(names.expand($0)) }, role: role)
    default: return nil
    }
  }

  private static func quantities(_ text: String?) throws -> [WrittenQuantity] {
    try Resources(parsing: text ?? "").map { WrittenQuantity($0.name, $0.value.quantity.value) }
  }
}
