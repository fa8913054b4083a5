// The rules about documents must be able to fail.

import Testing

@Suite struct DocumentRulesTests {
  private let tree = SourceTree(
    files: [
      TextFile(path: "docs/Guide.md", text: "# A guide\n## What `x` is, and isn't\n## Twice\n## Twice\n"),
      TextFile(path: "Sources/A/B.swift", text: "public struct Known {}"),
    ],
    paths: [
      "README.md", "docs", "docs/Guide.md", "docs/a b.svg", "Sources", "Sources/A", "Sources/A/B.swift",
    ])

  private func links(_ text: String, page: String = "docs/Page.md") -> [Int] {
    deadLinks(TextFile(path: page, text: text), in: tree).map(\.line)
  }

  @Test(arguments: [
    "[a](Guide.md)", "[a](../README.md) and [b](/docs)", "![i](a%20b.svg \"title\")",
    "[a](https://example.org/x)",
    "[a](mailto:a@example.org)", "[a]: Guide.md", "<img src=\"a%20b.svg\">", "`[a](gone.md)`",
    "```\n[a](gone.md)\n```", "[a](Guide.md#what-x-is-and-isnt)", "[a](Guide.md#twice-1)",
    "# Here\n[a](#here)",
    "<doc:Guide>", "<doc:Known>", "[a](doc:A/Known)",
  ])
  func aLinkToWhatIsThere(text: String) {
    #expect(links(text) == [])
  }

  @Test(arguments: [
    "[a](gone.md)", "see [a](Guide.md) and [b](gone.md)", "![i](gone.svg)", "[a](../../out.md)",
    "[a]: gone.md",
    "<img src=\"gone.svg\">", "[a](Guide.md#gone)", "[a](#gone)", "<doc:Gone>", "[a](doc:A/Gone)",
  ])
  func aDeadLinkIsFound(text: String) {
    #expect(links("first\n" + text) == [2])
  }

  @Test func deadPathsInBackquotesAreFound() {
    let text =
      "`Sources/A/B.swift` `Sources/A/` `Sources/…/x` `Sources/*/B.swift`\n`Sources/A/C.swift`\n`scripts/x.sh`"
    #expect(deadPaths(TextFile(path: "README.md", text: text), in: tree).map(\.line) == [2, 3])
  }

  @Test func targetsAreReadFromTheMakefile() {
    let text = "X := 1\n.PHONY: a\na b: c ## Help\n\tcommand: x\ntest-all:\nNAME = value\nx:=2\n"
    #expect(makeTargets(in: text) == ["a", "b", "test-all"])
  }

  @Test func makeCommandsWithoutATargetAreFound() {
    let text = """
      One can make sure, and `make build`, `make gone`.
      ```
      $ make test   # make nothing
      CI=true make -j2 FLAG=x gone test && make away
      ```
      """
    let found = deadMakeTargets(TextFile(path: "README.md", text: text), targets: ["build", "test"])
    #expect(found.map(\.line) == [1, 4, 4])
    #expect(found.first?.message == "the Makefile has no target gone; it has build, test")
  }
}
