// What can be said of a call without knowing the cluster. The texts are Mesos's by meaning: clients match them.

public import MesetaModel

extension SchedulerCall.Subscribe {
  /// What is wrong with what the framework says of itself; nil if nothing is.
  public var problem: String? {
    let isMultiRole = framework.has(.multiRole)
    if isMultiRole, framework.role != nil {
      return "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable"
    }
    if !isMultiRole, !framework.roles.isEmpty {
      return "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable"
    }
    let repeated = framework.roles.repeated
    if !repeated.isEmpty { return "'FrameworkInfo.roles' contains duplicate items: \(repeated.braced)" }
    for role in framework.subscribedRoles {
      guard let problem = Role.problem(with: role) else { continue }
      return isMultiRole
        ? "'FrameworkInfo.roles' contains invalid role: \(problem)"
        : "'FrameworkInfo.role' is not a valid role: \(problem)"
    }
    if let problem = framework.id.flatMap({ Identifier.problem(with: $0.value) }) { return problem }
    if let problem = framework.offerFilters.lazy.compactMap(\.problem).first { return problem }
    if !(framework.failoverTimeout.magnitude <= 9_000_000_000) {  // true for NaN
      return "The framework failover_timeout (\(framework.failoverTimeout)) is invalid"
    }
    return nil
  }

  /// What is wrong with the roles that it says something about; nil if nothing is.
  public var problemWithRoles: String? {
    let strangers = suppressedRoles.filter { !framework.subscribedRoles.contains($0) }
    if !strangers.isEmpty {
      return "Suppressed roles \(strangers.braced) are not contained in the set of roles"
    }
    let roles = Set(framework.subscribedRoles)
    if let stranger = offerConstraints.roles.first(where: { !roles.contains($0.role) }) {
      return
        "Offer constraints specify `role_constraints` for a role '\(stranger.role)' not contained in the "
        + "set of roles"
    }
    return nil
  }
}

extension OfferFilter {
  /// What is wrong with the filter; nil if nothing is.
  fileprivate var problem: String? {
    for quantities in minimalQuantities ?? [] {
      if quantities.isEmpty { return "Resource quantities must contain at least one quantity" }
      if let bad = quantities.first(where: { $0.scalar < .zero }) {
        return "Invalid resource quantity for '\(bad.name)': Negative values not supported"
      }
    }
    return nil
  }
}

extension SchedulerCall {
  /// What is wrong with the call, apart from its subscription; nil if nothing is.
  public var problem: CallError? {
    switch kind {
    case .subscribe(let subscribe):
      if let frameworkID, subscribe.framework.id != frameworkID {
        return CallError(
          .badRequest,
          "Failed to validate scheduler::Call: 'framework_id' differs from 'subscribe.framework_info.id'")
      }
    case .updateFramework(let update) where frameworkID != nil && update.framework.id != frameworkID:
      return CallError(
        .badRequest,
        "Failed to validate scheduler::Call: 'framework_id' differs from 'update_framework.framework_info.id'"
      )
    case .unknown(let type):
      // A real master ends itself when it gets one.
      return CallError(
        .badRequest, "Failed to validate scheduler::Call: type \(type) is not known to this version")
    case .acknowledgeOperationStatus(let acknowledge) where acknowledge.agentID == nil:
      return CallError(
        .badRequest, "Failed to validate scheduler::Call: Expecting 'agent_id' to be present")
    default:
      if frameworkID == nil {
        return CallError(
          .badRequest, "Failed to validate scheduler::Call: Expecting 'framework_id' to be present")
      }
      if case .demand(let demand) = kind, let problem = demand.problem {
        return CallError(.badRequest, "Failed to validate scheduler::Call: \(problem)")
      }
    }
    return nil
  }
}

extension Filters {
  /// What a framework gets that gives no usable filter.
  public static let defaultRefuseSeconds = 5.0
}

/// The rules for identifiers that name files: of frameworks, tasks and executors.
public enum Identifier {
  /// What is wrong with an identifier; nil if nothing is.
  public static func problem(with id: String) -> String? {
    if id.isEmpty { return "ID must not be empty" }
    if id.utf8.count > 255 { return "ID must not be greater than 255 characters" }
    if id.utf8.count <= 2, id == "." || id == ".." { return "'\(id)' is disallowed" }
    // Where the bytes stand: one by one, a text takes five times as long to hand them over.
    let isInvalid =
      id.utf8.withContiguousStorageIfAvailable { $0.contains(where: Self.isDisallowed) }
      ?? id.utf8.contains(where: Self.isDisallowed)
    return isInvalid ? "'\(id)' contains invalid characters" : nil
  }

  private static func isDisallowed(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x7f || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
  }
}

extension Sequence where Element: Hashable {
  /// The elements that came before, once for each time.
  package var repeated: [Element] {
    var seen = Set<Element>()
    return filter { !seen.insert($0).inserted }
  }
}

extension [String] {
  /// The elements as Mesos prints sets.
  package var braced: String { "{ \(joined(separator: ", ")) }" }
}
