// What the codec's tests share: descriptors by name, round trips, hand-made bytes, a seeded generator.

import CMesosWire
import MesetaWire
import Testing

/// The descriptor of a message that the schema must have.
func descriptor(_ name: String) throws -> MessageDescriptor {
  try #require(meseta_wire_descriptor_named(name), "the schema has no \(name)")
}

/// Unpacks and packs again.
func repack(_ bytes: [UInt8], as name: String, limits: WireLimits = .standard) throws -> [UInt8] {
  let descriptor = try descriptor(name)
  let arena = WireArena()
  return try bytes.withUnsafeBytes { bytes in
    try arena.scope { () throws(WireError) -> [UInt8] in
      Array(pack(try unpack(descriptor, from: bytes, in: arena, limits: limits), in: arena))
    }
  }
}

/// The error that the bytes are refused with, or nil.
func refusal(_ bytes: [UInt8], as name: String, limits: WireLimits = .standard) throws -> WireError? {
  do {
    _ = try repack(bytes, as: name, limits: limits)
    return nil
  } catch let error as WireError {
    return error
  }
}

/// A varint.
func varint(_ value: UInt64) -> [UInt8] {
  var bytes: [UInt8] = []
  var rest = value
  while rest >= 0x80 {
    bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
    rest >>= 7
  }
  return bytes + [UInt8(truncatingIfNeeded: rest)]
}

/// A length-prefixed field.
func field(_ number: UInt64, _ value: [UInt8]) -> [UInt8] {
  varint(number << 3 | 2) + varint(UInt64(value.count)) + value
}

/// A varint field.
func field(_ number: UInt64, _ value: UInt64) -> [UInt8] {
  varint(number << 3) + varint(value)
}

func text(_ string: String) -> [UInt8] { [UInt8](string.utf8) }

/// SplitMix64: the same numbers on every machine.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
