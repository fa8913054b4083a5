// Strings: escapes undone, UTF-8 checked; and the errors that name the path and the place.

import CMesosWire

extension JSONReader {
  /// A name in an object or of an enum value: from the input itself unless it has escapes.
  mutating func readName() throws(WireError) -> UnsafeRawBufferPointer {
    let raw = try rawString()
    return raw.escapes ? UnsafeRawBufferPointer(try unescape(raw.bytes)) : raw.bytes
  }

  /// A string's value in the arena, with a NUL behind it; valid UTF-8 without NUL inside.
  mutating func readText() throws(WireError) -> UnsafeMutableRawBufferPointer {
    let start = scanner.at
    guard scanner.peek() == UInt8(ascii: "\"") else { throw error(mismatch("a string"), at: start) }
    let raw = try rawString()
    let text = raw.escapes ? try unescape(raw.bytes) : try copy(raw.bytes)
    let bad = meseta_find_bad_text(text.baseAddress?.assumingMemoryBound(to: UInt8.self), text.count)
    if bad < text.count {
      throw error(text[bad] == 0 ? .nulInString : .notUTF8, at: start)
    }
    return text
  }

  private mutating func rawString() throws(WireError) -> (bytes: UnsafeRawBufferPointer, escapes: Bool) {
    do { return try scanner.rawString() } catch { throw self.error(error) }
  }

  private mutating func newText(_ count: Int) throws(WireError) -> UnsafeMutableRawBufferPointer {
    guard let start = meseta_arena_alloc(arena.pointer, count + 1) else { throw outOfMemory() }
    return UnsafeMutableRawBufferPointer(start: start, count: count + 1)
  }

  private mutating func copy(_ bytes: UnsafeRawBufferPointer) throws(WireError)
    -> UnsafeMutableRawBufferPointer
  {
    let text = try newText(bytes.count)
    text.copyMemory(from: bytes)
    text[bytes.count] = 0
    return UnsafeMutableRawBufferPointer(rebasing: text[..<bytes.count])
  }

  /// Undoes the escapes. The result is never longer than `raw`.
  private mutating func unescape(
    _ raw: UnsafeRawBufferPointer
  ) throws(WireError) -> UnsafeMutableRawBufferPointer {
    let text = try newText(raw.count)
    var count = 0
    var at = 0
    while at < raw.count {
      if raw[at] != UInt8(ascii: "\\") {
        text[count] = raw[at]
        (count, at) = (count + 1, at + 1)
        continue
      }
      // The scanner saw to it that a backslash is never the last byte.
      let escape = raw[at + 1]
      at += 2
      if escape == UInt8(ascii: "u") {
        let scalar = try unicodeEscape(raw, &at)
        for byte in Unicode.UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter {
          text[count] = byte
          count += 1
        }
      } else {
        guard let byte = Self.plainEscape(escape) else {
          throw error(.notJSON("a string holds an unknown escape"), at: scanner.at)
        }
        text[count] = byte
        count += 1
      }
    }
    text[count] = 0
    return UnsafeMutableRawBufferPointer(rebasing: text[..<count])
  }

  private static func plainEscape(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  /// The scalar of `\uXXXX`, or of two that form a surrogate pair; `at` is behind the first `u`.
  private func unicodeEscape(
    _ raw: UnsafeRawBufferPointer, _ at: inout Int
  ) throws(WireError) -> Unicode.Scalar {
    guard let first = Self.hex(raw, &at) else {
      throw error(.notJSON("\\u is not followed by four hexadecimal digits"), at: scanner.at)
    }
    if let scalar = Unicode.Scalar(first) { return scalar }
    var next = at
    if first < 0xDC00, next + 2 <= raw.count, raw[next] == UInt8(ascii: "\\"),
      raw[next + 1] == UInt8(ascii: "u")
    {
      next += 2
      if let second = Self.hex(raw, &next), (0xDC00...0xDFFF).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      {
        at = next
        return scalar
      }
    }
    throw error(.notJSON("a string holds half a surrogate pair"), at: scanner.at)
  }

  private static func hex(_ raw: UnsafeRawBufferPointer, _ at: inout Int) -> UInt32? {
    guard at + 4 <= raw.count else { return nil }
    var value: UInt32 = 0
    for byte in raw[at..<at + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
      value = value << 4 | UInt32(digit)
    }
    at += 4
    return value
  }

  // MARK: Errors

  func error(_ reason: WireError.Reason, at offset: Int?) -> WireError {
    WireError(
      message: String(cString: root.pointee.name),
      path: path.map { String(cString: $0.pointee.name) }.joined(separator: "."), reason: reason,
      offset: offset)
  }

  func error(_ failure: JSONScanner.Failure) -> WireError {
    error(failure.reason, at: failure.offset)
  }

  func outOfMemory() -> WireError {
    error(.needsTooMuchMemory(limit: min(arena.maximumBytes, limits.maximumArenaBytes)), at: scanner.at)
  }

  mutating func expect(_ byte: Unicode.Scalar) throws(WireError) {
    do { try scanner.expect(byte) } catch { throw self.error(error) }
  }

  /// What the value is instead of what the field needs; at the end of the text, or at nonsense, that it is not
  /// JSON.
  mutating func mismatch(_ wanted: String) -> WireError.Reason {
    let kind: String
    switch scanner.peek() ?? 0 {
    case UInt8(ascii: "{"): kind = "an object"
    case UInt8(ascii: "["): kind = "a list"
    case UInt8(ascii: "\""): kind = "a string"
    case UInt8(ascii: "t"), UInt8(ascii: "f"): kind = "a boolean"
    case UInt8(ascii: "n"): kind = "null"
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): kind = "a number"
    default: return .notJSON("expected \(wanted), found \(scanner.found())")
    }
    return .invalid("is \(kind), not \(wanted)")
  }
}
