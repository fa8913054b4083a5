// The import rule must be able to fail.

import Testing

@Suite struct ImportRulesTests {
  private let rooms = [
    Room(name: "Top", arrows: ["Machine"], modules: ["NIO*"]),
    Room(name: "Machine", isCore: true, arrows: ["Words"]),
    Room(name: "Words", isCore: true),
  ]

  private func findings(_ path: String, _ text: String) -> [String] {
    forbiddenImports(TextFile(path: path, text: text), rooms: rooms).map(\.description)
  }

  @Test func everyFormOfImportIsSeen() {
    let code = CodeText(
      """
      // import Commented
      import A
      public import B
      @testable @_spi(X) package import C.Sub
      import struct D.Thing
      let text = "import InString"
      #if canImport(E)
        import E; import F
      #endif
      """)
    #expect(imports(in: code).map(\.module) == ["A", "B", "C", "D", "E", "F"])
    #expect(imports(in: code).map(\.line) == [2, 3, 4, 5, 8, 8])
  }

  @Test func whatTheRoomsBelowSeeIsAllowed() {
    #expect(
      findings("Sources/Top/A.swift", "import Machine\nimport Words\nimport NIOPosix\nimport DequeModule")
        == [])
  }

  @Test func anArrowThatPointsUpIsFound() {
    let found = findings("Sources/Words/A.swift", "let a = 1\nimport Machine")
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("Sources/Words/A.swift:2: imports Machine, which Words may not") == true)
  }

  @Test(arguments: ["Foundation", "FoundationEssentials", "NIOCore", "Dispatch", "Glibc", "Synchronization"])
  func theCoreImportsNoInputOrOutput(module: String) {
    let found = findings("Sources/Machine/A.swift", "package import \(module)")
    #expect(found.count == 1)
    #expect(found.first?.contains("is a core room") == true)
  }

  @Test func aTargetWithoutARowIsFound() {
    let found = findings("Sources/New/Sub/A.swift", "")
    #expect(found.first?.contains("the target New has no row") == true)
    #expect(findings("Sources/NewC/a.c", "").count == 1)
    #expect(findings("Tests/NewTests/A.swift", "import Foundation") == [])
  }

  @Test func aTableThatPointsUpOrNowhereIsFound() {
    #expect(brokenRows(in: rooms) == [])
    let broken = [
      Room(name: "Low", isCore: true, modules: ["Glibc"]),
      Room(name: "High", isCore: true, arrows: ["Low", "None"]),
      Room(name: "Core", isCore: true, arrows: ["Shell"]), Room(name: "Shell"),
    ]
    #expect(
      brokenRows(in: broken) == [
        "Low: a core room may not import Glibc", "High: the arrow to Low points up",
        "High: there is no room None",
        "Core: a core room over Shell, which is not",
      ])
  }
}
