// Numbers in JSON as Mesos writes them: integers plain, doubles as the shortest digits that read back the same,
// always with a point or an exponent (`4.0`, `0.1`, `1e22`).

enum JSONNumbers {
  static func append(_ value: Int64, to bytes: inout [UInt8]) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    append(value.magnitude, to: &bytes)
  }

  static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    if value < 10 {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value))
      return
    }
    var digits = 0
    var rest = value
    while rest > 0 {
      digits += 1
      rest /= 10
    }
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: digits))
    rest = value
    for index in stride(from: start + digits - 1, through: start, by: -1) {
      bytes[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }

  /// JSON has no infinities and no NaN; they are written as strings, which Mesos reads.
  static func append(_ value: Double, to bytes: inout [UInt8]) {
    guard value.isFinite else {
      let name = value.isNaN ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\""
      bytes.append(contentsOf: name.utf8)
      return
    }
    if value.sign == .minus { bytes.append(UInt8(ascii: "-")) }
    let magnitude = value.magnitude
    // Not UInt64(exactly:): it calls libm's trunc, which a program without Foundation does not link.
    if magnitude < 1e15, Double(UInt64(magnitude)) == magnitude {
      append(UInt64(magnitude), to: &bytes)
      bytes.append(contentsOf: ".0".utf8)
    } else {
      appendShortest(magnitude, to: &bytes)
    }
  }

  /// Takes the digits from Swift's shortest form and places the point: plain from 10⁻⁶ to 10²¹, else with an
  /// exponent. `value` is positive.
  private static func appendShortest(_ value: Double, to bytes: inout [UInt8]) {
    var digits: [UInt8] = []
    // Where the point is, counted in digits from the first.
    var point = 0
    var seenPoint = false
    let description = value.description.utf8
    let mantissa = description.prefix { $0 != UInt8(ascii: "e") }
    for byte in mantissa {
      if byte == UInt8(ascii: ".") {
        seenPoint = true
      } else if digits.isEmpty && byte == UInt8(ascii: "0") {
        if seenPoint { point -= 1 }
      } else {
        digits.append(byte)
        if !seenPoint { point += 1 }
      }
    }
    if mantissa.count < description.count {
      point += Int(String(decoding: description.dropFirst(mantissa.count + 1), as: UTF8.self)) ?? 0
    }
    while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
    place(digits, point: point, to: &bytes)
  }

  private static func place(_ digits: [UInt8], point: Int, to bytes: inout [UInt8]) {
    let zero = UInt8(ascii: "0")
    let dot = UInt8(ascii: ".")
    if point > 21 || point <= -6 {
      bytes.append(digits[0])
      if digits.count > 1 {
        bytes.append(dot)
        bytes.append(contentsOf: digits.dropFirst())
      }
      bytes.append(UInt8(ascii: "e"))
      append(Int64(point - 1), to: &bytes)
    } else if point <= 0 {
      bytes.append(zero)
      bytes.append(dot)
      bytes.append(contentsOf: repeatElement(zero, count: -point))
      bytes.append(contentsOf: digits)
    } else if digits.count <= point {
      bytes.append(contentsOf: digits)
      bytes.append(contentsOf: repeatElement(zero, count: point - digits.count))
      bytes.append(dot)
      bytes.append(zero)
    } else {
      bytes.append(contentsOf: digits.prefix(point))
      bytes.append(dot)
      bytes.append(contentsOf: digits.dropFirst(point))
    }
  }

  /// The double as an integer; nil if it has a fraction or does not fit. (See above why not `init(exactly:)`.)
  static func whole<Integer: FixedWidthInteger>(_ value: Double, as type: Integer.Type) -> Integer? {
    if value >= 0 {
      guard value < 18_446_744_073_709_551_616, Double(UInt64(value)) == value else { return nil }
      return Integer(exactly: UInt64(value))
    }
    guard value >= -9_223_372_036_854_775_808, Double(Int64(value)) == value else { return nil }
    return Integer(exactly: Int64(value))
  }
}
