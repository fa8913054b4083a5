// Which target may import what: arrows point down, and the core knows no I/O.

/// What `import` lines bring in, with the line of each.
func imports(in code: CodeText) -> [(module: String, line: Int)] {
  code.codeLines.enumerated().flatMap { index, line in
    line.split(separator: ";").compactMap { statement -> (String, Int)? in
      var words = statement.split(whereSeparator: \.isWhitespace)
      let modifiers: Set<Substring> = ["public", "package", "internal", "private", "fileprivate"]
      while let first = words.first, first.hasPrefix("@") || modifiers.contains(first) { words.removeFirst() }
      guard words.first == "import", words.count >= 2 else { return nil }
      let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
      let path = kinds.contains(words[1]) && words.count >= 3 ? words[2] : words[1]
      return (String(path.prefix { $0 != "." }), index + 1)
    }
  }
}

/// The name, or the beginning of a name that ends in `*`.
func matches(_ module: String, _ pattern: String) -> Bool {
  pattern.hasSuffix("*") ? module.hasPrefix(pattern.dropLast()) : module == pattern
}

/// Everything below a room.
func roomsBelow(_ name: String, in rooms: [Room]) -> Set<String> {
  var below: Set<String> = []
  var open = [name]
  while let next = open.popLast() {
    for arrow in rooms.first(where: { $0.name == next })?.arrows ?? [] where below.insert(arrow).inserted {
      open.append(arrow)
    }
  }
  return below
}

/// A target without a row, and every import that its row does not allow.
func forbiddenImports(_ file: TextFile, rooms: [Room] = House.rooms) -> [Finding] {
  let components = file.components
  guard components.count > 2, components[0] == "Sources" else { return [] }
  let name = String(components[1])
  guard let room = rooms.first(where: { $0.name == name }) else {
    return [
      Finding(
        file: file.path, line: 1,
        message: "the target \(name) has no row in the table of rooms: "
          + "add it to Tests/TidyTests/House.swift, with what it may import")
    ]
  }
  guard file.fileExtension == "swift" else { return [] }
  let allowed = roomsBelow(name, in: rooms)
  return imports(in: file.code).compactMap { module, line in
    if module == name || allowed.contains(module) { return nil }
    if room.isCore, House.forbiddenInCore.contains(where: { matches(module, $0) }) {
      return Finding(
        file: file.path, line: line,
        message: "imports \(module), but \(name) is a core room, without I/O, clocks and locks: "
          + "take what it gives as an argument, or move the code to a host")
    }
    if (room.modules + House.collections).contains(where: { matches(module, $0) }) { return nil }
    return Finding(
      file: file.path, line: line,
      message: "imports \(module), which \(name) may not: move the code to a room that may, "
        + "or change the table in Tests/TidyTests/House.swift and say why in ARCHITECTURE.md")
  }
}

/// What is wrong with the table itself: arrows that point up or nowhere, and core rooms that are not.
func brokenRows(in rooms: [Room]) -> [String] {
  var broken: [String] = []
  for (index, room) in rooms.enumerated() {
    for arrow in room.arrows {
      guard let target = rooms.firstIndex(where: { $0.name == arrow }) else {
        broken.append("\(room.name): there is no room \(arrow)")
        continue
      }
      if target <= index { broken.append("\(room.name): the arrow to \(arrow) points up") }
      if room.isCore, !rooms[target].isCore {
        broken.append("\(room.name): a core room over \(arrow), which is not")
      }
    }
    for module in room.modules where room.isCore {
      if House.forbiddenInCore.contains(where: { matches(module, $0) }) {
        broken.append("\(room.name): a core room may not import \(module)")
      }
    }
  }
  return broken
}
