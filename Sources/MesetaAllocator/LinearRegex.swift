// Regular expressions that cannot be made slow: Swift's own backtrack.

import CMesetaRegex

/// A pattern in RE2's syntax, compiled once and matched in time linear in the text.
final class LinearRegex: Sendable {
  /// Why a pattern is not taken; RE2's words.
  struct CompileError: Error {
    let description: String
  }

  /// tidy: it is not changed until its owner goes, and RE2 matches on several threads at once.
  private nonisolated(unsafe) let compiled: OpaquePointer

  /// - Parameter maxMemory: bytes, by RE2's own count.
  init(_ pattern: String, maxMemory: Int) throws(CompileError) {
    let (compiled, problem) = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { problem in
      let compiled = Self.withBytes(of: pattern) {
        meseta_regex_create($0, $1, Int64(clamping: maxMemory), problem.baseAddress, problem.count)
      }
      // A pattern's part in the text may be cut within a character.
      let bytes = compiled == nil ? problem.prefix { $0 != 0 } : []
      return (compiled, String(decoding: bytes.lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    guard let compiled else { throw CompileError(description: problem) }
    self.compiled = compiled
  }

  deinit { meseta_regex_destroy(compiled) }

  /// How many instructions the compiled pattern has.
  var programSize: Int { Int(meseta_regex_program_size(compiled)) }

  /// Whether the pattern matches the whole text.
  func matches(_ text: String) -> Bool {
    Self.withBytes(of: text) { meseta_regex_matches(compiled, $0, $1) }
  }

  private static func withBytes<Result>(
    of text: String, _ body: (UnsafePointer<CChar>, Int) -> Result
  ) -> Result {
    var text = text
    return text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        guard let start = characters.baseAddress else { return "".withCString { body($0, 0) } }
        return body(start, characters.count)
      }
    }
  }
}
