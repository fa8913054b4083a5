// Offer constraints, checked and compiled: which agents they exclude.

public import MesetaModel

/// What constraints look at of an agent.
public struct AgentTraits: Hashable, Codable, Sendable {
  public var hostname: String
  public var domain: FaultDomain?
  public var attributes: [Attribute]

  public init(hostname: String = "", domain: FaultDomain? = nil, attributes: [Attribute] = []) {
    self.hostname = hostname
    self.domain = domain
    self.attributes = attributes
  }

  public init(_ agent: AgentInfo) {
    self.init(hostname: agent.hostname, domain: agent.domain, attributes: agent.attributes)
  }
}

/// Offer constraints that are not valid.
public struct InvalidOfferConstraints: Error, Hashable, Sendable, CustomStringConvertible {
  let reason: String

  public var description: String { "Offer constraints are not valid: \(reason)" }
}

/// A framework's offer constraints, compiled: they never change, and are asked without compiling anything.
public struct OfferConstraintsFilter: Sendable {
  /// How large regular expressions may get. The defaults are Mesos's.
  public struct Limits: Hashable, Codable, Sendable {
    /// The bytes that each may take, by RE2's own count.
    public var regexMemory: Int
    /// The instructions that each may have when it is compiled.
    public var regexProgramSize: Int
    /// How many different ones a framework may have.
    public var regexes: Int

    public init(regexMemory: Int = 4096, regexProgramSize: Int = 100, regexes: Int = 1000) {
      self.regexMemory = regexMemory
      self.regexProgramSize = regexProgramSize
      self.regexes = regexes
    }
  }

  /// What excludes no agent.
  public static let none = OfferConstraintsFilter()

  /// By role; for look-up only.
  private let roles: [String: RoleConstraintsFilter]

  private init() { roles = [:] }

  /// Checks and compiles constraints. What is wrong with them is said in Mesos's words.
  public init(_ constraints: OfferConstraints, limits: Limits = Limits()) throws(InvalidOfferConstraints) {
    var compiler = ConstraintCompiler(limits: limits)
    var roles: [String: RoleConstraintsFilter] = [:]
    for constraints in constraints.roles {
      roles[constraints.role] = try RoleConstraintsFilter(constraints, &compiler)
    }
    self.roles = roles
  }

  /// Whether the role gets no offers of an agent.
  public func excludes(_ agent: AgentTraits, from role: String) -> Bool {
    self[role].map { !$0.allows(agent) } ?? false
  }

  /// The constraints of a role, if it has any.
  subscript(role: String) -> RoleConstraintsFilter? { roles[role] }
}

/// The constraints of one role, compiled.
final class RoleConstraintsFilter: Sendable {
  /// What was compiled, and within which limits.
  private let source: OfferConstraints.RoleConstraints
  private let limits: OfferConstraintsFilter.Limits
  private let groups: [[CompiledConstraint]]
  /// The constraints as bytes: texts that are equal to Swift may be different ones to a constraint.
  private let signature: [UInt8]

  fileprivate init(
    _ constraints: OfferConstraints.RoleConstraints, _ compiler: inout ConstraintCompiler
  ) throws(InvalidOfferConstraints) {
    let role = constraints.role
    if constraints.groups.isEmpty {
      throw InvalidOfferConstraints(
        reason:
          "'OfferConstraints::role_constraints' has an empty 'RoleConstraints::groups' for role \(role)")
    }
    var groups: [[CompiledConstraint]] = []
    for group in constraints.groups {
      if group.isEmpty {
        throw InvalidOfferConstraints(
          reason:
            "'OfferConstraints::RoleConstraints::groups' for role \(role) contains an empty RoleConstraints::Group"
        )
      }
      var compiled: [CompiledConstraint] = []
      for constraint in group { compiled.append(try compiler.compile(constraint, of: role)) }
      groups.append(compiled)
    }
    self.source = constraints
    self.limits = compiler.limits
    self.groups = groups
    self.signature = constraints.groups.reduce(into: []) { signature, group in
      for constraint in group { constraint.sign(&signature) }
      signature.append(0xFF)
    }
  }

  /// Whether the constraints are the same, one by one.
  func isSame(as other: RoleConstraintsFilter) -> Bool { self === other || signature == other.signature }

  /// Whether an agent fulfils all constraints of one group.
  func allows(_ agent: AgentTraits) -> Bool {
    groups.contains { $0.allSatisfy { $0.isFulfilled(by: agent) } }
  }

  /// How many constraints are looked at for an agent, at most.
  var count: Int { groups.reduce(0) { $0 + $1.count } }
}

/// In a snapshot stands what was compiled; it is compiled again.
extension RoleConstraintsFilter: Codable {
  private enum CodingKeys: CodingKey {
    case source, limits
  }

  convenience init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let limits = try container.decode(OfferConstraintsFilter.Limits.self, forKey: .limits)
    var compiler = ConstraintCompiler(limits: limits)
    try self.init(
      container.decode(OfferConstraints.RoleConstraints.self, forKey: .source), &compiler)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(limits, forKey: .limits)
    try container.encode(source, forKey: .source)
  }
}

extension AttributeConstraint {
  /// Appends bytes that no other constraint appends: the kinds, and the texts, each ended by what is in no text.
  fileprivate func sign(_ signature: inout [UInt8]) {
    func append(_ kind: UInt8, _ text: String = "") {
      signature.append(kind)
      signature += text.utf8
      signature.append(0xFE)
    }
    switch selector {
    case .hostname: append(0)
    case .region: append(1)
    case .zone: append(2)
    case .attribute(let name): append(3, name)
    }
    switch predicate {
    case .exists: append(0)
    case .notExists: append(1)
    case .equals(let text): append(2, text)
    case .notEquals(let text): append(3, text)
    case .matches(let pattern): append(4, pattern)
    case .notMatches(let pattern): append(5, pattern)
    }
  }
}

/// Compiles constraints, each pattern once.
private struct ConstraintCompiler {
  let limits: OfferConstraintsFilter.Limits
  /// By the bytes of the pattern; for look-up only.
  private var regexes: [[UInt8]: LinearRegex] = [:]

  init(limits: OfferConstraintsFilter.Limits) { self.limits = limits }

  mutating func compile(
    _ constraint: AttributeConstraint, of role: String
  ) throws(InvalidOfferConstraints) -> CompiledConstraint {
    let test: CompiledConstraint.Test
    do throws(LinearRegex.CompileError) {
      switch constraint.predicate {
      case .exists: test = .exists
      case .notExists: test = .notExists
      case .equals(let text): test = .equals(text, expected: true)
      case .notEquals(let text): test = .equals(text, expected: false)
      case .matches(let pattern): test = .matches(try regex(pattern), expected: true)
      case .notMatches(let pattern): test = .matches(try regex(pattern), expected: false)
      }
    } catch {
      throw InvalidOfferConstraints(
        reason: "A role \(role) has an invalid 'AttributeConstraint': \(error.description)")
    }
    return CompiledConstraint(selector: constraint.selector, test: test)
  }

  private mutating func regex(_ pattern: String) throws(LinearRegex.CompileError) -> LinearRegex {
    let bytes = Array(pattern.utf8)
    if let known = regexes[bytes] { return known }
    if regexes.count == limits.regexes {
      throw LinearRegex.CompileError(
        description: "there are more than \(limits.regexes) different regexes in the constraints")
    }
    let regex: LinearRegex
    do throws(LinearRegex.CompileError) {
      regex = try LinearRegex(pattern, maxMemory: limits.regexMemory)
    } catch {
      throw LinearRegex.CompileError(
        description: "Failed to construct regex from pattern '\(pattern)': \(error.description)")
    }
    guard regex.programSize <= limits.regexProgramSize else {
      throw LinearRegex.CompileError(
        description: "Regex '\(pattern)' is too complex: program size of \(regex.programSize) is larger than "
          + "maximum of \(limits.regexProgramSize) allowed")
    }
    regexes[bytes] = regex
    return regex
  }
}

/// One constraint, ready to be asked.
private struct CompiledConstraint: Sendable {
  enum Test: Sendable {
    case exists
    case notExists
    case equals(String, expected: Bool)
    case matches(LinearRegex, expected: Bool)
  }

  /// What a selector finds.
  private enum Found {
    case nothing
    case text(String)
    case otherValue
  }

  let selector: AttributeConstraint.Selector
  let test: Test

  func isFulfilled(by agent: AgentTraits) -> Bool {
    let found = find(in: agent)
    switch test {
    case .exists:
      if case .nothing = found { return false }
      return true
    case .notExists:
      if case .nothing = found { return true }
      return false
    case .equals(let text, let expected):
      return Self.isText(found, expected) { Self.isSame($0, text) }
    case .matches(let regex, let expected):
      return Self.isText(found, expected, regex.matches)
    }
  }

  private static func isText(_ found: Found, _ expected: Bool, _ test: (String) -> Bool) -> Bool {
    switch found {
    case .nothing: !expected
    case .text(let text): test(text) == expected
    case .otherValue: true
    }
  }

  private func find(in agent: AgentTraits) -> Found {
    switch selector {
    case .hostname: return .text(agent.hostname)
    case .region: return agent.domain.map { .text($0.region) } ?? .nothing
    case .zone: return agent.domain.map { .text($0.zone) } ?? .nothing
    case .attribute(let name):
      guard let attribute = agent.attributes.first(where: { Self.isSame($0.name, name) }) else {
        return .nothing
      }
      if case .text(let text) = attribute.value { return .text(text) }
      return .otherValue
    }
  }

  /// Whether texts are the same byte for byte. To Swift they are equal too where only their encoding differs.
  private static func isSame(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
}
