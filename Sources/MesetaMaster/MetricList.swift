/// A measured value and its name, as `/metrics/snapshot` has it.
package struct Metric: Hashable, Sendable {
  package var name: String
  package var value: Double
  /// Whether it only ever grows, but for a restart.
  package var isCounter: Bool
  /// The name without what tells this one from others of its kind, which ``labels`` hold.
  package var family: String
  package var labels: [Label]

  /// `role="dev"`.
  package struct Label: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }
}

/// Collects metrics.
package struct MetricList {
  package private(set) var metrics: [Metric] = []
  /// What stands before the names of those that come next, and before their family's name.
  private var prefix = ""
  private var familyPrefix = ""
  private var labels: [Metric.Label] = []

  package init() {}

  package mutating func gauge(_ name: String, _ value: Double) { add(name, value, isCounter: false) }
  package mutating func gauge(_ name: String, _ value: Int) { gauge(name, Double(value)) }
  package mutating func counter(_ name: String, _ value: UInt64) { add(name, Double(value), isCounter: true) }

  private mutating func add(_ name: String, _ value: Double, isCounter: Bool) {
    metrics.append(
      Metric(
        name: prefix + name, value: value, isCounter: isCounter, family: familyPrefix + name, labels: labels))
  }

  /// Collects metrics of one of several things of a kind.
  package mutating func with(
    _ prefix: String, family: String, _ labels: [Metric.Label], _ body: (inout MetricList) -> Void
  ) {
    let (outerPrefix, outerFamily, outerLabels) = (self.prefix, familyPrefix, self.labels)
    self.prefix += prefix
    familyPrefix += family
    self.labels += labels
    body(&self)
    self.prefix = outerPrefix
    familyPrefix = outerFamily
    self.labels = outerLabels
  }
}
