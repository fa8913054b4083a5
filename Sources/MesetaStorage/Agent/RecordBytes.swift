// Messages as they stand in a table: their checksum, then their bytes.

import Foundation
import MesetaWire

/// A record of a table cannot be read.
struct UnreadableRecord: Error, CustomStringConvertible {
  let description: String
}

/// Makes records; it keeps its memory for the next one.
struct RecordEncoder {
  private var encoder = MessageEncoder()

  mutating func encode<Value: WireConvertible>(_ value: Value) -> Data {
    var bytes: [UInt8] = [0, 0, 0, 0]
    encoder.encodeValue(value, into: &bytes)
    let sum = checksum(of: bytes[4...])
    for place in 0..<4 { bytes[place] = UInt8(truncatingIfNeeded: sum >> (8 * place)) }
    return Data(bytes)
  }
}

/// Reads records.
struct RecordDecoder {
  private var decoder = MessageDecoder()

  mutating func decode<Value: WireConvertible>(_ type: Value.Type, _ record: Data) throws(UnreadableRecord)
    -> Value
  {
    let bytes = [UInt8](record)
    guard bytes.count >= 4 else { throw UnreadableRecord(description: "it is cut off") }
    let sum = (0..<4).reduce(0 as UInt32) { $0 | UInt32(bytes[$1]) << (8 * $1) }
    guard checksum(of: bytes[4...]) == sum else {
      throw UnreadableRecord(description: "its checksum is wrong")
    }
    do throws(WireError) {
      return try decoder.decodeValue(Value.self, from: Array(bytes[4...]))
    } catch {
      throw UnreadableRecord(description: "\(error)")
    }
  }
}

private func checksum(of bytes: ArraySlice<UInt8>) -> UInt32 {
  var checksum = CRC32C()
  bytes.withUnsafeBytes { checksum.update($0) }
  return checksum.value
}
