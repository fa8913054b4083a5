/// Names an entry of a ``SlotMap``: where it is, and which of the entries that have been there.
@frozen
public struct Slot<Tag>: Hashable, Sendable {
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
public struct SlotMap<Element> {
  @usableFromInline static var pageSize: Int { 256 }

  @frozen @usableFromInline
  struct Cell {
    /// Odd while the cell is in use.
    @usableFromInline var generation: UInt32
    @usableFromInline var element: Element?

    @usableFromInline
    init(generation: UInt32, element: Element?) {
      self.generation = generation
      self.element = element
    }
  }

  @usableFromInline var pages: [[Cell]] = []
  @usableFromInline var free: [UInt32] = []
  @usableFromInline var used = 0

  /// How many entries there are.
  @inlinable public var count: Int { used }

  public init() {}

  public var isEmpty: Bool { count == 0 }

  /// One more than the highest index in use so far.
  @inlinable public var capacity: Int {
    guard let last = pages.last else { return 0 }
    return (pages.count - 1) * Self.pageSize + last.count
  }

  public typealias Key = Slot<Element>

  /// Takes a free slot. The slot freed last is used first.
  @inlinable
  public mutating func insert(_ element: Element) -> Key {
    used += 1
    if let index = free.popLast() {
      let (page, offset) = Int(index).quotientAndRemainder(dividingBy: Self.pageSize)
      pages[page][offset].generation += 1
      pages[page][offset].element = element
      return Key(index: index, generation: pages[page][offset].generation)
    }
    if pages.last.map({ $0.count == Self.pageSize }) ?? true {
      pages.append([])
      pages[pages.count - 1].reserveCapacity(Self.pageSize)
    }
    let index = UInt32(capacity)
    pages[pages.count - 1].append(Cell(generation: 1, element: element))
    return Key(index: index, generation: 1)
  }

  @inlinable
  @discardableResult
  public mutating func remove(_ key: Key) -> Element? {
    let (page, offset) = Int(key.index).quotientAndRemainder(dividingBy: Self.pageSize)
    guard page < pages.count, offset < pages[page].count, pages[page][offset].generation == key.generation,
      key.generation & 1 == 1
    else { return nil }
    var element: Element?
    swap(&element, &pages[page][offset].element)  // moved out: an entry may be large
    pages[page][offset].generation &+= 1
    free.append(key.index)
    used -= 1
    return element
  }

  /// The entry, or nil if it has been removed.
  @inlinable
  public subscript(key: Key) -> Element? {
    _read {
      let (page, offset) = Int(key.index).quotientAndRemainder(dividingBy: Self.pageSize)
      if page < pages.count, offset < pages[page].count, pages[page][offset].generation == key.generation {
        yield pages[page][offset].element
      } else {
        yield nil
      }
    }
  }

  @inlinable public func contains(_ key: Key) -> Bool {
    let (page, offset) = Int(key.index).quotientAndRemainder(dividingBy: Self.pageSize)
    return page < pages.count && offset < pages[page].count
      && pages[page][offset].generation == key.generation
  }

  /// Changes an entry in place; does nothing and returns nil if it has been removed.
  @inlinable
  @discardableResult
  public mutating func update<Result>(_ key: Key, _ change: (inout Element) -> Result) -> Result? {
    let (page, offset) = Int(key.index).quotientAndRemainder(dividingBy: Self.pageSize)
    guard page < pages.count, offset < pages[page].count, pages[page][offset].generation == key.generation
    else {
      return nil
    }
    guard pages[page][offset].element != nil else { return nil }
    return change(&pages[page][offset].element!)  // just seen to be there
  }

  /// The entry at an index where one is known to be: for indices that were checked on their way in. Traps if none
  /// is there.
  @inlinable
  public subscript(index: Int) -> Element {
    _read {
      let (page, offset) = index.quotientAndRemainder(dividingBy: Self.pageSize)
      yield pages[page][offset].element!  // the caller knows that it is there
    }
    _modify {
      let (page, offset) = index.quotientAndRemainder(dividingBy: Self.pageSize)
      yield &pages[page][offset].element!  // the caller knows that it is there
    }
  }

  /// The key of the entry at an index, if one is there.
  @inlinable
  public func key(at index: Int) -> Key? {
    let (page, offset) = index.quotientAndRemainder(dividingBy: Self.pageSize)
    guard page < pages.count, offset < pages[page].count, pages[page][offset].generation & 1 == 1 else {
      return nil
    }
    return Key(index: UInt32(index), generation: pages[page][offset].generation)
  }

  /// Calls `body` with every entry, by ascending index.
  @inlinable
  public func visit(_ body: (Key, Element) -> Void) {
    for (page, cells) in pages.enumerated() {
      for (offset, cell) in cells.enumerated() {
        if let element = cell.element {
          body(Key(index: UInt32(page * Self.pageSize + offset), generation: cell.generation), element)
        }
      }
    }
  }
}

extension SlotMap: Sendable where Element: Sendable {}
extension SlotMap.Cell: Sendable where Element: Sendable {}
