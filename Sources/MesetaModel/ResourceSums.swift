/// How much there is of each resource by name, whatever its identity: of a range or a set the number of its elements.
public struct ResourceSums: Hashable, Codable, Sendable {
  /// Ordered by name; none is zero.
  public private(set) var quantities: [ResourceQuantity] = []

  public init() {}

  public init(_ quantities: [ResourceQuantity]) {
    for quantity in quantities { add(quantity.name, quantity.scalar) }
  }

  public init(_ resources: Resources) { add(resources) }

  /// How much there is of a name.
  public func amount(_ name: String) -> Scalar {
    let place = place(of: name)
    return place < quantities.count && quantities[place].name == name ? quantities[place].scalar : .zero
  }

  public mutating func add(_ name: String, _ amount: Scalar) {
    set(name, self.amount(name) + amount)
  }

  public mutating func add(_ resources: Resources) {
    for resource in resources { add(resource.name, resource.value.quantity) }
  }

  public static func += (left: inout ResourceSums, right: ResourceSums) {
    for quantity in right.quantities { left.add(quantity.name, quantity.scalar) }
  }

  /// Takes away as much as there is.
  public static func -= (left: inout ResourceSums, right: ResourceSums) {
    for quantity in right.quantities {
      left.set(quantity.name, max(.zero, left.amount(quantity.name) - quantity.scalar))
    }
  }

  /// Whether there is at least as much of everything.
  public func contains(_ other: ResourceSums) -> Bool {
    other.quantities.allSatisfy { amount($0.name) >= $0.scalar }
  }

  /// Whether there is no more than that of what is named there.
  public func isWithin(limits: [ResourceQuantity]) -> Bool {
    limits.allSatisfy { amount($0.name) <= $0.scalar }
  }

  private mutating func set(_ name: String, _ amount: Scalar) {
    let place = place(of: name)
    if place < quantities.count, quantities[place].name == name {
      if amount.isZero { quantities.remove(at: place) } else { quantities[place].scalar = amount }
    } else if !amount.isZero {
      quantities.insert(ResourceQuantity(name, amount), at: place)
    }
  }

  /// Where a name is, or would be. There are a handful.
  private func place(of name: String) -> Int {
    quantities.firstIndex { $0.name >= name } ?? quantities.count
  }
}

extension ResourceSums: CustomStringConvertible {
  /// `cpus:8; mem:1024`; `{}` if there is nothing.
  public var description: String { quantities.text }
}

extension [ResourceQuantity] {
  /// `cpus:8; mem:1024`; `{}` if there is nothing.
  public var text: String {
    isEmpty ? "{}" : map { "\($0.name):\($0.scalar)" }.joined(separator: "; ")
  }
}
