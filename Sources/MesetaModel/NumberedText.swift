/// The text of an identifier that masters give: the master's UUID, what stands for the kind of identifier, and a number.
///
/// Every message names a framework or an agent. Kept as numbers, the name is copied without a reference count, over which the
/// threads that use the same name would get into each other's way.
@usableFromInline
enum NumberedText: Hashable, Codable, Sendable {
  case numbered(UUID, UInt32)
  /// Any other text.
  case text(String)

  /// How the number is written.
  struct Form {
    /// What stands before it.
    var separator: StaticString
    /// It is filled up with zeros to so many digits.
    var digits: Int

    static let framework = Form(separator: "-", digits: 4)
    static let agent = Form(separator: "-S", digits: 1)
  }

  @inlinable
  static func == (left: NumberedText, right: NumberedText) -> Bool {
    switch (left, right) {
    case (.numbered(let left, let leftNumber), .numbered(let right, let rightNumber)):
      leftNumber == rightNumber && left.low == right.low && left.high == right.high
    case (.text(let left), .text(let right)): left == right
    default: false
    }
  }

  /// All of it, but not which case it is: that takes as long as a half of the UUID, and texts that look alike are of one case.
  @usableFromInline
  func hash(into hasher: inout Hasher) {
    switch self {
    case .numbered(let uuid, let number):
      hasher.combine(uuid.high)
      hasher.combine(uuid.low)
      hasher.combine(number)
    case .text(let text): hasher.combine(text)
    }
  }

  /// Reads any text; `value` gives the same text back.
  init(_ text: String, _ form: Form) {
    let numbered = text.utf8.withContiguousStorageIfAvailable { Self.read($0, form) } ?? nil
    self = numbered.map { .numbered($0.uuid, $0.number) } ?? .text(text)
  }

  /// Reads the bytes of any text.
  init(utf8: UnsafeBufferPointer<UInt8>, _ form: Form) {
    if let (uuid, number) = Self.read(utf8, form) {
      self = .numbered(uuid, number)
    } else {
      self = .text(String(decoding: utf8, as: UTF8.self))
    }
  }

  func value(_ form: Form) -> String {
    switch self {
    case .text(let text): text
    case .numbered:
      String(unsafeUninitializedCapacity: Self.capacity) {
        $0.baseAddress.flatMap { write(to: $0, form) } ?? 0
      }
    }
  }

  /// A number that tells two texts apart but for chance, the same in every process.
  @inlinable var fingerprint: UInt64 {
    switch self {
    case .numbered(let uuid, let number): uuid.high ^ uuid.low &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(number)
    case .text(let text): Self.fingerprint(of: text)
    }
  }

  @usableFromInline
  static func fingerprint(of text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  func mix(into print: inout Fingerprint) {
    switch self {
    case .numbered(let uuid, let number):
      print.mix(uuid.high)
      print.mix(uuid.low)
      print.mix(UInt64(number))
    case .text(let text): print.mix(text)
    }
  }

  /// How many bytes a numbered text has at most.
  static let capacity = 48

  /// Writes a numbered text to memory of ``capacity`` bytes, and returns how many they are; nil for any other text.
  func write(to text: UnsafeMutablePointer<UInt8>, _ form: Form) -> Int? {
    guard case .numbered(let uuid, let number) = self else { return nil }
    uuid.write(to: UnsafeMutableRawPointer(text))
    var end = 36
    for place in 0..<form.separator.utf8CodeUnitCount {
      text[end] = form.separator.utf8Start[place]
      end += 1
    }
    var (digits, power) = (1, UInt32(10))
    while digits < form.digits || (digits < 10 && number >= power) {
      digits += 1
      power = power &* 10
    }
    var rest = number
    for place in (end..<end + digits).reversed() {
      text[place] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
    return end + digits
  }

  private static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, _ form: Form
  ) -> (uuid: UUID, number: UInt32)? {
    let start = 36 + form.separator.utf8CodeUnitCount
    guard bytes.count >= start + form.digits, bytes.count <= start + max(form.digits, 9),
      let uuid = UUID(text: UnsafeBufferPointer(rebasing: bytes[..<36]))
    else { return nil }
    let separator = UnsafeBufferPointer(
      start: form.separator.utf8Start, count: form.separator.utf8CodeUnitCount)
    guard bytes[36..<start].elementsEqual(separator) else { return nil }
    if bytes.count > start + form.digits, bytes[start] == UInt8(ascii: "0") { return nil }
    var number: UInt32 = 0
    for byte in bytes[start...] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      number = number * 10 + UInt32(byte - UInt8(ascii: "0"))
    }
    return (uuid, number)
  }
}

extension UUID {
  /// Reads 36 bytes as ``description`` writes them; nil for any others.
  init?(text: UnsafeBufferPointer<UInt8>) {
    let hyphen = UInt8(ascii: "-")
    guard text.count == 36, text[8] == hyphen, text[13] == hyphen, text[18] == hyphen, text[23] == hyphen
    else { return nil }
    let bytes = UnsafeRawBufferPointer(text)
    guard let first = Self.word(bytes, at: (0, 4)), let second = Self.word(bytes, at: (9, 14)),
      let third = Self.word(bytes, at: (19, 24)), let fourth = Self.word(bytes, at: (28, 32))
    else { return nil }
    self.init(high: first << 32 | second, low: third << 32 | fourth)
  }

  /// Reads a text as ``description`` writes it; nil for any other.
  package init?(text: String) {
    var text = text
    guard let uuid = text.withUTF8({ UUID(text: $0) }) else { return nil }
    self = uuid
  }
}
