// The repository speaks of the project alone: no path of one person's or one machine's working place.

/// Paths outside the repository that only exist where it was written. Joined here, or this file would break
/// its own rule.
private let workplaces = ["work", "opt/swift"].map { "/" + $0 }

/// Absolute paths of a workplace.
func workplacePaths(_ file: TextFile) -> [Finding] {
  guard workplaces.contains(where: file.text.contains) else { return [] }
  return file.lines.enumerated().flatMap { index, line -> [Finding] in
    let bytes = Array(line.utf8)
    return workplaces.filter { place in isAbsolute(place, in: bytes) }.map { place in
      Finding(
        file: file.path, line: index + 1,
        message:
          "\(place) is a path of one machine: make it relative to the repository, or find it at run time")
    }
  }
}

/// Whether the path starts here, rather than going on from another: `$HOME/x` and `a/x` are not `/x`.
private func isAbsolute(_ place: String, in line: [UInt8]) -> Bool {
  occurrences(of: place, in: line).contains { at in
    let end = at + place.utf8.count
    // `/swift-x` is another folder, and `/work` alone is too common a word for a folder to be refused.
    guard end < line.count, line[end] == UInt8(ascii: "/") else { return false }
    return at == 0 || !(line[at - 1].isIdentifier || Array(".-})~/".utf8).contains(line[at - 1]))
  }
}
