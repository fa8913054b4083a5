// What embedders may use is documented where it is declared.

/// Public declarations of documented rooms without a comment that begins with `///`. Cases of an enum may go by their name.
func undocumentedDeclarations(_ file: TextFile, rooms: [String] = House.documentedRooms) -> [Finding] {
  let components = file.components
  guard components.count > 2, components[0] == "Sources", rooms.contains(String(components[1])),
    file.fileExtension == "swift"
  else { return [] }
  let lines = file.lines.map { $0.drop { $0 == " " } }
  return lines.indices.compactMap { index in
    guard declaresPublicly(lines[index]) else { return nil }
    let above = lines[..<index].last { !$0.hasPrefix("@") } ?? ""
    if above.hasPrefix("///") { return nil }
    return Finding(
      file: file.path, line: index + 1,
      message: "\(lines[index].prefix(60)): say what it is for in a comment that begins with ///")
  }
}

/// Whether a line begins a declaration that other packages see.
private func declaresPublicly(_ line: Substring) -> Bool {
  let words = line.split(separator: " ").drop { $0.hasPrefix("@") }
  guard words.first == "public" else { return false }
  let modifiers: Set<Substring> = [
    "static", "final", "mutating", "convenience", "indirect", "nonisolated", "override", "private(set)",
    "internal(set)", "package(set)",
  ]
  guard let keyword = words.dropFirst().first(where: { !modifiers.contains($0) }) else { return false }
  let kinds = ["var", "let", "func", "init", "struct", "enum", "class", "protocol", "typealias", "subscript"]
  return kinds.contains { keyword == $0 || keyword.hasPrefix($0 + "(") || keyword.hasPrefix($0 + "?") }
}
