// Quantities as the naive allocator counts them.

import MesetaModel

/// Thousandths of each scalar resource that the sequences use, in the order of `names`.
typealias Amount = SIMD8<Int64>

extension Amount {
  static let names = ["cpus", "mem", "disk", "gpus", "licences"]
  static let unbounded = Amount(repeating: .max)

  /// The sum of the scalars in a bag that meet a condition.
  init(of bag: Resources, where isMeant: (Resource) -> Bool = { _ in true }) {
    self = .zero
    for resource in bag where isMeant(resource) {
      guard case .scalar(let scalar) = resource.value, let index = Self.names.firstIndex(of: resource.name)
      else { continue }
      self[index] += scalar.milli
    }
  }

  init(_ quantities: [ResourceQuantity], others: Int64) {
    self.init(repeating: others)
    for quantity in quantities {
      if let index = Self.names.firstIndex(of: quantity.name) { self[index] = quantity.scalar.milli }
    }
  }

  /// What of a bag counts against the quota of whoever gets it.
  static func charged(_ bag: Resources) -> Amount {
    Amount(of: bag) { $0.reservationRole == nil && !$0.isRevocable }
  }

  func excess(over other: Amount) -> Amount { (self &- other).nonnegative }

  var nonnegative: Amount { pointwiseMax(self, .zero) }

  var quantities: [ResourceQuantity] {
    Self.names.indices.compactMap {
      self[$0] == 0 ? nil : ResourceQuantity(Self.names[$0], MesetaModel.Scalar(milli: self[$0]))
    }
  }
}
