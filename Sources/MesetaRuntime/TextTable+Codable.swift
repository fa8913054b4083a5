// A table in a snapshot: its entries in the order that they stand in, which is not that of their hashes.

extension TextTable: Encodable where Key: Encodable, Value: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for entry in entries {
      try container.encode(entry.key)
      try container.encode(entry.value)
    }
  }
}

extension TextTable: Decodable where Key: Decodable, Value: Decodable {
  public init(from decoder: any Decoder) throws {
    self.init()
    var container = try decoder.unkeyedContainer()
    while !container.isAtEnd {
      let key = try container.decode(Key.self)
      insert(try container.decode(Value.self), for: key)
    }
  }
}
