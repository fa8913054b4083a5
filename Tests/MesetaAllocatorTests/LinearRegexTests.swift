// Patterns and texts that mean ill do no harm.

import MesetaRuntime
import Testing

@testable import MesetaAllocator

@Suite struct LinearRegexTests {
  private func compile(_ pattern: String, maxMemory: Int = 4096) -> LinearRegex? {
    try? LinearRegex(pattern, maxMemory: maxMemory)
  }

  @Test func textsMayHoldNULs() throws {
    let regex = try #require(compile("a\0b"))
    #expect(regex.matches("a\0b"))
    #expect(!regex.matches("a"))
    #expect(!regex.matches("a\0c"))
    #expect(compile("a.b")?.matches("a\0b") == true)
  }

  @Test func theEmptyTextIsAText() throws {
    #expect(compile("")?.matches("") == true)
    #expect(compile("")?.matches("a") == false)
    #expect(compile("a?")?.matches("") == true)
  }

  @Test func charactersAreMatchedAsWholes() throws {
    #expect(compile(".")?.matches("ß") == true)
    #expect(compile("(?i)STRASSE|straße")?.matches("STRAßE") == true)
  }

  /// Each of these takes a backtracking engine longer than the universe has been there.
  @Test(arguments: ["(a*)*b", "(a|a)*b", "(a|aa)+b", "(.*a){8}b", "((a+)+)+b", "(a?){20}a{20}b"])
  func noPatternIsSlow(_ pattern: String) throws {
    let regex = try #require(compile(pattern))
    #expect(!regex.matches(String(repeating: "a", count: 20_000)))
  }

  @Test(arguments: [
    String(repeating: "(", count: 5000),
    String(repeating: "(", count: 5000) + String(repeating: ")", count: 5000),
    "((((a{100}){100}){100}){100})", "a{1000000}", "\\pL+", "[^\\x00-\\x{10FFFF}]{2,1}", "\\", "(?P<n", "*",
    "a**",
    String(repeating: "a", count: 100_000), "\\Qunfinished", "(?:", "x{2,1}",
  ])
  func whatIsTakenIsSmall(_ pattern: String) {
    guard let regex = compile(pattern) else { return }
    #expect(regex.programSize < 1000)
    #expect(!regex.matches("no"))
  }

  @Test func theReasonIsNeverCutIntoNonsense() {
    let pattern = "[" + String(repeating: "ß", count: 1000)
    do {
      _ = try LinearRegex(pattern, maxMemory: 4096)
      Issue.record("it was taken")
    } catch { #expect(error.description.hasPrefix("missing ]: [ß")) }
  }

  @Test func inLittleMemoryFitsLittle() {
    #expect(compile("[a-z]{100}", maxMemory: 1024) == nil)
    #expect(compile("[a-z]{100}", maxMemory: 65536) != nil)
    #expect(compile("abc", maxMemory: .max)?.matches("abc") == true)
  }

  /// Patterns put together at random are taken or refused, and then match or not: nothing else happens.
  @Test(arguments: 1...20) func randomPatternsAreHarmless(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let parts = [
      "a", "b", "ß", ".", "*", "+", "?", "(", ")", "[", "]", "^", "$", "|", "{2}", "{3,}", "{1000}", "\\",
      "\\d", "\\w",
      "\\pL", "[[:alpha:]]", "(?i)", "(?P<n>", "(?:", "-", "\\C", "\\b", "\\x{10FFFF}", "\0", "🚀",
    ]
    let text = String(repeating: "ab\0ß🚀", count: 50)
    for _ in 0..<500 {
      let pattern = (0...generator.below(12)).map { _ in parts[Int(generator.below(UInt64(parts.count)))] }
        .joined()
      guard let regex = compile(pattern) else { continue }
      let first = regex.matches(text)
      #expect(regex.matches(text) == first)
      #expect(regex.programSize >= 0)
    }
  }
}
