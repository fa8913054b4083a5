// Bytes in JSON: base64 of RFC 4648, section 4.

enum Base64 {
  private static let alphabet = StaticString(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

  static func append(_ data: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
    let digits = alphabet.utf8Start
    var at = 0
    while at < data.count {
      let left = data.count - at
      let second = left > 1 ? data[at + 1] : 0
      let third = left > 2 ? data[at + 2] : 0
      let group = UInt32(data[at]) << 16 | UInt32(second) << 8 | UInt32(third)
      bytes.append(digits[Int(group >> 18)])
      bytes.append(digits[Int(group >> 12 & 63)])
      bytes.append(left > 1 ? digits[Int(group >> 6 & 63)] : UInt8(ascii: "="))
      bytes.append(left > 2 ? digits[Int(group & 63)] : UInt8(ascii: "="))
      at += 3
    }
  }

  /// Decodes in place and returns how many bytes came out; nil if the text is not base64. Padding may be absent.
  static func decode(_ text: UnsafeMutableRawBufferPointer) -> Int? {
    var count = text.count
    while count > 0, text.count - count < 2, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
    if count < text.count, text.count % 4 != 0 { return nil }
    if count % 4 == 1 { return nil }
    var group: UInt32 = 0
    var bits = 0
    var written = 0
    for index in 0..<count {
      guard let value = value(of: text[index]) else { return nil }
      group = group << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        text[written] = UInt8(truncatingIfNeeded: group >> UInt32(bits))
        written += 1
      }
    }
    return written
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
