// Where a field's value lies in a C message, and whether it is there: protobuf-c's layout, read in one place.

import CMesosWire

/// What there is to write of a field.
enum FieldPlace {
  case value(UnsafeRawPointer)
  case list(UnsafeRawPointer, count: Int)

  /// Nil if the field is absent, and has no default that is to be written in its place.
  init?(_ field: FieldDescriptor, in message: UnsafeRawPointer) {
    let place = message + Int(field.pointee.offset)
    let quantifier = message + Int(field.pointee.quantifier_offset)
    if field.pointee.label == PROTOBUF_C_LABEL_REPEATED {
      // An empty list that has a place is written as one: clients of the operator API count on some lists being there.
      guard let start = place.load(as: UnsafeRawPointer?.self) else { return nil }
      self = .list(start, count: quantifier.load(as: Int.self))
    } else if field.isInOneof {
      guard quantifier.load(as: UInt32.self) == field.pointee.id else { return nil }
      self = .value(place)
    } else if field.pointee.label == PROTOBUF_C_LABEL_OPTIONAL {
      // An absent field holds its default, protobuf-c sees to that; without one there is nothing to write.
      let writesDefault =
        field.pointee.default_value != nil
        && field.pointee.flags & PROTOBUF_C_FIELD_FLAG_DEPRECATED.rawValue == 0
      guard writesDefault || Self.isPresent(field, place, quantifier) else { return nil }
      self = .value(place)
    } else {
      self = .value(place)
    }
    if case .value(let place) = self, field.pointee.label == PROTOBUF_C_LABEL_OPTIONAL,
      field.pointee.type == PROTOBUF_C_TYPE_ENUM, field.enumName(place) == nil
    {
      // A number from a newer schema: protobuf's own libraries take the field for absent.
      return nil
    }
  }

  private static func isPresent(
    _ field: FieldDescriptor, _ place: UnsafeRawPointer, _ quantifier: UnsafeRawPointer
  ) -> Bool {
    switch field.pointee.type {
    case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_MESSAGE:
      let pointer = place.load(as: UnsafeRawPointer?.self)
      return pointer != nil && pointer != field.pointee.default_value
    default:
      return quantifier.load(as: protobuf_c_boolean.self) != 0
    }
  }
}

/// A number of any type, widened.
enum FieldValue {
  case signed(Int64)
  case unsigned(UInt64)
  case float(Double)

  init(_ place: UnsafeRawPointer, _ type: ProtobufCType) {
    switch type {
    case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_SINT32, PROTOBUF_C_TYPE_SFIXED32:
      self = .signed(Int64(place.load(as: Int32.self)))
    case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_SFIXED64:
      self = .signed(place.load(as: Int64.self))
    case PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64: self = .unsigned(place.load(as: UInt64.self))
    case PROTOBUF_C_TYPE_FLOAT: self = .float(Double(place.load(as: Float.self)))
    case PROTOBUF_C_TYPE_DOUBLE: self = .float(place.load(as: Double.self))
    default: self = .unsigned(UInt64(place.load(as: UInt32.self)))
    }
  }

  var text: String {
    switch self {
    case .signed(let value): String(value)
    case .unsigned(let value): String(value)
    case .float(let value): value.description
    }
  }
}

extension FieldDescriptor {
  var isInOneof: Bool { pointee.flags & PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue != 0 }

  /// Of a message field only.
  var messageDescriptor: MessageDescriptor {
    pointee.descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
  }

  /// Of an enum field only.
  var enumDescriptor: UnsafePointer<ProtobufCEnumDescriptor> {
    pointee.descriptor.assumingMemoryBound(to: ProtobufCEnumDescriptor.self)
  }

  var isMap: Bool {
    pointee.type == PROTOBUF_C_TYPE_MESSAGE && pointee.label == PROTOBUF_C_LABEL_REPEATED
      && meseta_wire_is_map_entry(messageDescriptor)
  }

  /// The name of the enum number at `place`, nil if the schema does not know it.
  func enumName(_ place: UnsafeRawPointer) -> UnsafePointer<CChar>? {
    protobuf_c_enum_descriptor_get_value(enumDescriptor, place.load(as: Int32.self))?.pointee.name
  }
}

extension UnsafeRawPointer {
  /// The string that a `char *` here points to.
  var cString: UnsafePointer<CChar>? { load(as: UnsafePointer<CChar>?.self) }

  /// The message that a repeated field's array here holds at `index`.
  func element(_ index: Int) -> UnsafeRawPointer {
    load(fromByteOffset: index * MemoryLayout<UnsafeRawPointer>.stride, as: UnsafeRawPointer.self)
  }
}

extension UnsafePointer<CChar> {
  /// The bytes before the NUL.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: self, count: meseta_text_length(self)) }
}
