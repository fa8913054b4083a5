// Values of the standard library whose own encoding depends on hashes, or says too little about what is there.

protocol SpeciallyEncoded: Encodable {
  func append(to target: SnapshotTarget) throws
}

protocol SpeciallyDecoded: Decodable {
  init(from source: SnapshotSource) throws
}

extension Optional: SpeciallyEncoded where Wrapped: Encodable {
  func append(to target: SnapshotTarget) throws {
    target.writer.append(self == nil ? 0 : 1)
    if let self { try target.append(self) }
  }
}

extension Optional: SpeciallyDecoded where Wrapped: Decodable {
  init(from source: SnapshotSource) throws {
    switch try source.reader.byte() {
    case 0: self = nil
    case 1: self = try source.value(of: Wrapped.self)
    case let other: throw SnapshotProblem("an optional value begins with \(other)")
    }
  }
}

extension Dictionary: SpeciallyEncoded where Key: Encodable, Value: Encodable {
  func append(to target: SnapshotTarget) throws {
    target.writer.append(UInt64(count))
    var entries: [(key: [UInt8], value: Value)] = []
    entries.reserveCapacity(count)
    for (key, value) in self { entries.append((try SnapshotEncoder.encode(key), value)) }
    entries.sort { $0.key.lexicographicallyPrecedes($1.key) }
    for entry in entries {
      target.writer.append(entry.key)
      try target.append(entry.value)
    }
  }
}

extension Dictionary: SpeciallyDecoded where Key: Decodable, Value: Decodable {
  init(from source: SnapshotSource) throws {
    self.init()
    for _ in 0..<(try source.count()) {
      let key = try SnapshotDecoder.decode(Key.self, from: try source.reader.data())
      self[key] = try source.value(of: Value.self)
    }
  }
}

extension Set: SpeciallyEncoded where Element: Encodable {
  func append(to target: SnapshotTarget) throws {
    target.writer.append(UInt64(count))
    var elements = try map { try SnapshotEncoder.encode($0) }
    elements.sort { $0.lexicographicallyPrecedes($1) }
    for element in elements { target.writer.append(element) }
  }
}

extension Set: SpeciallyDecoded where Element: Decodable {
  init(from source: SnapshotSource) throws {
    self.init()
    for _ in 0..<(try source.count()) {
      insert(try SnapshotDecoder.decode(Element.self, from: try source.reader.data()))
    }
  }
}
