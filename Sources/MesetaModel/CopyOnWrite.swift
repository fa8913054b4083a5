/// A large value that travels as one pointer: a copy shares it, and the first change to a shared one makes it anew.
///
/// For values with many fields that pass through many hands and are seldom changed there: a copy of the plain
/// struct would retain every field.
@usableFromInline
struct CopyOnWrite<Value: Hashable & Codable & Sendable>: Hashable, Codable, Sendable {
  @usableFromInline var box: Box

  // tidy: it is written only while one reference to it is left, as an array's buffer is
  @usableFromInline final class Box: @unchecked Sendable {
    // Only the value around it gets here, which is exclusive itself; a check at run time costs more than a field's copy.
    @exclusivity(unchecked) @usableFromInline var value: Value
    init(_ value: Value) { self.value = value }
  }

  init(_ value: Value) { box = Box(value) }

  @usableFromInline
  var value: Value {
    @inlinable _read { yield box.value }
    _modify {
      if !isKnownUniquelyReferenced(&box) { box = Box(box.value) }
      yield &box.value
    }
  }

  @usableFromInline
  static func == (left: CopyOnWrite, right: CopyOnWrite) -> Bool {
    left.box === right.box || left.box.value == right.box.value
  }

  @usableFromInline
  func hash(into hasher: inout Hasher) { hasher.combine(box.value) }

  @usableFromInline
  init(from decoder: any Decoder) throws { self.init(try Value(from: decoder)) }
  @usableFromInline
  func encode(to encoder: any Encoder) throws { try box.value.encode(to: encoder) }
}
