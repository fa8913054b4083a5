// A slot map in a snapshot: what is found under which key, and which keys the next entries get, are the same after it.

extension SlotMap: Encodable where Element: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(free)
    try container.encode((0..<end).map(generation))
    for index in 0..<end where generation(at: index) & 1 == 1 { try container.encode(self[index]) }
  }

  private func generation(at index: Int) -> UInt32 {
    let (page, offset) = Self.place(UInt32(index))
    return pages[page].generations[offset]
  }
}

extension SlotMap: Decodable where Element: Decodable {
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    let free = try container.decode([UInt32].self)
    let generations = try container.decode([UInt32].self)
    let used = generations.count { $0 & 1 == 1 }
    guard free.allSatisfy({ $0 < generations.count && generations[Int($0)] & 1 == 0 }),
      used + Set(free).count == generations.count, Set(free).count == free.count
    else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "the free slots are not those without an entry")
    }
    self.init()
    for (index, generation) in generations.enumerated() {
      let (page, offset) = Self.place(UInt32(index))
      if page == pages.count { pages.append(SlotPage()) }
      if generation & 1 == 1 {
        pages[page].elements.advanced(by: offset).initialize(to: try container.decode(Element.self))
      }
      pages[page].generations[offset] = generation
    }
    self.free = free
    end = generations.count
  }
}
