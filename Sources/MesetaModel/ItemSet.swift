/// A set of names, ascending: the value of a resource or an attribute of type SET.
public struct ItemSet: Hashable, Codable, Sendable, CustomStringConvertible {
  /// The items, ascending and each once.
  public private(set) var items: [String]

  public init() { self.items = [] }

  /// Sorts `items` and keeps each once.
  public init(_ items: some Sequence<String>) {
    self.items = []
    for item in items.sorted() where item != self.items.last { self.items.append(item) }
  }

  public var isEmpty: Bool { items.isEmpty }

  public func contains(_ other: ItemSet) -> Bool {
    var index = 0
    for wanted in other.items {
      while index < items.count, items[index] < wanted { index += 1 }
      guard index < items.count, items[index] == wanted else { return false }
    }
    return true
  }

  public static func + (left: ItemSet, right: ItemSet) -> ItemSet { ItemSet(left.items + right.items) }

  /// The items of `left` that are not in `right`. O(n + m).
  public static func - (left: ItemSet, right: ItemSet) -> ItemSet {
    var result = ItemSet()
    var index = 0
    for item in left.items {
      while index < right.items.count, right.items[index] < item { index += 1 }
      if index == right.items.count || right.items[index] != item { result.items.append(item) }
    }
    return result
  }

  /// Mesos's text form: `{a, b}`.
  public var description: String { "{" + items.joined(separator: ", ") + "}" }
}
