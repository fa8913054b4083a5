/// A property of an agent that schedulers may look at: `rack:a12`.
public struct Attribute: Hashable, Codable, Sendable {
  public enum Value: Hashable, Codable, Sendable {
    case scalar(Scalar)
    case ranges(Ranges)
    case set(ItemSet)
    case text(String)
  }

  public var name: String
  public var value: Value

  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }

  /// Reads Mesos's text form: `rack:a12;level:3;slots:[1-4]`. What is no number, range or set is a text.
  public static func parse(_ text: String) throws(ResourcesSyntaxError) -> [Attribute] {
    var attributes: [Attribute] = []
    for part in text.split(separator: ";").map(\.trimmed) where !part.isEmpty {
      guard let colon = part.firstIndex(of: ":"), colon != part.startIndex else {
        throw ResourcesSyntaxError(part: part, reason: "an attribute is NAME:VALUE")
      }
      let name = part[..<colon].trimmed
      switch try TextValue(parsing: part[part.index(after: colon)...].trimmed, in: part) {
      case .scalar(let scalar): attributes.append(Attribute(name, .scalar(scalar)))
      case .ranges(let ranges): attributes.append(Attribute(name, .ranges(ranges)))
      case .set(let set): attributes.append(Attribute(name, .set(set)))
      case .text(let text): attributes.append(Attribute(name, .text(text)))
      }
    }
    return attributes
  }
}

extension Attribute: CustomStringConvertible {
  public var description: String {
    switch value {
    case .scalar(let scalar): "\(name):\(scalar)"
    case .ranges(let ranges): "\(name):\(ranges)"
    case .set(let set): "\(name):\(set)"
    case .text(let text): "\(name):\(text)"
    }
  }
}
