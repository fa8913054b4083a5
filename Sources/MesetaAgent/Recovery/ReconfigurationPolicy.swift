public import MesetaModel

/// How an agent that is started again may be set up otherwise than before.
public enum ReconfigurationPolicy: String, Hashable, Codable, Sendable, CaseIterable {
  /// Not at all.
  case equal
  /// With more resources and attributes.
  case additive

  /// What may not be, as a clause; nil if all may. The ids do not count.
  public func problem(from before: AgentInfo, to now: AgentInfo) -> String? {
    if before.hostname != now.hostname {
      return "the hostname was \(before.hostname), and is \(now.hostname)"
    }
    if before.port != now.port { return "the port was \(before.port), and is \(now.port)" }
    if before.domain != now.domain, self == .equal || before.domain != nil {
      return "the domain was \(Self.text(before.domain)), and is \(Self.text(now.domain))"
    }
    return problem(from: before.resources, to: now.resources)
      ?? problem(from: before.attributes, to: now.attributes)
  }

  private func problem(from before: Resources, to now: Resources) -> String? {
    switch self {
    case .equal: before == now ? nil : "the resources were \(before), and are \(now)"
    case .additive:
      before.first { !now.contains(Resources([$0])) }.map {
        "the resource \($0) is not among the present ones, \(now)"
      }
    }
  }

  private func problem(from before: [Attribute], to now: [Attribute]) -> String? {
    switch self {
    case .equal:
      before == now
        ? nil : "the attributes were \(Self.text(before)), and are \(Self.text(now))"
    case .additive:
      before.first { !Self.isKept($0, in: now) }.map {
        "the attribute \($0) is not among the present ones, \(Self.text(now))"
      }
    }
  }

  /// Whether the first attribute of that name is the same, or has more ranges.
  private static func isKept(_ attribute: Attribute, in now: [Attribute]) -> Bool {
    guard let other = now.first(where: { $0.name == attribute.name }) else { return false }
    if case .ranges(let before) = attribute.value, case .ranges(let present) = other.value {
      return present.contains(before)
    }
    return other == attribute
  }

  private static func text(_ domain: FaultDomain?) -> String {
    domain.map { "\($0.region)/\($0.zone)" } ?? "none"
  }

  private static func text(_ attributes: [Attribute]) -> String {
    attributes.map { "\($0)" }.joined(separator: ";")
  }
}
