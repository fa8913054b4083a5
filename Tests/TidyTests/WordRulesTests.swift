// The word rules must be able to fail, and must not see words in comments and strings.

import Testing

@Suite struct WordRulesTests {
  private func lines(_ text: String, in room: String = "MesetaMaster") -> [Int] {
    forbiddenWords(TextFile(path: "Sources/\(room)/A.swift", text: text)).map(\.line)
  }

  @Test(arguments: [
    "let a = try! b()", "fatalError(\"no\")", "final class C: @unchecked Sendable {}", "// TODO: later",
    "/* FIXME */ let a = 1", "let a = \"\\(try! b())\"",
  ])
  func wordsThatNoSourceMayUse(code: String) {
    #expect(lines("\n" + code, in: "MesetaHost") == [2])
    #expect(forbiddenWords(TextFile(path: "Tests/ATests/A.swift", text: code)) == [])
  }

  @Test(arguments: [
    "a.shuffled()", "a.shuffle()", "Int.random(in: 0..<2)", "a.randomElement()",
    "var g = SystemRandomNumberGenerator()",
    "a.hashValue", "ContinuousClock.now", "SuspendingClock()", "Task.detached { }", "Task { }",
    "let t = Task { }",
    "return Task { }", "f(Task { })",
  ])
  func wordsThatNoCoreRoomMayUse(code: String) {
    #expect(lines(code) == [1])
    #expect(lines(code, in: "MesetaHost") == [])
  }

  @Test(arguments: [
    "// try! is not allowed", "let a = \"fatalError(\"", "let a = #\"try!\"#",
    "let a = \"\"\"\n  \" Task { }\n  \"\"\"",
    "extension Task {", "func f() -> Task {", "var t: Task {", "let kind = RunTask { }", "myfatalError()",
    "a.shuffled(using: &generator)", "Int.random(in: 0..<2, using: &generator)", "let TODOs = 1",
    "// METHODOLOGY",
    "let pattern = /try!/", "let hashValues = a.hashValues",
  ])
  func innocentText(code: String) {
    #expect(lines(code) == [])
  }

  @Test func aReasonAllowsAWordOnItsLineAndTheNext() {
    #expect(lines("try! a()  // tidy: the pattern is a literal") == [])
    #expect(lines("// tidy: the pattern is a literal\ntry! a()") == [])
    #expect(lines("// tidy: the pattern is a literal\n\ntry! a()") == [3])
    #expect(lines("// tidy:\ntry! a()") == [2])
  }
}
