/// Names an entry of a ``SlotMap``: where it is, and which of the entries that have been there.
@frozen
public struct Slot<Tag>: Hashable, Codable, Sendable {
  public let index: UInt32
  public let generation: UInt32

  @inlinable
  public init(index: UInt32, generation: UInt32) {
    self.index = index
    self.generation = generation
  }
}

extension Slot: Comparable {
  @inlinable
  public static func < (left: Slot, right: Slot) -> Bool {
    (left.index, left.generation) < (right.index, right.generation)
  }
}

/// A table whose entries keep their place. Look-up is by index; a slot that was freed and used again is told from
/// its predecessor by its generation.
///
/// The entries stand in pages, and a copy of the map shares the pages that have not changed since: a snapshot for
/// readers costs a page table, and the first write to a page after it one page.
///
/// `map[key]` copies the entry that it returns. Where that counts, ask ``contains(_:)`` and then look at the entry where it
/// stands, with ``subscript(valid:)`` or an index.
public struct SlotMap<Element> {
  @usableFromInline var pages: [SlotPage<Element>] = []
  @usableFromInline var free: [UInt32] = []
  @usableFromInline var end = 0

  public init() {}

  /// How many entries there are.
  @inlinable public var count: Int { end - free.count }
  @inlinable public var isEmpty: Bool { count == 0 }

  /// One more than the highest index in use so far.
  @inlinable public var capacity: Int { end }

  public typealias Key = Slot<Element>

  @inlinable
  static func place(_ index: UInt32) -> (page: Int, offset: Int) {
    (Int(index) / SlotPage<Element>.size, Int(index) % SlotPage<Element>.size)
  }

  @inlinable
  public func contains(_ key: Key) -> Bool {
    let (page, offset) = Self.place(key.index)
    return page < pages.count && key.generation & 1 == 1
      && pages[page].generations[offset] == key.generation
  }

  /// The key of the entry at an index, if one is there.
  @inlinable
  public func key(at index: Int) -> Key? {
    guard index < capacity else { return nil }
    let (page, offset) = Self.place(UInt32(index))
    let generation = pages[page].generations[offset]
    return generation & 1 == 1 ? Key(index: UInt32(index), generation: generation) : nil
  }

  // MARK: Coming and going

  /// Takes a free slot. The slot freed last is used first.
  @inlinable
  public mutating func insert(_ element: consuming Element) -> Key {
    let index: UInt32
    if let last = free.popLast() {
      index = last
    } else {
      index = UInt32(end)
      end += 1
      if Self.place(index).page == pages.count { pages.append(SlotPage()) }
    }
    let (page, offset) = Self.place(index)
    makeUnique(page)
    pages[page].elements.advanced(by: offset).initialize(to: element)
    pages[page].generations[offset] &+= 1
    return Key(index: index, generation: pages[page].generations[offset])
  }

  @inlinable
  @discardableResult
  public mutating func remove(_ key: Key) -> Element? {
    guard contains(key) else { return nil }
    let (page, offset) = Self.place(key.index)
    makeUnique(page)
    pages[page].generations[offset] &+= 1
    free.append(key.index)
    return pages[page].elements.advanced(by: offset).move()
  }

  /// Inlined, as it stands before every write and almost never has anything to do.
  @inlinable @inline(__always)
  mutating func makeUnique(_ page: Int) {
    if !isKnownUniquelyReferenced(&pages[page].owner) { copyPage(page) }
  }

  @inlinable @inline(never)
  mutating func copyPage(_ page: Int) { pages[page] = pages[page].copy() }

  // MARK: Entries

  /// A copy of the entry, or nil if it has been removed.
  @inlinable
  public subscript(key: Key) -> Element? {
    contains(key) ? self[Int(key.index)] : nil
  }

  /// The entry where it stands. Traps if it has been removed: ask ``contains(_:)`` before.
  @inlinable
  public subscript(valid key: Key) -> Element {
    _read {
      precondition(contains(key), "the entry has been removed")
      let (page, offset) = Self.place(key.index)
      yield pages[page].elements[offset]
    }
    _modify {
      precondition(contains(key), "the entry has been removed")
      let (page, offset) = Self.place(key.index)
      makeUnique(page)
      yield &pages[page].elements[offset]
    }
  }

  /// The entry at an index where one is known to be: for indices that were checked on their way in. Traps if none
  /// is there.
  @inlinable
  public subscript(index: Int) -> Element {
    _read {
      let (page, offset) = Self.place(UInt32(index))
      precondition(pages[page].generations[offset] & 1 == 1, "no entry is at this index")
      yield pages[page].elements[offset]
    }
    _modify {
      let (page, offset) = Self.place(UInt32(index))
      makeUnique(page)
      precondition(pages[page].generations[offset] & 1 == 1, "no entry is at this index")
      yield &pages[page].elements[offset]
    }
  }

  /// Changes an entry in place; does nothing and returns nil if it has been removed.
  @inlinable
  @discardableResult
  public mutating func update<Result>(_ key: Key, _ change: (inout Element) -> Result) -> Result? {
    contains(key) ? change(&self[Int(key.index)]) : nil
  }

  /// Calls `body` with every entry, by ascending index.
  @inlinable
  public func visit(_ body: (Key, Element) -> Void) {
    for index in 0..<capacity {
      if let key = key(at: index) { body(key, self[index]) }
    }
  }
}

extension SlotMap: Sendable where Element: Sendable {}

/// A part of a ``SlotMap``: memory that is reached by its address, so that an entry is used where it stands. An entry
/// in an `Array` is often copied to be looked at, with a retain and a release for each reference in it.
@usableFromInline
struct SlotPage<Element> {
  @inlinable static var size: Int { 256 }

  /// Frees the memory when the last copy of the page goes.
  @usableFromInline var owner: SlotPageOwner<Element>
  /// Odd while the slot is in use.
  @usableFromInline let generations: UnsafeMutablePointer<UInt32>
  /// Initialised where the generation is odd.
  @usableFromInline let elements: UnsafeMutablePointer<Element>

  @inlinable
  init() {
    generations = .allocate(capacity: Self.size)
    generations.initialize(repeating: 0, count: Self.size)
    elements = .allocate(capacity: Self.size)
    owner = SlotPageOwner(generations, elements)
  }

  @inlinable
  func copy() -> SlotPage {
    let result = SlotPage()
    result.generations.update(from: generations, count: Self.size)
    for offset in 0..<Self.size where generations[offset] & 1 == 1 {
      result.elements.advanced(by: offset).initialize(to: elements[offset])
    }
    return result
  }
}

/// Owns the memory of a page.
@usableFromInline
final class SlotPageOwner<Element> {
  @usableFromInline let generations: UnsafeMutablePointer<UInt32>
  @usableFromInline let elements: UnsafeMutablePointer<Element>

  @inlinable
  init(_ generations: UnsafeMutablePointer<UInt32>, _ elements: UnsafeMutablePointer<Element>) {
    self.generations = generations
    self.elements = elements
  }

  @inlinable
  deinit {
    for offset in 0..<SlotPage<Element>.size where generations[offset] & 1 == 1 {
      elements.advanced(by: offset).deinitialize(count: 1)
    }
    generations.deallocate()
    elements.deallocate()
  }
}

// tidy: a page is written only by the map that alone refers to it, as an array's buffer is
extension SlotPage: @unchecked Sendable where Element: Sendable {}
