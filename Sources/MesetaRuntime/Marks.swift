// The rare branches that a machine has been through, so that a campaign of simulations can tell which it has never reached.

/// One bit for each mark of a kind of machine, set for good where the machine passes it.
public struct Marks<Mark: CaseIterable & RawRepresentable & Sendable>: Hashable, Sendable, Codable
where Mark.RawValue == UInt8 {
  public private(set) var bits: UInt64 = 0

  public init() {}

  public mutating func insert(_ mark: Mark) { bits |= 1 &<< UInt64(mark.rawValue) }

  public func contains(_ mark: Mark) -> Bool { bits & 1 &<< UInt64(mark.rawValue) != 0 }
}
