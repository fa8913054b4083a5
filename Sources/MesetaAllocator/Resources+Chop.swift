// Cutting resources down to what may be taken.

import MesetaModel

extension Resources {
  /// As much of what counts against quotas as the ceiling allows, to the exact quantity, and all of the rest. What is
  /// only there as a whole, a mounted disk say, stays or goes as a whole.
  func chopped(to ceiling: Ceiling, _ dimensions: Dimensions) -> Resources {
    var left = ceiling
    var result = Resources()
    result.reserveCapacity(count)
    for var resource in resources {
      guard resource.isQuotaCharged, case .scalar(let scalar) = resource.value,
        let dimension = dimensions.names.firstIndex(of: resource.name)
      else {
        result.add(resource)
        continue
      }
      let bound = left[dimension]
      if scalar.milli > bound {
        guard bound > 0, resource.isDivisible(with: resource) else { continue }
        resource.value = .scalar(Scalar(milli: bound))
      }
      if bound != .max { left.lower(dimension, to: bound &- Swift.min(bound, scalar.milli)) }
      result.add(resource)
    }
    return result
  }
}
