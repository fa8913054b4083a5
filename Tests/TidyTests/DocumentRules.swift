// Documentation that points at nothing: links, images, paths and commands that are not there.

import Foundation

/// Links and images to files and headings of the repository that do not exist.
func deadLinks(_ file: TextFile, in tree: SourceTree) -> [Finding] {
  guard file.fileExtension == "md" else { return [] }
  let document = DocumentText(file.text)
  return document.links.compactMap { link in
    if link.text.hasPrefix("doc:") { return deadSymbol(link, of: file, in: tree) }
    if link.text.firstMatch(of: #/^[A-Za-z][A-Za-z0-9+.-]*:/#) != nil { return nil }
    let parts = link.text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let target = String(parts[0])
    let anchor = parts.count > 1 ? String(parts[1]) : nil
    var page: DocumentText? = document
    if !target.isEmpty {
      guard let path = resolve(target, from: file.path), tree.holds(path) else {
        return Finding(
          file: file.path, line: link.line,
          message: "the link to \(link.text) is dead: correct it, or remove it")
      }
      page = path.hasSuffix(".md") ? tree.files.first { $0.path == path }.map { DocumentText($0.text) } : nil
    }
    if let anchor, let page, !page.anchors.contains(anchor.removingPercentEncoding ?? anchor) {
      return Finding(
        file: file.path, line: link.line,
        message: "the link to \(link.text) names no heading of that page: its headings are "
          + page.anchors.sorted().map { "#" + $0 }.joined(separator: ", "))
    }
    return nil
  }
}

/// DocC's own links: to an article, a module or a declared type.
private func deadSymbol(_ link: DocumentText.Piece, of file: TextFile, in tree: SourceTree) -> Finding? {
  let path = link.text.dropFirst("doc:".count).prefix { $0 != "#" }
  guard let last = path.split(separator: "/").last else { return nil }
  let name = String(last.prefix { $0 != "(" })
  let isPage = tree.paths.contains { $0.hasSuffix("/\(name).md") || $0 == "Sources/\(name)" }
  let declarations = [
    "struct", "class", "enum", "protocol", "actor", "typealias", "func", "case", "var", "let",
  ]
  let isSymbol = tree.files.contains { source in
    source.fileExtension == "swift" && source.path.hasPrefix("Sources/")
      && declarations.contains { !occurrences(of: "\($0) \(name)", in: Array(source.text.utf8)).isEmpty }
  }
  if isPage || isSymbol { return nil }
  return Finding(
    file: file.path, line: link.line,
    message: "there is no article or symbol \(name): correct the link, or remove it")
}

/// Where a link from a page leads, or nil if it leaves the repository. A leading `/` is its top.
func resolve(_ target: String, from page: String) -> String? {
  let target = target.removingPercentEncoding ?? target
  var components = target.hasPrefix("/") ? [] : Array(page.split(separator: "/").dropLast())
  for part in target.split(separator: "/") {
    switch part {
    case ".": break
    case "..":
      if components.isEmpty { return nil }
      components.removeLast()
    default: components.append(part)
    }
  }
  return components.joined(separator: "/")
}

extension SourceTree {
  /// Whether there is such a file or folder; the top of the repository is the empty path.
  func holds(_ path: String) -> Bool { path.isEmpty || paths.contains(path) }
}

/// Paths in backquotes, such as `Sources/MesetaModel/Scalar.swift`, that are not in the repository.
func deadPaths(_ file: TextFile, in tree: SourceTree) -> [Finding] {
  guard file.fileExtension == "md" else { return [] }
  return DocumentText(file.text).inlineCode.compactMap { piece in
    guard
      piece.text.wholeMatch(of: #/(Sources|Tests|Examples|Benchmarks|scripts|\.ci)/[A-Za-z0-9_+./-]+/#) != nil
    else { return nil }
    let path = piece.text.hasSuffix("/") ? String(piece.text.dropLast()) : piece.text
    if tree.holds(path) || path.contains("/.build") { return nil }
    return Finding(
      file: file.path, line: piece.line, message: "there is no \(piece.text): correct the path, or remove it")
  }
}

/// The targets of a Makefile.
func makeTargets(in makefile: String) -> Set<String> {
  var targets: Set<String> = []
  for line in makefile.split(separator: "\n") {
    guard let match = line.firstMatch(of: #/^([a-z][a-z0-9 -]*):([^=]|$)/#) else { continue }
    targets.formUnion(match.1.split(separator: " ").map(String.init))
  }
  return targets
}

/// `make` commands in a page's code whose target is not in the Makefile. Prose may make anything.
func deadMakeTargets(_ file: TextFile, targets: Set<String>) -> [Finding] {
  guard file.fileExtension == "md" else { return [] }
  let document = DocumentText(file.text)
  return (document.inlineCode + document.fencedCode).flatMap { piece -> [Finding] in
    makeGoals(of: piece.text).filter { !targets.contains($0) }.map { goal in
      Finding(
        file: file.path, line: piece.line,
        message: "the Makefile has no target \(goal); it has \(targets.sorted().joined(separator: ", "))")
    }
  }.sorted { $0.line < $1.line }
}

/// What a shell line asks make for: the words after `make` that are neither options nor variables.
private func makeGoals(of command: String) -> [String] {
  let code = command.prefix { $0 != "#" }
  return code.split(whereSeparator: { "&|;".contains($0) }).flatMap { part -> [String] in
    var words = part.split(whereSeparator: \.isWhitespace)
    while let first = words.first, first == "$" || first == "sudo" || first.contains("=") {
      words.removeFirst()
    }
    guard words.first == "make" else { return [] }
    return words.dropFirst().filter { $0.wholeMatch(of: #/[a-z][a-z0-9-]*/#) != nil }.map(String.init)
  }
}
