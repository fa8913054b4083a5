// What operators are told of roles, in a line.

import MesetaModel
import MesetaProtocol

extension RoleQuota {
  /// `quota of web: at least cpus:2, at most cpus:8`.
  var text: String {
    if quota.isDefault { return "no quota of \(role)" }
    var parts: [String] = []
    if !quota.guarantees.isEmpty { parts.append("at least \(quota.guarantees.text)") }
    if !quota.limits.isEmpty { parts.append("at most \(quota.limits.text)") }
    return "quota of \(role): " + parts.joined(separator: ", ")
  }
}

extension RoleWeight {
  /// `weight of web: 2`.
  var text: String { "weight of \(role): \(Scalar(checking: weight)?.description ?? "\(weight)")" }
}

extension RoleDescription {
  var text: String {
    var text = "\(name) weight \(Scalar(checking: weight)?.description ?? "\(weight)")"
    if !frameworks.isEmpty { text += " frameworks \(frameworks.map(\.value).joined(separator: ","))" }
    let amounts = [
      ("allocated", allocated), ("offered", offered), ("reserved", reserved), ("consumed", consumed),
      ("at least", quota.guarantees), ("at most", quota.limits),
    ]
    for (what, quantities) in amounts where !quantities.isEmpty { text += " \(what) \(quantities.text)" }
    return text
  }
}

extension Explanation.Agent {
  /// `S0 filtered for 5s`.
  func text(at time: Int64) -> String {
    "\(id)" + (role.map { " for \($0)" } ?? "") + " \(reason.text(at: time))"
  }
}

extension Explanation.Reason {
  fileprivate func text(at time: Int64) -> String {
    switch self {
    case .frameworkInactive: "frameworkInactive"
    case .noRole: "noRole"
    case .suppressed: "suppressed"
    case .outstandingLimit(let limit): "outstandingLimit \(limit)"
    case .agentInactive: "agentInactive"
    case .gpuOnly: "gpuOnly"
    case .remoteRegion: "remoteRegion"
    case .constraint: "constraint"
    case .allocatedElsewhere: "allocatedElsewhere"
    case .setAside: "setAside"
    case .reserved(let role): "reserved for \(role)"
    case .incapable: "incapable"
    case .quotaLimit(let role, let used): "quotaLimit of \(role)" + used.texts
    case .quotaHeadroom: "quotaHeadroom"
    case .tooSmall(let short): "tooSmall" + short.texts
    case .filtered(let until): "filtered for \((until - time) / 1_000_000)ms"
    case .behind(let first, let share): "behind \(first) by \(Int(share * 1000))‰"
    case .available: "available"
    case .offered: "offered"
    case .unknown: "unknown"
    }
  }
}

extension [Explanation.Amount] {
  fileprivate var texts: String { map { " \($0.name) \($0.amount) of \($0.bound)" }.joined() }
}
