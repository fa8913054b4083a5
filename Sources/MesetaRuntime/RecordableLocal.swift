/// What only one kind of machine is told, as bytes of a recording.
public protocol RecordableLocal: Hashable, Sendable {
  /// Reads what ``encode(into:)`` wrote; nil for anything else.
  init?(decoding bytes: [UInt8])

  /// Appends the value's bytes.
  func encode(into bytes: inout [UInt8])
}

extension StorageToken: RecordableLocal {
  public init?(decoding bytes: [UInt8]) {
    guard bytes.count == 8 else { return nil }
    self.init(bytes.reduce(0) { $0 << 8 | UInt64($1) })
  }

  /// The number, most significant byte first.
  public func encode(into bytes: inout [UInt8]) {
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }
}
