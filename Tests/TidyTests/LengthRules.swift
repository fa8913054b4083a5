// How long a file and a function may be.

/// A file that has grown past the limit.
func overlongFile(_ file: TextFile, limit: Int = House.longestFile) -> [Finding] {
  let count = file.text.hasSuffix("\n") ? file.lines.count - 1 : file.lines.count
  guard count > limit, !file.isGenerated else { return [] }
  return [
    Finding(
      file: file.path, line: limit + 1,
      message:
        "the file has \(count) lines, the limit is \(limit): it is probably two concepts, give each a file")
  ]
}

/// Functions that do not fit a screen or two.
func overlongFunctions(_ file: TextFile, limit: Int = House.longestFunction) -> [Finding] {
  if file.isGenerated { return [] }
  let spans: [FunctionSpan]
  switch file.fileExtension {
  case "swift": spans = swiftFunctions(in: file.code)
  case "c", "h": spans = cFunctions(in: file.code)
  default: return []
  }
  return spans.filter { $0.count > limit }.map { span in
    Finding(
      file: file.path, line: span.first,
      message:
        "\(span.name) has \(span.count) lines, the limit is \(limit): name its steps and make them functions")
  }
}

/// Where a function stands.
struct FunctionSpan: Equatable {
  var name: String
  /// The line of its name, counted from 1.
  var first: Int
  /// The line of its closing brace.
  var last: Int
  var count: Int { last - first + 1 }
}

/// Functions, initialisers, subscripts and computed properties that have a body. It follows braces, not the
/// grammar: branches of `#if` that open a brace twice would mislead it.
func swiftFunctions(in text: CodeText) -> [FunctionSpan] {
  let code = text.code
  var spans: [FunctionSpan] = []
  var line = 1
  var at = 0
  while at < code.count {
    if code[at] == .newline { line += 1 }
    guard code[at].isIdentifier, at == 0 || !(code[at - 1].isIdentifier || code[at - 1] == UInt8(ascii: "."))
    else {
      at += 1
      continue
    }
    let end = code[at...].firstIndex { !$0.isIdentifier } ?? code.count
    let word = String(decoding: code[at..<end], as: UTF8.self)
    if let opening = bodyStart(of: word, from: end, in: code),
      let closing = matchingBrace(of: opening, in: code)
    {
      let breaks = code[at..<closing].reduce(0) { $0 + ($1 == .newline ? 1 : 0) }
      spans.append(FunctionSpan(name: name(of: word, from: end, in: code), first: line, last: line + breaks))
    }
    at = end
  }
  return spans
}

/// The opening brace of what a keyword declares, or nil if it declares nothing that has a body.
private func bodyStart(of keyword: String, from start: Int, in code: [UInt8]) -> Int? {
  let next = code[start...].first { !$0.isBlank } ?? 0
  switch keyword {
  case "func", "deinit", "subscript", "var": break
  case "init": guard Array("(<?!".utf8).contains(next) else { return nil }
  default: return nil
  }
  var depth = 0
  for at in start..<code.count {
    switch code[at] {
    case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: ")"), UInt8(ascii: "]"):
      depth -= 1
      if depth < 0 { return nil }
    case _ where depth > 0: break
    case UInt8(ascii: "{"): return at
    case UInt8(ascii: "}"), UInt8(ascii: ";"): return nil
    case UInt8(ascii: "=") where keyword == "var": return nil
    case .newline where !signatureContinues(at, in: code): return nil
    default: break
    }
  }
  return nil
}

/// Whether a declaration goes on after this line break.
private func signatureContinues(_ lineBreak: Int, in code: [UInt8]) -> Bool {
  let before = code[..<lineBreak].last { !$0.isBlank } ?? 0
  if Array(",:&>=".utf8).contains(before) { return true }
  guard let next = code[lineBreak...].firstIndex(where: { !$0.isBlank }) else { return false }
  if code[next] == UInt8(ascii: "{") || code[next] == UInt8(ascii: "-") || code[next] == UInt8(ascii: "(") {
    return true
  }
  let word = String(decoding: code[next...].prefix { $0.isIdentifier }, as: UTF8.self)
  return ["where", "throws", "rethrows", "async"].contains(word)
}

private func matchingBrace(of opening: Int, in code: [UInt8]) -> Int? {
  var depth = 0
  for at in opening..<code.count {
    if code[at] == UInt8(ascii: "{") { depth += 1 }
    if code[at] == UInt8(ascii: "}") {
      depth -= 1
      if depth == 0 { return at }
    }
  }
  return nil
}

private func name(of keyword: String, from start: Int, in code: [UInt8]) -> String {
  guard keyword == "func" || keyword == "var" else { return keyword }
  let rest = code[start...].drop { $0.isBlank }
  return String(decoding: rest.prefix { !$0.isBlank && !Array("(<:".utf8).contains($0) }, as: UTF8.self)
}

/// C functions: a brace outside all others, after a parenthesis and no `=`.
func cFunctions(in code: CodeText) -> [FunctionSpan] {
  var spans: [FunctionSpan] = []
  var depth = 0
  var declaration: [UInt8] = []
  var first = 1
  var open: FunctionSpan?
  for (index, line) in withoutDirectives(code.codeLines).enumerated() {
    for byte in line.utf8 {
      switch byte {
      case UInt8(ascii: "{"):
        if depth == 0, declaration.contains(UInt8(ascii: "(")), !declaration.contains(UInt8(ascii: "=")) {
          let words = declaration.prefix { $0 != UInt8(ascii: "(") }.split { !$0.isIdentifier }
          open = FunctionSpan(
            name: String(decoding: words.last ?? [], as: UTF8.self), first: first, last: index + 1)
        }
        depth += 1
        declaration = []
      case UInt8(ascii: "}"):
        depth -= 1
        if depth == 0, var span = open {
          span.last = index + 1
          spans.append(span)
          open = nil
        }
      case UInt8(ascii: ";") where depth == 0: declaration = []
      case _ where depth == 0 && !(declaration.isEmpty && byte.isBlank):
        if declaration.isEmpty { first = index + 1 }
        declaration.append(byte)
      default: break
      }
    }
    if !declaration.isEmpty { declaration.append(.space) }
  }
  return spans
}

/// Blanks preprocessor lines and what continues them: a macro's braces are no function's.
private func withoutDirectives(_ lines: [String]) -> [String] {
  var continues = false
  return lines.map { line in
    let isDirective = continues || line.first { !$0.isWhitespace } == "#"
    continues = isDirective && line.hasSuffix("\\")
    return isDirective ? "" : line
  }
}
