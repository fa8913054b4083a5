// The names of candidates, as Mesos's masters give them to their nodes.

/// A candidate's node: `json.info_0000000007`.
package struct ElectionNode: Hashable, Sendable, Comparable {
  /// Says that the node's data is JSON.
  static let label = "json.info"

  package let name: String
  /// What kind of data the node has; nil for masters of Mesos before labels.
  package let label: String?
  package let number: Int32

  /// Nil for nodes that are no candidates, such as the registry.
  package init?(_ name: String) {
    let parts = name.split(separator: "_")
    guard let last = parts.last, let number = Int32(last), number >= 0 else { return nil }
    self.name = name
    self.number = number
    self.label = parts.count > 1 ? String(parts[0]) : nil
  }

  /// Who leads: the one who was there first.
  package static func leader(among names: [String]) -> ElectionNode? {
    names.compactMap(ElectionNode.init).min()
  }

  package static func < (left: ElectionNode, right: ElectionNode) -> Bool {
    (left.number, left.name) < (right.number, right.name)
  }
}
