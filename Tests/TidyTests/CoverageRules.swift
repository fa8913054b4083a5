// Tables of the documentation that say which test of ours covers which test of Mesos.

/// Tests and scenarios that a coverage table names and that are not there. Such a table's first row is
/// `Mesos's test | ours | why`; what is ours stands in backquotes, as `Suite.test` or as `scenario name`.
func missingTests(_ file: TextFile, in tree: SourceTree) -> [Finding] {
  guard file.fileExtension == "md", file.text.contains("| Mesos's test | ours | why |") else { return [] }
  let known = KnownTests(tree)
  var isInTable = false
  return file.lines.enumerated().flatMap { index, line -> [Finding] in
    if !line.hasPrefix("|") { isInTable = false }
    if line == "| Mesos's test | ours | why |" { isInTable = true }
    let cells = line.split(separator: "|", omittingEmptySubsequences: false)
    guard isInTable, cells.count > 2 else { return [] }
    return quoted(cells[2]).filter { !known.contains($0) }.map { name in
      Finding(
        file: file.path, line: index + 1,
        message: "there is no test \(name): name the one that covers this now, or say why it is left out")
    }
  }
}

/// What stands in backquotes.
private func quoted(_ cell: Substring) -> [String] {
  cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
    .compactMap { $0 % 2 == 1 ? String($1) : nil }
}

/// The tests and the golden scenarios of a tree.
private struct KnownTests {
  private var names: Set<String> = []

  init(_ tree: SourceTree) {
    for file in tree.files where file.components.first == "Tests" {
      if file.fileExtension == "swift" { add(file) }
      if file.path.contains("/Scenarios/"), file.fileExtension == "txt" {
        names.insert("scenario " + file.name.dropLast(".txt".count))
      }
    }
  }

  /// Each suite, and each of its functions: those that follow it in the file.
  private mutating func add(_ file: TextFile) {
    var suite = ""
    for line in file.code.codeLines {
      let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
      for (word, next) in zip(words, words.dropFirst()) {
        if word == "struct" || word == "extension" {
          suite = String(next)
          names.insert(suite)
        } else if word == "func" {
          names.insert("\(suite).\(next)")
        }
      }
    }
  }

  func contains(_ name: String) -> Bool { names.contains(name) }
}
