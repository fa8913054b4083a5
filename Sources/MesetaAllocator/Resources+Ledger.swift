// What the ledger asks of bags of resources on its hot paths.

import MesetaModel

extension Resources {
  /// Whether the two are one and the same array: the usual case when what was offered comes back.
  @inline(__always)
  func isIdentical(to other: Resources) -> Bool {
    resources.count == other.resources.count
      && resources.withUnsafeBufferPointer { mine in
        other.resources.withUnsafeBufferPointer { mine.baseAddress == $0.baseAddress }
      }
  }

  /// Whether all of `other` is here. Unlike ``Resources/contains(_:)-swift.method`` it copies nothing, and does not
  /// count how often an indivisible resource is there.
  func holds(_ other: Resources) -> Bool {
    if isIdentical(to: other) { return true }
    for index in other.resources.indices where !containsEntry(of: other, index) { return false }
    return true
  }

  var hasShared: Bool { resources.contains { $0.isShared } }

  /// Without the shared ones, which are used without being used up.
  var exclusive: Resources { hasShared ? Resources(resources.filter { !$0.isShared }) : self }

  /// Whether they may be offered to any role and any framework: neither reserved, revocable nor shared.
  var isForEveryone: Bool {
    for index in resources.indices where !resources[index].isPlain {
      let resource = resources[index]
      if resource.reservationRole != nil || resource.isRevocable || resource.isShared { return false }
    }
    return true
  }

  /// The sum of all amounts, ranges and sets counted by their items: tells whether two bags of which one contains
  /// the other are equal, also where ranges overlap.
  var grossAmount: Int64 { resources.reduce(0) { $0 &+ $1.value.quantity.milli } }
}
