/// Of which agents a framework wants offers, by role. A role that is not named gets offers of all agents.
///
///     let constraints: OfferConstraints = [
///       "analytics": [
///         [.where(.attribute("rack"), .equals("r1")), .where(.attribute("gpu"), .notExists)],
///         [.where(.hostname, .matches("big-[0-9]+"))],
///       ]
///     ]
///
/// An agent is offered if it fulfils all constraints of one group: it is a big one, or one in rack `r1` without GPUs.
public struct OfferConstraints: Hashable, Codable, Sendable {
  /// The alternatives of one role.
  public struct RoleConstraints: Hashable, Codable, Sendable {
    public let role: String
    public var groups: [Group]
  }

  /// Constraints that have to be fulfilled together.
  public typealias Group = [AttributeConstraint]

  /// Ascending by role.
  public private(set) var roles: [RoleConstraints] = []

  /// Without constraints.
  public init() {}

  public var isEmpty: Bool { roles.isEmpty }

  /// The groups of a role. Nil: the role is offered all agents.
  public subscript(role: String) -> [Group]? {
    get {
      let place = place(of: role)
      return isRole(role, at: place) ? roles[place].groups : nil
    }
    set {
      let place = place(of: role)
      let isThere = isRole(role, at: place)
      switch newValue {
      case let groups? where isThere: roles[place].groups = groups
      case let groups?: roles.insert(RoleConstraints(role: role, groups: groups), at: place)
      case nil where isThere: roles.remove(at: place)
      case nil: break
      }
    }
  }

  private func isRole(_ role: String, at place: Int) -> Bool {
    place < roles.count && roles[place].role == role
  }

  /// Where a role is, or would be.
  private func place(of role: String) -> Int {
    var low = 0
    var high = roles.count
    while low < high {
      let middle = (low + high) / 2
      if roles[middle].role < role { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension OfferConstraints: ExpressibleByDictionaryLiteral {
  /// Of several entries for one role the last counts.
  public init(dictionaryLiteral elements: (String, [Group])...) { self.init(elements) }

  /// Of several entries for one role the last counts.
  public init(_ elements: [(role: String, groups: [Group])]) {
    let sorted = elements.indices.sorted {
      elements[$0].role == elements[$1].role ? $0 < $1 : elements[$0].role < elements[$1].role
    }
    for index in sorted {
      let (role, groups) = elements[index]
      if roles.last?.role == role { roles.removeLast() }
      roles.append(RoleConstraints(role: role, groups: groups))
    }
  }
}

extension OfferConstraints: CustomStringConvertible {
  /// `eng: rack = "r1" and gpu does not exist, or hostname matches "big-[0-9]+"`, with `;` between roles.
  public var description: String {
    roles.map { constraints in
      let groups = constraints.groups.map { $0.map(\.description).joined(separator: " and ") }
      return "\(constraints.role): \(groups.joined(separator: ", or "))"
    }.joined(separator: "; ")
  }
}

/// A condition on one property of an agent.
public struct AttributeConstraint: Hashable, Codable, Sendable {
  /// The property that is looked at.
  public enum Selector: Hashable, Codable, Sendable {
    case hostname
    /// Of the agent's fault domain.
    case region
    case zone
    /// The agent's attribute of that name; of several the first.
    case attribute(String)
  }

  /// What is to be true of the property. Attributes that are no texts are equal to every text, differ from it too, and the
  /// same goes for patterns, as in Mesos: these predicates only exclude agents by texts.
  public enum Predicate: Hashable, Codable, Sendable {
    case exists
    case notExists
    case equals(String)
    /// Also true where there is no such property.
    case notEquals(String)
    /// The pattern, in RE2's syntax, matches the whole text.
    case matches(String)
    /// Also true where there is no such property.
    case notMatches(String)
  }

  public var selector: Selector
  public var predicate: Predicate

  public init(_ selector: Selector, _ predicate: Predicate) {
    self.selector = selector
    self.predicate = predicate
  }

  /// A condition, as it is written in a list of them.
  public static func `where`(_ selector: Selector, _ predicate: Predicate) -> AttributeConstraint {
    AttributeConstraint(selector, predicate)
  }
}

extension AttributeConstraint: CustomStringConvertible {
  public var description: String {
    switch predicate {
    case .exists: "\(selector) exists"
    case .notExists: "\(selector) does not exist"
    case .equals(let text): "\(selector) = \"\(text)\""
    case .notEquals(let text): "\(selector) != \"\(text)\""
    case .matches(let pattern): "\(selector) matches \"\(pattern)\""
    case .notMatches(let pattern): "\(selector) does not match \"\(pattern)\""
    }
  }
}

extension AttributeConstraint.Selector: CustomStringConvertible {
  public var description: String {
    switch self {
    case .hostname: "hostname"
    case .region: "region"
    case .zone: "zone"
    case .attribute(let name): name
    }
  }
}
