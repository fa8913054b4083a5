// Tells code from comments and from the contents of literals, in Swift and in C, well enough for the rules:
// a word in a comment or a string is not a call.

/// A source text split into code and comments. Both keep every line break, so that line numbers agree.
struct CodeText {
  enum Language { case swift, c }

  /// The text with comments and the contents of literals blanked. Interpolated expressions stay: they are code.
  private(set) var code: [UInt8]
  /// The text with everything but comments blanked.
  private(set) var comments: [UInt8]

  init(_ text: String, _ language: Language = .swift) {
    let bytes = Array(text.utf8)
    var blanker = Blanker(bytes: bytes, language: language)
    blanker.run()
    code = blanker.code
    comments = blanker.comments
  }

  /// A text that is code throughout.
  init(code text: String) {
    code = Array(text.utf8)
    comments = []
  }

  var codeLines: [String] { Self.lines(of: code) }
  var commentLines: [String] { Self.lines(of: comments) }

  private static func lines(of bytes: [UInt8]) -> [String] {
    bytes.split(separator: .newline, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}

extension UInt8 {
  static let newline = UInt8(ascii: "\n")
  static let space = UInt8(ascii: " ")

  var isBlank: Bool { self == .space || self == 9 || self == .newline || self == 13 }
  /// Letters beyond ASCII count as parts of an identifier.
  var isIdentifier: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || self == UInt8(ascii: "_") || self >= 128
  }
}

/// The pass over the bytes that `CodeText` makes.
private struct Blanker {
  let bytes: [UInt8]
  let language: CodeText.Language
  var code: [UInt8] = []
  var comments: [UInt8] = []
  var at = 0

  init(bytes: [UInt8], language: CodeText.Language) {
    self.bytes = bytes
    self.language = language
    code.reserveCapacity(bytes.count)
    comments.reserveCapacity(bytes.count)
  }

  mutating func run() {
    while at < bytes.count { element() }
  }

  private func peek(_ offset: Int = 0) -> UInt8 {
    at + offset < bytes.count ? bytes[at + offset] : 0
  }

  private func follows(_ text: StaticString) -> Bool {
    guard at + text.utf8CodeUnitCount <= bytes.count else { return false }
    return text.withUTF8Buffer { buffer in
      buffer.indices.allSatisfy { bytes[at + $0] == buffer[$0] }
    }
  }

  private enum Kind { case code, comment, neither }

  private mutating func take(_ count: Int = 1, as kind: Kind) {
    for _ in 0..<count where at < bytes.count {
      let byte = bytes[at]
      let isBreak = byte == .newline
      code.append(isBreak || kind == .code ? byte : .space)
      comments.append(isBreak || kind == .comment ? byte : .space)
      at += 1
    }
  }

  /// One comment, one literal, or one byte of code.
  private mutating func element() {
    if follows("//") {
      while at < bytes.count, peek() != .newline { take(as: .comment) }
    } else if follows("/*") {
      blockComment()
    } else if peek() == UInt8(ascii: "\"") {
      string(hashes: 0)
    } else if language == .c, peek() == UInt8(ascii: "'") {
      quoted(by: UInt8(ascii: "'"))
    } else if language == .swift, peek() == UInt8(ascii: "#") {
      let hashes = bytes[at...].prefix { $0 == UInt8(ascii: "#") }.count
      switch peek(hashes) {
      case UInt8(ascii: "\""):
        take(hashes, as: .neither)
        string(hashes: hashes)
      case UInt8(ascii: "/"): extendedRegex(hashes: hashes)
      default: take(hashes, as: .code)
      }
    } else if language == .swift, peek() == UInt8(ascii: "/"), let end = endOfBareRegex() {
      take(end - at, as: .neither)
    } else {
      take(as: .code)
    }
  }

  private mutating func blockComment() {
    var depth = 0
    repeat {
      if follows("/*"), language == .swift || depth == 0 {
        depth += 1
        take(2, as: .comment)
      } else if follows("*/") {
        depth -= 1
        take(2, as: .comment)
      } else {
        take(as: .comment)
      }
    } while depth > 0 && at < bytes.count
  }

  /// From the opening quotation mark to behind the closing one and its `#`s.
  private mutating func string(hashes: Int) {
    guard language == .swift else { return quoted(by: UInt8(ascii: "\"")) }
    let isMultiline = follows("\"\"\"")
    let quotes = isMultiline ? 3 : 1
    take(quotes, as: .neither)
    while at < bytes.count {
      if !isMultiline, peek() == .newline { return }
      if peek() == UInt8(ascii: "\\"), hasHashes(hashes, from: 1) {
        take(1 + hashes, as: .neither)
        if peek() == UInt8(ascii: "(") { interpolation() } else { take(as: .neither) }
      } else if hasQuotes(quotes), hasHashes(hashes, from: quotes) {
        take(quotes + hashes, as: .neither)
        return
      } else {
        take(as: .neither)
      }
    }
  }

  private func hasHashes(_ count: Int, from offset: Int) -> Bool {
    (0..<count).allSatisfy { peek(offset + $0) == UInt8(ascii: "#") }
  }

  private func hasQuotes(_ count: Int) -> Bool {
    (0..<count).allSatisfy { peek($0) == UInt8(ascii: "\"") }
  }

  private mutating func interpolation() {
    var depth = 0
    repeat {
      if peek() == UInt8(ascii: "(") { depth += 1 }
      if peek() == UInt8(ascii: ")") { depth -= 1 }
      element()
    } while depth > 0 && at < bytes.count
  }

  /// A C string or character.
  private mutating func quoted(by quote: UInt8) {
    take(as: .neither)
    while at < bytes.count, peek() != quote, peek() != .newline {
      take(peek() == UInt8(ascii: "\\") ? 2 : 1, as: .neither)
    }
    if peek() == quote { take(as: .neither) }
  }

  private mutating func extendedRegex(hashes: Int) {
    take(hashes + 1, as: .neither)
    while at < bytes.count, !(peek() == UInt8(ascii: "/") && hasHashes(hashes, from: 1)) {
      take(as: .neither)
    }
    take(hashes + 1, as: .neither)
  }

  /// The end of a `/…/` literal that starts here, or nil where the slash divides: an operand before it makes it
  /// an operator, and a literal neither starts with a space nor leaves its line.
  private func endOfBareRegex() -> Int? {
    let next = peek(1)
    guard !next.isBlank, next != UInt8(ascii: "="), next != UInt8(ascii: ")") else { return nil }
    if let before = code.last(where: { !$0.isBlank }) {
      guard Array("(,=[{:;!&|".utf8).contains(before) else { return nil }
    }
    var end = at + 1
    while end < bytes.count, bytes[end] != .newline {
      if bytes[end] == UInt8(ascii: "\\") {
        end += 2
      } else if bytes[end] == UInt8(ascii: "/") {
        return end + 1
      } else {
        end += 1
      }
    }
    return nil
  }
}
