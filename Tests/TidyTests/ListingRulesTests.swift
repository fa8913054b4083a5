// The rule about listings must be able to fail.

import Testing

@Suite struct ListingRulesTests {
  private let tree = SourceTree(files: [
    TextFile(path: "Tests/ATests/A.swift", text: "import A\nimport Testing\n\nlet one = 1\nlet two = 2\n"),
    TextFile(path: "Sources/A/A.swift", text: "let three = 3\n"),
  ])

  private func found(_ text: String) -> [Int] {
    uncompiledListings(TextFile(path: "README.md", text: text), in: tree).map(\.line)
  }

  @Test(arguments: [
    "```swift\nlet one = 1\nlet two = 2\n```", "```swift\nimport A\n\nlet two = 2\n```",
    "```\nlet four = 4\n```",
  ])
  func aListingThatIsCompiled(text: String) { #expect(found(text) == []) }

  @Test(arguments: [
    "\n```swift\nlet one = 2\n```", "\n```swift\nimport B\n\nlet one = 1\n```",
    "\n```swift\nlet three = 3\n```",
  ])
  func aListingThatIsNotCompiledIsFound(text: String) { #expect(found(text) == [2]) }
}
