// Reads JSON into a C message, straight from the bytes: objects and fields here, values in JSONReader+Values.

import CMesosWire

struct JSONReader {
  var scanner: JSONScanner
  let root: MessageDescriptor
  let arena: WireArena
  let limits: WireLimits
  /// The fields that lead to where the reader is, for errors.
  var path: [FieldDescriptor] = []

  init(
    _ root: MessageDescriptor, _ text: UnsafeRawBufferPointer, arena: WireArena, limits: WireLimits
  ) {
    scanner = JSONScanner(text)
    self.root = root
    self.arena = arena
    self.limits = limits
  }

  /// The whole text as one message.
  mutating func readDocument() throws(WireError) -> UnsafeMutablePointer<ProtobufCMessage> {
    let message = try readMessage(root, depth: 0)
    if scanner.peek() != nil {
      throw error(.notJSON("expected the end, found \(scanner.found())"), at: scanner.at)
    }
    return message
  }

  /// An object as a message. Nested messages recurse, to the limit of depth.
  mutating func readMessage(
    _ descriptor: MessageDescriptor, depth: Int
  ) throws(WireError) -> UnsafeMutablePointer<ProtobufCMessage> {
    guard depth <= limits.maximumDepth else {
      throw error(.tooDeep(limit: limits.maximumDepth), at: scanner.at)
    }
    guard scanner.take("{") else { throw error(mismatch("an object"), at: scanner.at) }
    guard let message = meseta_arena_new_message(arena.pointer, descriptor) else { throw outOfMemory() }
    // The widest message has 55 fields, the scan of bytes relies on no more than 256 as well.
    var seen: SIMD4<UInt64> = .zero
    if !scanner.take("}") {
      repeat {
        if let index = try readField(descriptor, UnsafeMutableRawPointer(message), depth: depth) {
          seen[index / 64 & 3] |= 1 << UInt64(index % 64)
        }
      } while scanner.take(",")
      try expect("}")
    }
    try checkRequired(descriptor, seen)
    return message
  }

  /// A name and its value. Returns the field's index if it is now set.
  private mutating func readField(
    _ descriptor: MessageDescriptor, _ message: UnsafeMutableRawPointer, depth: Int
  ) throws(WireError) -> Int? {
    let name = try readName()
    try expect(":")
    let known = name.withMemoryRebound(to: CChar.self) {
      meseta_wire_field_named(descriptor, $0.baseAddress ?? emptyText, $0.count)
    }
    guard let field = known, let fields = descriptor.pointee.fields else {
      do { try scanner.skipValue(maximumDepth: limits.maximumDepth) } catch { throw self.error(error) }
      return nil
    }
    path.append(field)
    defer { path.removeLast() }
    if scanner.take(word: "null") { return nil }
    let isSet =
      if field.isMap {
        try readMap(field, message, depth: depth)
      } else if field.pointee.label == PROTOBUF_C_LABEL_REPEATED {
        try readList(field, message, depth: depth)
      } else {
        try readSingle(field, message, depth: depth)
      }
    return isSet ? field - UnsafePointer(fields) : nil
  }

  private mutating func readSingle(
    _ field: FieldDescriptor, _ message: UnsafeMutableRawPointer, depth: Int
  ) throws(WireError) -> Bool {
    guard try readValue(field, into: message + Int(field.pointee.offset), depth: depth) else { return false }
    let quantifier = message + Int(field.pointee.quantifier_offset)
    if field.isInOneof {
      quantifier.storeBytes(of: field.pointee.id, as: UInt32.self)
    } else if field.pointee.label == PROTOBUF_C_LABEL_OPTIONAL, !field.isPointer {
      quantifier.storeBytes(of: 1, as: protobuf_c_boolean.self)
    }
    return true
  }

  /// An array, or one element without brackets.
  private mutating func readList(
    _ field: FieldDescriptor, _ message: UnsafeMutableRawPointer, depth: Int
  ) throws(WireError) -> Bool {
    var list = GrowingList(stride: meseta_wire_element_size(field.pointee.type))
    if scanner.take("[") {
      if !scanner.take("]") {
        repeat {
          if scanner.take(word: "null") { continue }
          if try readValue(field, into: try nextElement(&list), depth: depth) { list.count += 1 }
        } while scanner.take(",")
        try expect("]")
      }
    } else if try readValue(field, into: try nextElement(&list), depth: depth) {
      list.count += 1
    }
    list.store(in: message, field)
    return true
  }

  /// An object whose names are keys.
  private mutating func readMap(
    _ field: FieldDescriptor, _ message: UnsafeMutableRawPointer, depth: Int
  ) throws(WireError) -> Bool {
    guard scanner.take("{") else { throw error(mismatch("an object"), at: scanner.at) }
    guard depth < limits.maximumDepth else {
      throw error(.tooDeep(limit: limits.maximumDepth), at: scanner.at)
    }
    let descriptor = field.messageDescriptor
    var list = GrowingList(stride: MemoryLayout<UnsafeRawPointer>.stride)
    if !scanner.take("}") {
      repeat {
        let place = try nextElement(&list)
        if let entry = try readEntry(descriptor, depth: depth + 1) {
          place.storeBytes(of: entry, as: UnsafeMutablePointer<ProtobufCMessage>.self)
          list.count += 1
        }
      } while scanner.take(",")
      try expect("}")
    }
    list.store(in: message, field)
    return true
  }

  /// A map's entry; nil if its value is null or an unknown enum value.
  private mutating func readEntry(
    _ descriptor: MessageDescriptor, depth: Int
  ) throws(WireError) -> UnsafeMutablePointer<ProtobufCMessage>? {
    guard let entry = meseta_arena_new_message(arena.pointer, descriptor) else { throw outOfMemory() }
    let message = UnsafeMutableRawPointer(entry)
    guard let fields = descriptor.pointee.fields else { return entry }
    path.append(fields)
    guard try readSingle(fields, message, depth: depth) else { return nil }
    path[path.count - 1] = fields + 1
    defer { path.removeLast() }
    try expect(":")
    if scanner.take(word: "null") { return nil }
    return try readSingle(fields + 1, message, depth: depth) ? entry : nil
  }

  private mutating func nextElement(_ list: inout GrowingList) throws(WireError) -> UnsafeMutableRawPointer {
    guard let place = list.next(in: arena) else { throw outOfMemory() }
    return place
  }

  private mutating func checkRequired(
    _ descriptor: MessageDescriptor, _ seen: SIMD4<UInt64>
  ) throws(WireError) {
    guard let fields = descriptor.pointee.fields else { return }
    for index in 0..<Int(descriptor.pointee.n_fields)
    where fields[index].label == PROTOBUF_C_LABEL_REQUIRED
      && seen[index / 64 & 3] >> UInt64(index % 64) & 1 == 0
    {
      path.append(fields + index)
      throw error(.missingRequired, at: scanner.at)
    }
  }
}

/// A repeated field's array while it is read. It doubles in the arena; what it leaves behind is at most as much
/// as it ends up with.
struct GrowingList {
  let stride: Int
  var count = 0
  private var capacity = 0
  private var start: UnsafeMutableRawPointer?

  init(stride: Int) {
    self.stride = stride
  }

  /// The place of the next element, nil if the arena is full.
  mutating func next(in arena: WireArena) -> UnsafeMutableRawPointer? {
    if count == capacity {
      let room = max(4, capacity * 2)
      guard let larger = meseta_arena_alloc(arena.pointer, room * stride) else { return nil }
      if let start { larger.copyMemory(from: start, byteCount: count * stride) }
      (start, capacity) = (larger, room)
    }
    return start.map { $0 + count * stride }
  }

  func store(in message: UnsafeMutableRawPointer, _ field: FieldDescriptor) {
    let start = count == 0 ? nil : start
    (message + Int(field.pointee.offset)).storeBytes(of: start, as: UnsafeMutableRawPointer?.self)
    (message + Int(field.pointee.quantifier_offset)).storeBytes(of: count, as: Int.self)
  }
}
