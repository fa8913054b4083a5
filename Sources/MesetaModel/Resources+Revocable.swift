// Resources that may be taken back at any time, and the others.

extension Resources {
  /// Whether any of these resources may be taken back at any time. Copies none.
  package var hasRevocable: Bool { resources.contains { $0.isRevocable } }

  /// The part of these resources that may be taken back at any time.
  public var revocable: Resources { Resources(lazy.filter(\.isRevocable)) }

  /// The part of these resources that whoever is given it keeps.
  public var nonRevocable: Resources { Resources(lazy.filter { !$0.isRevocable }) }

  /// The same resources, such as may be taken back at any time.
  public var madeRevocable: Resources {
    Resources(
      lazy.map { resource in
        var resource = resource
        resource.traits.isRevocable = true
        return resource
      })
  }
}
