// What operations make of which resources.

/// That some resources become others.
public struct ResourceConversion: Hashable, Codable, Sendable {
  public var consumed: Resources
  public var converted: Resources

  public init(_ consumed: Resources, _ converted: Resources) {
    self.consumed = consumed
    self.converted = converted
  }
}

/// Why an operation cannot be done with some resources, in Mesos's words.
public struct ConversionProblem: Error, Hashable, CustomStringConvertible {
  public let description: String
}

extension Operation {
  /// What the operation makes of which resources, in order; nil for one that starts tasks, or that this version does not
  /// know.
  public var conversions: [ResourceConversion]? {
    switch kind {
    case .reserve(let resources, let source):
      [ResourceConversion(source.isEmpty ? resources.map { $0 = $0.unreserved } : source, resources)]
    case .unreserve(let resources):
      resources.map { ResourceConversion(Resources([$0]), Resources([$0.unreserved])) }
    case .create(let volumes):
      volumes.map { ResourceConversion(Resources([$0.withoutVolume]), Resources([$0])) }
    case .destroy(let volumes):
      volumes.map { ResourceConversion(Resources([$0]), Resources([$0.withoutVolume])) }
    case .growVolume(let volume, let addition):
      [ResourceConversion(Resources([volume, addition]), Resources([volume.grown(by: addition)]))]
    case .shrinkVolume(let volume, let subtract):
      [ResourceConversion(Resources([volume]), volume.shrunk(by: subtract))]
    case .launch, .launchGroup, .unknown: nil
    }
  }

  /// The operation on resources as they are when offered to `role`, or at rest (nil).
  public func allocated(to role: String?) -> Operation {
    mapResources { $0.allocationRole = role }
  }

  /// The operation on resources that are allocated to `role` where they do not say to whom.
  public func allocatedByDefault(to role: String) -> Operation {
    mapResources { if $0.allocationRole == nil { $0.allocationRole = role } }
  }

  private func mapResources(_ change: (inout Resource) -> Void) -> Operation {
    func changed(_ resource: Resource) -> Resource {
      var resource = resource
      change(&resource)
      return resource
    }
    let kind: Kind =
      switch self.kind {
      case .reserve(let resources, let source):
        .reserve(resources: resources.map(change), source: source.map(change))
      case .unreserve(let resources): .unreserve(resources.map(change))
      case .create(let volumes): .create(volumes: volumes.map(change))
      case .destroy(let volumes): .destroy(volumes: volumes.map(change))
      case .growVolume(let volume, let addition):
        .growVolume(volume: changed(volume), addition: changed(addition))
      case .shrinkVolume(let volume, let subtract):
        .shrinkVolume(volume: changed(volume), subtract: subtract)
      case .launch, .launchGroup, .unknown: self.kind
      }
    return Operation(kind, id: id)
  }

  /// Mesos's name of what it does, `RESERVE`.
  public var name: String {
    switch kind {
    case .launch: "LAUNCH"
    case .launchGroup: "LAUNCH_GROUP"
    case .reserve: "RESERVE"
    case .unreserve: "UNRESERVE"
    case .create: "CREATE"
    case .destroy: "DESTROY"
    case .growVolume: "GROW_VOLUME"
    case .shrinkVolume: "SHRINK_VOLUME"
    case .unknown: "UNKNOWN"
    }
  }
}

extension Resource {
  fileprivate func grown(by addition: Resource) -> Resource {
    guard case .scalar(let size) = value, case .scalar(let more) = addition.value else { return self }
    return withAmount(size + more)
  }

  fileprivate func shrunk(by subtract: Scalar) -> Resources {
    guard case .scalar(let size) = value else { return Resources([self]) }
    return Resources([withAmount(size - subtract), withoutVolume.withAmount(subtract)])
  }
}

extension Resources {
  /// These resources after some conversions.
  ///
  /// - Throws: ``ConversionProblem`` if something that is to be consumed is not there.
  public func applying(_ conversions: [ResourceConversion]) throws(ConversionProblem) -> Resources {
    var result = self
    for conversion in conversions {
      guard result.contains(conversion.consumed) else {
        throw ConversionProblem(description: "\(result) does not contain \(conversion.consumed)")
      }
      result -= conversion.consumed
      result += conversion.converted
    }
    return result
  }
}
