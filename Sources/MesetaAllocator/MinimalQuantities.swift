// How much an offer has to hold at least to be of use.

import MesetaModel

/// Alternatives of quantities; an offer is of use if it holds all quantities of one of them.
struct MinimalQuantities: Codable, Sendable {
  private struct Alternative: Codable, Sendable {
    var scalars = Quantities()
    /// Names that may stand for ranges or sets, or that have no dimension.
    var others: [ResourceQuantity] = []
  }

  private var alternatives: [Alternative]

  init(_ alternatives: [[ResourceQuantity]]) {
    let wellKnown = ["cpus": 0, "mem": 1, "disk": 2, "gpus": 3]
    self.alternatives = alternatives.map { quantities in
      var result = Alternative()
      for quantity in quantities {
        if let dimension = wellKnown[quantity.name] {
          result.scalars[dimension] = max(result.scalars[dimension], quantity.scalar.milli)
        } else {
          result.others.append(quantity)
        }
      }
      return result
    }
  }

  /// Whether a bag, whose scalars sum up to `quantities`, is of use. Without alternatives every one is that holds anything.
  func allow(_ bag: Resources, _ quantities: Quantities) -> Bool {
    if bag.isEmpty { return false }
    if alternatives.isEmpty { return true }
    for alternative in alternatives where quantities.covers(alternative.scalars) {
      if alternative.others.allSatisfy({ Self.amount(of: $0.name, in: bag) >= $0.scalar.milli }) {
        return true
      }
    }
    return false
  }

  /// Of what there is too little in a bag for it to be of use: for the first alternative; nil if it is of use.
  func missing(in bag: Resources, _ quantities: Quantities) -> String? {
    if allow(bag, quantities) { return nil }
    guard let first = alternatives.first else { return nil }
    let names = ["cpus", "mem", "disk", "gpus"]
    if let index = names.indices.first(where: { quantities[$0] < first.scalars[$0] }) { return names[index] }
    return first.others.first { Self.amount(of: $0.name, in: bag) < $0.scalar.milli }?.name
  }

  /// Whether any offer under a ceiling can be of use.
  func isPossible(under ceiling: Ceiling) -> Bool {
    alternatives.isEmpty || alternatives.contains { ceiling.covers($0.scalars) }
  }

  private static func amount(of name: String, in bag: Resources) -> Int64 {
    bag.resources.reduce(0) { $1.name == name ? $0 &+ $1.value.quantity.milli : $0 }
  }
}
