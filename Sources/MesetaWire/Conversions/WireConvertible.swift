// How a model value becomes a C message and back: the protocol, and what both directions share.

import CMesosWire

/// A model value that has a message of the wire schema.
///
/// Decoding checks what the schema cannot say (finite scalars, ranges that begin before they end, UUIDs of sixteen
/// bytes). It goes by what the scan guarantees (text is UTF-8, required fields are there), but a missing pointer is
/// an error, never a trap.
package protocol WireConvertible {
  /// The generated C struct.
  associatedtype CMessage
  static var descriptor: MessageDescriptor { get }

  init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError)

  /// Sets the fields of a message that has its defaults. What it points to lives in the context's arena.
  func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext)
}

extension WireConvertible {
  /// An error in a field of this message; `predicate` continues a sentence that begins with the field.
  static func invalid(_ path: String, _ predicate: String) -> WireError {
    WireError(message: messageName, path: path, reason: .invalid(predicate))
  }

  /// A field that another field's value calls for is missing.
  static func notPresent(_ path: String) -> WireError {
    WireError(message: messageName, path: path, reason: .notPresent)
  }

  static func missing(_ path: String) -> WireError {
    WireError(message: messageName, path: path, reason: .missingRequired)
  }

  static var messageName: String { String(cString: descriptor.pointee.name) }
}

/// What a message points to where it has a list of messages.
typealias MessageList<CMessage> = UnsafeMutablePointer<UnsafeMutablePointer<CMessage>?>

/// The base of a C message, which is its first member.
@inline(__always)
func mutableBase<CMessage>(_ wire: UnsafeMutablePointer<CMessage>) -> UnsafeMutablePointer<ProtobufCMessage> {
  UnsafeMutableRawPointer(wire).assumingMemoryBound(to: ProtobufCMessage.self)
}

@inline(__always)
func base<CMessage>(_ wire: UnsafePointer<CMessage>) -> UnsafePointer<ProtobufCMessage> {
  UnsafeRawPointer(wire).assumingMemoryBound(to: ProtobufCMessage.self)
}
