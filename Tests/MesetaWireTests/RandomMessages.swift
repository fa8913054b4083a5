// Random messages of any kind, made from the descriptors, and ways to spoil them.

import CMesosWire
import MesetaWire

/// Any kind of message but the entries of maps, which are no messages of their own.
func randomKind(using random: inout Seeded) -> MessageDescriptor {
  let kind = meseta_wire_message_at(Int.random(in: 0..<meseta_wire_message_count(), using: &random))
  return meseta_wire_is_map_entry(kind) ? randomKind(using: &random) : kind
}

/// The bytes of a random message: required fields and map values always, others sometimes, nested to at most `depth`.
func randomMessage(
  _ descriptor: MessageDescriptor, depth: Int, using random: inout Seeded
) -> [UInt8] {
  var bytes: [UInt8] = []
  for index in 0..<Int(descriptor.pointee.n_fields) {
    let field = descriptor.pointee.fields[index]
    let isMessage = field.type == PROTOBUF_C_TYPE_MESSAGE
    let count: Int =
      switch field.label {
      case PROTOBUF_C_LABEL_REQUIRED: 1
      case _ where meseta_wire_is_map_entry(descriptor): 1
      case _ where isMessage && depth <= 0: 0
      case PROTOBUF_C_LABEL_REPEATED: Int.random(in: -3...3, using: &random)
      default: Int.random(in: -1...1, using: &random)
      }
    guard count > 0 else { continue }
    for _ in 0..<count { bytes += randomField(field, depth: depth, using: &random) }
  }
  return bytes
}

private func randomField(
  _ descriptor: ProtobufCFieldDescriptor, depth: Int, using random: inout Seeded
) -> [UInt8] {
  let number = UInt64(descriptor.id)
  switch descriptor.type {
  case PROTOBUF_C_TYPE_MESSAGE:
    let message = descriptor.descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
    return field(number, randomMessage(message, depth: depth - 1, using: &random))
  case PROTOBUF_C_TYPE_STRING:
    let strings = ["", "a", "b\u{7F}\"\\/\n", "größe €", "🚀\u{1F}", "x y", "0123456789abcdef0"]
    return field(number, text(strings.randomElement(using: &random) ?? ""))
  case PROTOBUF_C_TYPE_BYTES:
    let size = Int.random(in: 0...9, using: &random)
    return field(number, (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) })
  case PROTOBUF_C_TYPE_ENUM:
    let values = descriptor.descriptor.assumingMemoryBound(to: ProtobufCEnumDescriptor.self).pointee
    let value = values.values[Int.random(in: 0..<Int(values.n_values), using: &random)].value
    return field(number, UInt64(bitPattern: Int64(value)))
  case PROTOBUF_C_TYPE_BOOL:
    return field(number, UInt64.random(in: 0...1, using: &random))
  case PROTOBUF_C_TYPE_DOUBLE:
    let special = [
      0, -0.0, 0.1, 1e21, 1e22, 123456.789, .infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
    ]
    var bits = (special.randomElement(using: &random) ?? 0).bitPattern
    if Bool.random(using: &random), !Double(bitPattern: bits ^ random.state).isNaN { bits ^= random.state }
    return varint(number << 3 | 1) + (0..<8).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
  case PROTOBUF_C_TYPE_INT32:
    let value = [0, 1, -1, .min, .max, Int32(truncatingIfNeeded: random.next())].randomElement(using: &random)
    return field(number, UInt64(bitPattern: Int64(value ?? 0)))
  case PROTOBUF_C_TYPE_UINT32:
    return field(number, UInt64(UInt32(truncatingIfNeeded: random.next())))
  default:
    return field(number, [0, 1, .max, 1 << 63, random.next()].randomElement(using: &random) ?? 0)
  }
}

/// The bytes with one to four random changes: flipped, overwritten, removed, repeated or moved.
func spoiled(_ bytes: [UInt8], using random: inout Seeded) -> [UInt8] {
  var bytes = bytes
  for _ in 0..<Int.random(in: 1...4, using: &random) {
    let at = Int.random(in: 0...bytes.count, using: &random)
    let end = Int.random(in: at...min(bytes.count, at + 12), using: &random)
    switch Int.random(in: 0...6, using: &random) {
    case 0 where at < bytes.count: bytes[at] ^= 1 << UInt8.random(in: 0...7, using: &random)
    case 1 where at < bytes.count: bytes[at] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
    case 2: bytes.removeSubrange(at..<end)
    case 3: bytes.insert(contentsOf: Array(bytes[at..<end]), at: at)
    case 4: bytes.removeSubrange(at...)
    case 5: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
    default: bytes += bytes[at..<end]
    }
  }
  return bytes
}
