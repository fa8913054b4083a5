// Mesos's text form of resources: `cpus:4;mem(web):8192;ports:[31000-32000];disk_ids:{a,b}`.

/// Says what is wrong with a text that should describe resources or attributes.
public struct ResourcesSyntaxError: Error, Hashable, CustomStringConvertible {
  /// The part of the text that is wrong.
  public let part: String
  public let reason: String

  public var description: String {
    "\"\(part)\": \(reason) (expected NAME:VALUE;… such as cpus:4;mem:8192;ports:[31000-32000])"
  }
}

extension Resources {
  /// Reads Mesos's text form. Resources without a role are reserved to `defaultRole` unless that is `*`.
  public init(parsing text: String, defaultRole: String = "*") throws(ResourcesSyntaxError) {
    self.init()
    for part in text.split(separator: ";") {
      let trimmed = part.trimmed
      if trimmed.isEmpty { continue }
      add(try Resource(parsing: trimmed, defaultRole: defaultRole))
    }
  }
}

extension Resource {
  fileprivate init(parsing part: String, defaultRole: String) throws(ResourcesSyntaxError) {
    guard let colon = part.firstIndex(of: ":") else {
      throw ResourcesSyntaxError(part: part, reason: "there is no \":\" between name and value")
    }
    var name = part[..<colon].trimmed
    var traits = ResourceTraits()
    if name.hasSuffix("{REV}") {
      traits.isRevocable = true
      name = name.dropLast("{REV}".count).trimmed
    }
    var role = defaultRole
    if let open = name.firstIndex(of: "(") {
      guard name.last == ")" else {
        throw ResourcesSyntaxError(part: part, reason: "the role has no closing \")\"")
      }
      role = name[name.index(after: open)...].dropLast().trimmed
      name = name[..<open].trimmed
      if let problem = Role.problem(with: role) {
        throw ResourcesSyntaxError(part: part, reason: problem)
      }
    }
    guard !name.isEmpty else { throw ResourcesSyntaxError(part: part, reason: "the name is missing") }
    if role != "*" { traits.reservations = [Reservation(.fixed, role: role)] }
    let value = part[part.index(after: colon)...].trimmed
    switch try TextValue(parsing: value, in: part) {
    case .scalar(let scalar): self.init(name, .scalar(scalar), traits: traits)
    case .ranges(let ranges): self.init(name, .ranges(ranges), traits: traits)
    case .set(let set): self.init(name, .set(set), traits: traits)
    case .text:
      throw ResourcesSyntaxError(
        part: part, reason: "\"\(value)\" is not a number from 0 to 9000000000, a [range] or a {set}")
    }
  }
}

/// A value in text form: of resources (no plain text) and attributes.
enum TextValue {
  case scalar(Scalar)
  case ranges(Ranges)
  case set(ItemSet)
  case text(String)

  init(parsing value: String, in part: String) throws(ResourcesSyntaxError) {
    if value.first == "[" {
      guard value.last == "]" else {
        throw ResourcesSyntaxError(part: part, reason: "the range list has no closing \"]\"")
      }
      self = .ranges(try Ranges(parsing: value.dropFirst().dropLast(), in: part))
    } else if value.first == "{" {
      guard value.last == "}" else {
        throw ResourcesSyntaxError(part: part, reason: "the set has no closing \"}\"")
      }
      let items = value.dropFirst().dropLast().split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
      self = .set(ItemSet(items))
    } else if let number = Double(value), let scalar = Scalar(checking: number) {
      self = .scalar(scalar)
    } else {
      self = .text(value)
    }
  }
}

extension Ranges {
  fileprivate init(parsing text: Substring, in part: String) throws(ResourcesSyntaxError) {
    var ranges: [ClosedRange<UInt64>] = []
    for item in text.split(separator: ",") {
      let ends = item.trimmed.split(separator: "-", omittingEmptySubsequences: false).map(\.trimmed)
      guard ends.count == 2, let low = UInt64(ends[0]), let high = UInt64(ends[1]), low <= high else {
        throw ResourcesSyntaxError(part: part, reason: "\"\(item)\" is not a range LOW-HIGH")
      }
      ranges.append(low...high)
    }
    self.init(ranges)
  }
}

extension StringProtocol {
  /// Without the white space around it.
  var trimmed: String {
    var rest = Substring(self)
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}

extension Resources: CustomStringConvertible {
  /// Mesos's text form, readable by `init(parsing:)` as long as all traits have one.
  public var description: String { resources.map(\.description).joined(separator: "; ") }
}

extension Resource: CustomStringConvertible {
  public var description: String {
    var text = name
    let traits = traits
    if let role = allocationRole { text += "(allocated: \(role))" }
    if traits.reservations.count == 1, let only = traits.reservations.first,
      only == Reservation(.fixed, role: only.role)
    {
      text += "(\(only.role))"
    } else if !traits.reservations.isEmpty {
      text += "(reservations: [\(traits.reservations.map(\.description).joined(separator: ","))])"
    }
    if let disk = traits.disk { text += "[\(disk.description)]" }
    if traits.isRevocable { text += "{REV}" }
    if traits.isShared { text += "<SHARED>" }
    return text + ":" + value.description
  }
}

extension Reservation: CustomStringConvertible {
  public var description: String {
    var parts = [kind == .fixed ? "STATIC" : "DYNAMIC", role]
    if let principal { parts.append(principal) }
    if let labels, !labels.isEmpty {
      let texts = labels.map { label in label.key + (label.value.map { ": " + $0 } ?? "") }
      parts.append("{" + texts.joined(separator: ", ") + "}")
    }
    return "(" + parts.joined(separator: ",") + ")"
  }
}

extension DiskInfo: CustomStringConvertible {
  public var description: String {
    var text = ""
    if let source { text += "\(source.kind)".uppercased() + (source.root.map { ":\($0)" } ?? "") }
    if let persistence { text += (text.isEmpty ? "" : ",") + persistence.id }
    if let volume { text += ":" + volume.containerPath }
    return text
  }
}
