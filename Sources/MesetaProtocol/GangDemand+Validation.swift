// What can be said of a demand without knowing the cluster.

public import MesetaModel

extension GangDemand {
  /// How many different bundles a demand may have, and how many bundles in all.
  public static let maximumKinds = 64
  public static let maximumBundles = 10_000

  /// What is wrong with the demand; nil if nothing is.
  public var problem: String? {
    if let problem = Identifier.problem(with: id.value) { return "The demand's id is not valid: \(problem)" }
    return contentProblem.map { "Demand '\(id)' is not valid: \($0)" }
  }

  private var contentProblem: String? {
    if let problem = Role.problem(with: role) { return problem }
    if bundles.isEmpty { return "it has no bundles" }
    if bundles.count > Self.maximumKinds {
      return "it has \(bundles.count) different bundles, more than \(Self.maximumKinds)"
    }
    for (index, bundle) in bundles.enumerated() {
      if let problem = bundle.problem { return "bundle \(index) \(problem)" }
    }
    let count = bundles.reduce(0) { $0 + $1.count }
    if count > Self.maximumBundles { return "it has \(count) bundles, more than \(Self.maximumBundles)" }
    if let spread, spread.limit < 1 {
      return "its spread allows \(spread.limit) bundles for each \(spread.domain): at least 1 is needed"
    }
    if spread?.domain == .attribute("") { return "the attribute of its spread has no name" }
    if let timeout, timeout <= 0 { return "its timeout of \(timeout) ns is not positive" }
    return nil
  }
}

extension GangDemand.Bundle {
  fileprivate var problem: String? {
    if count < 1 { return "has a count of \(count): at least 1 is needed" }
    if count > GangDemand.maximumBundles {
      return "has a count of \(count), more than \(GangDemand.maximumBundles)"
    }
    if resources.isEmpty { return "has no resources" }
    if let resource = resources.first(where: { !$0.isPlain || $0.allocationRole != nil }) {
      return "names \(resource), but a demand is found by name and amount alone"
    }
    return nil
  }
}
