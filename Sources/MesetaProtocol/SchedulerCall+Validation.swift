// What can be said of a call without knowing the cluster. The texts are Mesos's by meaning: clients match them.

public import MesetaModel

extension SchedulerCall.Subscribe {
  /// What is wrong with the subscription; nil if nothing is.
  public var problem: String? {
    let isMultiRole = framework.has(.multiRole)
    if isMultiRole, framework.role != nil {
      return "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable"
    }
    if !isMultiRole, !framework.roles.isEmpty {
      return "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable"
    }
    if let role = framework.roles.firstRepeated {
      return "'FrameworkInfo.roles' contains duplicate roles: '\(role)'"
    }
    for role in framework.subscribedRoles {
      if let problem = Role.problem(with: role) { return "The role '\(role)' \(problem)" }
    }
    if let id = framework.id, let problem = Identifier.problem(with: id.value) {
      return problem
    }
    if !(framework.failoverTimeout.magnitude <= 9_000_000_000) {  // true for NaN
      return "The framework failover_timeout (\(framework.failoverTimeout)) is invalid"
    }
    for role in suppressedRoles where !framework.subscribedRoles.contains(role) {
      return "Suppressed role '\(role)' is not one of the framework's roles"
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
    case .unknown(let type):
      return CallError(.notImplemented, "scheduler calls of type \(type) are not known to this version")
    default:
      if frameworkID == nil {
        return CallError(
          .badRequest, "Failed to validate scheduler::Call: Expecting 'framework_id' to be present")
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
    if id == "." || id == ".." { return "'\(id)' is disallowed" }
    if id.utf8.contains(where: {
      $0 < 0x20 || $0 == 0x7f || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\")
    }) {
      return "'\(id)' contains invalid characters"
    }
    return nil
  }
}

extension Sequence where Element: Hashable {
  /// The first element that came before.
  package var firstRepeated: Element? {
    var seen = Set<Element>()
    return first { !seen.insert($0).inserted }
  }
}
