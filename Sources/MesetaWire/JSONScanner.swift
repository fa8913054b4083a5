// Reads JSON's tokens from bytes, one at a time, and skips values that nobody asked for. No recursion.

import CMesosWire

struct JSONScanner {
  /// Why and where the text is not JSON.
  struct Failure: Error {
    var reason: WireError.Reason
    var offset: Int
  }

  let text: UnsafeRawBufferPointer
  var at = 0

  init(_ text: UnsafeRawBufferPointer) {
    self.text = text
  }

  /// A number longer than this is nobody's; reading it could take long.
  static let longestNumber = 1_000

  func failure(_ detail: String, at offset: Int? = nil) -> Failure {
    Failure(reason: .notJSON(detail), offset: offset ?? at)
  }

  /// The next byte that is not white space, without taking it; nil at the end.
  mutating func peek() -> UInt8? {
    while at < text.count {
      switch text[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return text[at]
      }
    }
    return nil
  }

  /// Takes this byte if it comes next.
  mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: byte) else { return false }
    at += 1
    return true
  }

  mutating func expect(_ byte: Unicode.Scalar) throws(Failure) {
    guard take(byte) else { throw failure("expected \(byte), found \(found())") }
  }

  /// What comes next, for a message.
  mutating func found() -> String {
    guard let byte = peek() else { return "the end" }
    return byte > 0x20 && byte < 0x7F ? String(UnicodeScalar(byte)) : "the byte \(byte)"
  }

  /// Takes `true`, `false` or `null` if it comes next.
  mutating func take(word: StaticString) -> Bool {
    guard peek() != nil, text.count - at >= word.utf8CodeUnitCount else { return false }
    for index in 0..<word.utf8CodeUnitCount where text[at + index] != word.utf8Start[index] { return false }
    at += word.utf8CodeUnitCount
    return true
  }

  /// A string's bytes between the quotes, escapes untouched, and whether there are any.
  mutating func rawString() throws(Failure) -> (bytes: UnsafeRawBufferPointer, escapes: Bool) {
    guard take("\"") else { throw failure("expected a string, found \(found())") }
    let start = at
    var escapes = false
    while at < text.count {
      let byte = text[at]
      if byte == UInt8(ascii: "\"") {
        at += 1
        return (UnsafeRawBufferPointer(rebasing: text[start..<at - 1]), escapes)
      }
      if byte < 0x20 { throw failure("a control character in a string must be escaped") }
      if byte == UInt8(ascii: "\\") {
        escapes = true
        at += 1
      }
      at += 1
    }
    at = text.count
    throw failure("a string without an end", at: start - 1)
  }

  /// A number's text, checked against JSON's grammar, and whether it is a whole number without exponent.
  mutating func number() throws(Failure) -> (text: UnsafeRawBufferPointer, whole: Bool) {
    let start = at
    if byte() == UInt8(ascii: "-") { at += 1 }
    let leadingZero = byte() == UInt8(ascii: "0")
    let digits = takeDigits()
    guard digits > 0, !(leadingZero && digits > 1) else {
      at = start
      throw failure(leadingZero ? "a number begins with 0" : "expected a value, found \(found())")
    }
    var whole = true
    if byte() == UInt8(ascii: ".") {
      at += 1
      whole = false
      guard takeDigits() > 0 else { throw failure("expected a digit, found \(found())") }
    }
    if byte() == UInt8(ascii: "e") || byte() == UInt8(ascii: "E") {
      at += 1
      whole = false
      if byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-") { at += 1 }
      guard takeDigits() > 0 else { throw failure("expected a digit, found \(found())") }
    }
    guard at - start <= Self.longestNumber else {
      throw failure("a number of more than \(Self.longestNumber) characters", at: start)
    }
    return (UnsafeRawBufferPointer(rebasing: text[start..<at]), whole)
  }

  private func byte() -> UInt8? { at < text.count ? text[at] : nil }

  private mutating func takeDigits() -> Int {
    let start = at
    while let byte = byte(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { at += 1 }
    return at - start
  }

  /// Skips one value of any kind, nested to at most `maximumDepth` (0 to 64) levels.
  mutating func skipValue(maximumDepth: Int) throws(Failure) {
    // Of each open level one bit, the innermost lowest: 1 for an object, 0 for an array.
    var objects: UInt64 = 0
    var depth = 0
    while true {
      let isObject = peek() == UInt8(ascii: "{")
      if isObject || peek() == UInt8(ascii: "[") {
        guard depth < maximumDepth else { throw Failure(reason: .tooDeep(limit: maximumDepth), offset: at) }
        at += 1
        depth += 1
        objects = objects << 1 | (isObject ? 1 : 0)
        if peek() != UInt8(ascii: isObject ? "}" : "]") {
          if isObject { try skipName() }
          continue
        }
      } else {
        try skipScalar()
      }
      // Behind a value: close what ends here, then go on to the next.
      while depth > 0, !take(",") {
        try expect(objects & 1 == 1 ? "}" : "]")
        objects >>= 1
        depth -= 1
      }
      if depth == 0 { return }
      if objects & 1 == 1 { try skipName() }
    }
  }

  private mutating func skipName() throws(Failure) {
    _ = try rawString()
    try expect(":")
  }

  private mutating func skipScalar() throws(Failure) {
    if peek() == UInt8(ascii: "\"") {
      _ = try rawString()
    } else if !take(word: "true"), !take(word: "false"), !take(word: "null") {
      _ = try number()
    }
  }
}
