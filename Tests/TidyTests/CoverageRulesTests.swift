// The rule about coverage tables must be able to fail.

import Testing

@Suite struct CoverageRulesTests {
  private let tree = SourceTree(files: [
    TextFile(
      path: "Tests/ATests/ATests.swift",
      text: """
        @Suite struct ATests {
          @Test func itHolds() {}
          @Test mutating func itHoldsToo() {}
        }
        """),
    TextFile(path: "Tests/BTests/Scenarios/kill-a-task.txt", text: "advance 1s"),
  ])

  private func messages(_ ours: String, first: String = "| Mesos's test | ours | why |") -> [Int] {
    let text = "# Coverage\n\n\(first)\n| --- | --- | --- |\n| T.Test | \(ours) | `not.this` |\n"
    return missingTests(TextFile(path: "Coverage.md", text: text), in: tree).map(\.line)
  }

  @Test(arguments: [
    "`ATests.itHolds`", "`ATests.itHolds`, `ATests.itHoldsToo`", "`scenario kill-a-task`", "left out",
    "`ATests`",
  ])
  func whatIsThereMayBeNamed(ours: String) {
    #expect(messages(ours) == [])
  }

  @Test(arguments: [
    "`ATests.itDoesNot`", "`ATests.itHolds`, `BTests.itHolds`", "`scenario kill-two-tasks`", "`itHolds`",
  ])
  func whatIsNotThereIsFound(ours: String) {
    #expect(messages(ours) == [5])
  }

  @Test func otherTablesAreLeftAlone() {
    #expect(messages("`ATests.itDoesNot`", first: "| a | b | c |") == [])
  }
}
