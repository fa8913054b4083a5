// The comment rule must be able to fail, and must see attributes for what they are.

import Testing

@Suite struct CommentRulesTests {
  private func lines(_ text: String, room: String = "MesetaHost") -> [Int] {
    undocumentedDeclarations(TextFile(path: "Sources/\(room)/A.swift", text: text), rooms: ["MesetaHost"])
      .map(\.line)
  }

  @Test func publicDeclarationsNeedAComment() {
    #expect(lines("public struct A {\n  public init() {}\n  var a = 1\n}") == [1, 2])
    #expect(lines("/// A.\npublic struct A {\n  /// Of nothing.\n  public init() {}\n}") == [])
    #expect(lines("// Not this.\npublic private(set) var a = 1") == [2])
    #expect(lines("public import MesetaModel\npublic extension A {}") == [])
  }

  @Test func attributesStandBetweenACommentAndItsDeclaration() {
    #expect(lines("/// A.\n@discardableResult\npublic static func a() -> Int { 1 }") == [])
    #expect(lines("@discardableResult\npublic static func a() -> Int { 1 }") == [2])
    #expect(lines("@frozen public enum A {}") == [1])
  }

  @Test func otherRoomsAreLeftAlone() { #expect(lines("public struct A {}", room: "MesetaWire") == []) }
}
