// What can be said of a weight without knowing the cluster. The texts are Mesos's by meaning: clients match them.

public import MesetaModel

extension RoleWeight {
  /// What is wrong with it; nil if nothing is.
  public var problem: String? {
    if let problem = Role.problem(with: role) {
      return "Failed to validate update weights request JSON: Invalid role '\(role)': \(problem)"
    }
    let reason: String
    if !(weight > 0) {  // true for NaN
      reason = "Weights must be positive"
    } else if !(1 / Self.greatest...Self.greatest).contains(weight) {
      reason = "Weights must be from 0.000001 to 1000000"
    } else {
      return nil
    }
    return "Failed to validate update weights request JSON for role '\(role)': Invalid weight "
      + "'\(Scalar(checking: weight)?.description ?? "\(weight)")': \(reason)"
  }

  /// With greater ones shares, which are divided by them, would not be told apart.
  private static var greatest: Double { 1_000_000 }
}
