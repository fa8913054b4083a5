// Amounts of resources that are quick to add up and to compare.

import MesetaModel

/// What resources amount to, whatever was reserved or made a volume of. Revocable resources, which may be taken back at any
/// time, and shared volumes, which are there once however many use them, are left out.
struct ResourceTally: Equatable {
  /// cpus, mem, disk and gpus in thousandths.
  var amounts = SIMD4<Int64>()
  /// As much of these as is not reserved for anybody.
  var unreserved = SIMD4<Int64>()
  /// All that is not one of these.
  var rest = Resources()

  init() {}

  init(_ resources: Resources) {
    var sum = ResourceSum()
    sum.addAtRest(resources)
    if sum.isKnown {
      (amounts, unreserved) = (sum.known, sum.known)
    } else {
      addEach(of: resources)
    }
  }

  private mutating func addEach(of resources: Resources) {
    for resource in resources where resource.isPlain || !(resource.isRevocable || resource.isShared) {
      if case .scalar(let scalar) = resource.value, let place = Self.place(resource.name) {
        amounts[place] &+= scalar.milli
        if resource.isPlain || resource.reservationRole == nil { unreserved[place] &+= scalar.milli }
      } else {
        var plain = resource
        plain.traits = ResourceTraits()
        plain.allocationRole = nil
        rest.add(plain)
      }
    }
  }

  static let names = ["cpus", "mem", "disk", "gpus"]

  private static func place(_ name: String) -> Int? {
    switch name {
    case "cpus": 0
    case "mem": 1
    case "disk": 2
    case "gpus": 3
    default: nil
    }
  }

  static func += (left: inout ResourceTally, right: ResourceTally) {
    left.amounts &+= right.amounts
    left.unreserved &+= right.unreserved
    if !right.rest.isEmpty { left.rest += right.rest }
  }

  static func -= (left: inout ResourceTally, right: ResourceTally) {
    left.amounts &-= right.amounts
    left.unreserved &-= right.unreserved
    if !right.rest.isEmpty { left.rest -= right.rest }
  }

  /// Whether there is room for `wanted` beside `held`. What is not wanted may be exceeded already.
  func hasRoom(for wanted: ResourceTally, beside held: ResourceTally) -> Bool {
    guard hasRoom(for: wanted.amounts, beside: held.amounts) else { return false }
    return wanted.rest.isEmpty || (rest - held.rest).contains(wanted.rest)
  }

  /// The same of amounts alone.
  func hasRoom(for wanted: SIMD4<Int64>, beside held: SIMD4<Int64>) -> Bool {
    !any((held &+ wanted) .> amounts .& (wanted .> SIMD4()))
  }
}

extension ResourceTally: CustomStringConvertible {
  var description: String {
    var all = rest
    for (place, name) in Self.names.enumerated() where amounts[place] != 0 {
      all.add(Resource(name, .scalar(Scalar(milli: amounts[place]))))
    }
    return "\(all)"
  }
}
