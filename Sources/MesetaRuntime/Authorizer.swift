/// Answers who may do what. Every external call is asked about; the only policy so far permits everything.
public struct Authorizer: Hashable, Codable, Sendable {
  /// What somebody wants to do.
  public enum Action: Hashable, Sendable {
    case registerAgent
    case registerFramework
    case teardownFramework
    case runTask
    case viewCluster
    case accessSandbox
    case reserveResources
    case unreserveResources
    case createVolume
    case destroyVolume
    case resizeVolume
    case viewRole
    case updateQuota
    case updateWeight
    case updateMaintenanceSchedule
    case startMaintenance
    case stopMaintenance
    case deactivateAgent
    case drainAgent
    case reactivateAgent
    case markAgentGone
  }

  /// To what: the role, user, framework or principal concerned.
  public enum Object: Hashable, Sendable {
    case cluster
    case role(String)
    case user(String)
    /// The reservations that a principal made; nil: that nobody did who has proven to be anyone.
    case reservations(of: String?)
    /// The volumes that a principal made.
    case volumes(of: String?)
  }

  private init() {}

  /// Everybody may do everything.
  public static let permitAll = Authorizer()

  public func isAllowed(_ principal: Principal?, _ action: Action, on object: Object) -> Bool { true }
}
