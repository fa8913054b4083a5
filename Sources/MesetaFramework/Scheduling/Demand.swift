// What a scheduler wants, and what follows for SUPPRESS and REVIVE.

public import MesetaModel

/// So many times these resources.
public struct Demand: Hashable, Sendable {
  /// What one task needs.
  public var need: Resources
  /// For how many of them there is use.
  public var count: Int
  /// The role to be offered them in; nil: any of the framework's.
  public var role: String?

  /// So many times what one task needs.
  public init(_ need: Resources, count: Int = 1, role: String? = nil) {
    self.need = need
    self.count = count
    self.role = role
  }
}

/// The demand of one framework, role by role, and what the master was told of it.
struct DemandBook: Hashable, Sendable {
  struct Change: Hashable, Sendable {
    /// The roles to suppress, and to revive; nil: none. All roles are the empty list, as in the calls.
    var suppress: [String]?
    var revive: [String]?
  }

  private struct RoleState: Hashable, Sendable {
    var role: String
    /// As the master was told.
    var isSuppressed = false
    /// Whether a long filter may keep offers away.
    var isFiltered = false
    /// Whether more is wanted than when the filters were set.
    var wantsMore = false
  }

  /// Nil: the scheduler has never said.
  private(set) var demands: [Demand]?
  private var roles: [RoleState]
  /// Whether the master may have to be told something.
  private var isDirty = true

  init(roles: [String]) {
    self.roles = roles.map { RoleState(role: $0) }
  }

  /// Takes what is wanted from now on.
  mutating func set(_ new: [Demand]) {
    if let demands, demands == new { return }
    let old = demands ?? []
    demands = new
    isDirty = true
    for index in roles.indices {
      let role = roles[index].role
      let grew = new.contains { demand in
        Self.concerns(demand, role)
          && !old.contains {
            $0.count >= demand.count && $0.role == demand.role && $0.need == demand.need
          }
      }
      if grew { roles[index].wantsMore = true }
    }
  }

  private static func concerns(_ demand: Demand, _ role: String) -> Bool {
    demand.count > 0 && (demand.role == nil || demand.role == role)
  }

  private func wants(_ role: String) -> Bool {
    guard let demands else { return true }
    return demands.contains { Self.concerns($0, role) }
  }

  /// What to tell the master, whom the framework is subscribed with, so that it knows the demand.
  mutating func sync() -> Change {
    guard isDirty, demands != nil else { return Change() }
    isDirty = false
    var suppress: [String] = []
    var revive: [String] = []
    for index in roles.indices {
      let wanted = wants(roles[index].role)
      let grew = roles[index].wantsMore
      roles[index].wantsMore = false
      if !wanted, !roles[index].isSuppressed {
        roles[index].isSuppressed = true
        suppress.append(roles[index].role)
      } else if wanted, roles[index].isSuppressed || (grew && roles[index].isFiltered) {
        roles[index].isSuppressed = false
        roles[index].isFiltered = false
        revive.append(roles[index].role)
      }
    }
    return Change(suppress: shortened(suppress), revive: shortened(revive))
  }

  /// What the master should know, whether or not it was told.
  mutating func repeated() -> Change {
    guard demands != nil else { return Change() }
    for index in roles.indices {
      roles[index].isSuppressed = !wants(roles[index].role)
      roles[index].isFiltered = false
      roles[index].wantsMore = false
    }
    return Change(
      suppress: shortened(suppressed), revive: shortened(roles.filter { !$0.isSuppressed }.map(\.role)))
  }

  private func shortened(_ some: [String]) -> [String]? {
    if some.isEmpty { return nil }
    return some.count == roles.count ? [] : some
  }

  /// The roles to name as suppressed in SUBSCRIBE.
  mutating func subscribing() -> [String] {
    isDirty = true
    for index in roles.indices {
      roles[index].isSuppressed = !wants(roles[index].role)
      roles[index].wantsMore = false
    }
    return suppressed
  }

  /// The roles that get no offers now.
  var suppressed: [String] { roles.filter(\.isSuppressed).map(\.role) }

  /// Notes a call that the scheduler made itself; no roles named: all.
  mutating func told(suppressed: Bool, roles named: [String]) {
    isDirty = true
    for index in roles.indices where named.isEmpty || named.contains(roles[index].role) {
      roles[index].isSuppressed = suppressed
      if !suppressed { roles[index].isFiltered = false }
    }
  }

  /// Notes that a long filter was set on offers in the role; nil: in any.
  mutating func filtered(_ role: String?) {
    for index in roles.indices where role == nil || roles.count == 1 || roles[index].role == role {
      roles[index].isFiltered = true
    }
  }

  /// Whether a task that is wanted might fit. Sums over all identities, so that it errs to yes.
  func isOfUse(_ resources: Resources, in role: String) -> Bool {
    guard let demands else { return true }
    return demands.contains { demand in
      Self.concerns(demand, role)
        && demand.need.allSatisfy { need in
          switch need.value {
          case .scalar(let scalar): resources.scalar(need.name) >= scalar
          case .ranges, .set: resources.contains { $0.name == need.name }
          }
        }
    }
  }
}
