/// Where a machine stands, as far as failures go together: a region, and a zone within it.
public struct FaultDomain: Hashable, Codable, Sendable {
  public var region: String
  public var zone: String

  public init(region: String, zone: String) {
    self.region = region
    self.zone = zone
  }
}
