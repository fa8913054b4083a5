// The registry as entries that are written and removed one by one: what a store keeps.

/// Names an entry of the registry.
package struct RegistryKey: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// What an entry is about. The names are in stores: they stay as they are.
  package enum Kind: String, CaseIterable, Sendable {
    /// An agent that was admitted; its name is the agent's id.
    case agent = "agents"
    /// An agent that was given up for good, with the time.
    case gone
    /// What an operator made of an agent: deactivated, draining, drained.
    case standing = "standings"
    /// The quota of a role.
    case quota = "quotas"
    /// The weight of a role.
    case weight = "weights"
    /// Planned maintenance, and the machines that are down. There is one, without a name.
    case maintenance
  }

  package var kind: Kind
  /// Any text without NUL; roles have slashes in theirs. Empty for what there is one of.
  package var name: String

  package init(_ kind: Kind, _ name: String = "") {
    self.kind = kind
    self.name = name
  }

  package static func < (left: RegistryKey, right: RegistryKey) -> Bool {
    (left.kind.rawValue, left.name) < (right.kind.rawValue, right.name)
  }

  /// `agents/…`
  package var description: String { name.isEmpty ? kind.rawValue : "\(kind.rawValue)/\(name)" }
}

/// An entry of the registry, as a message of protobuf.
package struct RegistryEntry: Hashable, Sendable {
  package var key: RegistryKey
  package var value: [UInt8]

  package init(_ key: RegistryKey, _ value: [UInt8]) {
    self.key = key
    self.value = value
  }
}

/// A change of one entry.
package enum RegistryChange: Hashable, Sendable {
  case put(RegistryEntry)
  /// Whether or not it is there.
  case remove(RegistryKey)

  package var key: RegistryKey {
    switch self {
    case .put(let entry): entry.key
    case .remove(let key): key
    }
  }
}
