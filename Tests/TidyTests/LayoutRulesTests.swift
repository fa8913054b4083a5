// The rules about dead files must be able to fail.

import Testing

@Suite struct LayoutRulesTests {
  private let manifests = [
    TextFile(path: "Package.swift", text: #"room("A"), tests(of: "A"), .executableTarget(name: "Example")"#),
    TextFile(path: "Benchmarks/Package.swift", text: #".executableTarget(name: "meseta-bench")"#),
    TextFile(path: "scripts/a.sh", text: "swiftc scripts/a.swift"),
  ]

  private func dead(_ path: String) -> Bool {
    !filesOutsideTargets(manifests + [TextFile(path: path, text: "let a = 1")]).isEmpty
  }

  @Test(arguments: [
    "Sources/A/B/C.swift", "Tests/ATests/B.swift", "Examples/Example/main.swift",
    "Benchmarks/Sources/meseta-bench/main.swift", "Sources/A/c.c",
    "scripts/a.swift",
  ])
  func aFileOfATargetLives(path: String) {
    #expect(!dead(path))
  }

  @Test(arguments: [
    "Sources/Loose.swift", "Sources/Gone/A.swift", "Tests/GoneTests/A.swift", "Other/A.swift", "A.swift",
    "Benchmarks/Sources/A/A.swift", "Sources/gone/c.c", "scripts/b.swift",
  ])
  func aFileOutsideEveryTargetIsDead(path: String) {
    #expect(dead(path))
  }

  @Test func filesWithNothingInThemAreDead() {
    func empty(_ path: String, _ text: String) -> Bool {
      !emptyFiles([TextFile(path: path, text: text)]).isEmpty
    }
    #expect(empty("A.swift", "// Only a comment\n\n/* and another */\n"))
    #expect(empty("a.txt", " \n"))
    #expect(!empty("A.swift", "// A\nlet a = 1\n"))
    #expect(!empty("a.txt", "// A"))
    #expect(!empty("x/.gitkeep", ""))
  }
}
