// The rules, run on this repository.

import Testing

@Suite struct TreeTests {
  /// Read once for all tests.
  static let tree = Result { try SourceTree.ofThisRepository() }

  private func report(_ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation) {
    for finding in findings {
      Issue.record(Comment(rawValue: finding.description), sourceLocation: sourceLocation)
    }
  }

  @Test func theWholeTreeIsRead() throws {
    let tree = try Self.tree.get()
    let paths = Set(tree.files.map(\.path))
    for path in ["Package.swift", "Makefile", ".ci/run", "Tests/TidyTests/TreeTests.swift"] {
      #expect(paths.contains(path))
    }
    #expect(tree.paths.contains("Sources/MesetaModel"))
  }

  @Test func arrowsPointDownAndTheCoreIsPure() throws {
    #expect(brokenRows(in: House.rooms) == [])
    report(try Self.tree.get().files.flatMap { forbiddenImports($0) })
  }

  @Test func filesAndFunctionsFitTheirLimits() throws {
    let code = try Self.tree.get().files.filter {
      ["swift", "c", "h", "sh", "py"].contains($0.fileExtension)
    }
    report(code.flatMap { overlongFile($0) + overlongFunctions($0) })
  }

  @Test func noForbiddenWords() throws {
    report(try Self.tree.get().files.flatMap { forbiddenWords($0) })
  }

  @Test func whatEmbeddersUseIsDocumented() throws {
    report(try Self.tree.get().files.flatMap { undocumentedDeclarations($0) })
  }

  @Test func noDeadFiles() throws {
    let files = try Self.tree.get().files
    report(filesOutsideTargets(files) + emptyFiles(files))
  }

  @Test func documentsPointAtWhatExists() throws {
    let tree = try Self.tree.get()
    let makefile = try #require(tree.files.first { $0.path == "Makefile" })
    let targets = makeTargets(in: makefile.text)
    report(tree.files.flatMap { deadLinks($0, in: tree) + deadPaths($0, in: tree) })
    report(tree.files.flatMap { deadMakeTargets($0, targets: targets) })
  }

  @Test func listingsOfDocumentsAreCompiled() throws {
    let tree = try Self.tree.get()
    report(tree.files.flatMap { uncompiledListings($0, in: tree) })
  }

  @Test func coverageTablesNameTestsThatExist() throws {
    let tree = try Self.tree.get()
    report(tree.files.flatMap { missingTests($0, in: tree) })
  }

  @Test func noWorkplacePaths() throws {
    report(try Self.tree.get().files.flatMap { workplacePaths($0) })
  }
}
