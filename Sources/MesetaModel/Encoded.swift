// Parts of messages that Meseta carries but does not look into.

/// A message that is passed on as the protobuf bytes it arrived in.
public struct EncodedMessage: Hashable, Codable, Sendable {
  public var bytes: [UInt8]
  public init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// The fields of a message that this version does not know, as protobuf bytes, in the order they arrived.
///
/// They are kept so that a value which passes through an older master reaches a newer agent whole.
public struct UnknownFields: Hashable, Codable, Sendable {
  public var bytes: [UInt8]
  public init(_ bytes: [UInt8] = []) { self.bytes = bytes }
  public var isEmpty: Bool { bytes.isEmpty }
}

/// An immutable value shared by reference, so that large values copy as one pointer.
package final class Shared<Value: Sendable>: Sendable {
  package let value: Value
  package init(_ value: Value) { self.value = value }
}

extension Shared: Equatable where Value: Equatable {
  package static func == (left: Shared, right: Shared) -> Bool { left === right || left.value == right.value }
}

extension Shared: Hashable where Value: Hashable {
  package func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

extension Shared: Encodable where Value: Encodable {
  package func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension Shared: Decodable where Value: Decodable {
  package convenience init(from decoder: any Decoder) throws { self.init(try Value(from: decoder)) }
}
