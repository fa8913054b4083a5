/// A free key with an optional value, attached by users to tasks, frameworks and reservations.
public struct Label: Hashable, Codable, Sendable {
  public var key: String
  public var value: String?

  public init(_ key: String, _ value: String? = nil) {
    self.key = key
    self.value = value
  }
}

/// Labels in the order they were given.
public typealias Labels = [Label]
