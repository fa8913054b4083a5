// Swift listings in the documentation that no test or example compiles.

/// A fenced block of code.
private struct Listing {
  /// Of the fence's opening.
  var line: Int
  var language: String
  var lines: [Substring] = []
}

/// Swift listings of a page that stand in no Swift file of `tree` as they are printed. Their imports may stand elsewhere
/// in that file.
func uncompiledListings(_ file: TextFile, in tree: SourceTree) -> [Finding] {
  guard file.fileExtension == "md" else { return [] }
  let sources = tree.files.filter { source in
    source.fileExtension == "swift"
      && ["Tests/", "Examples/", "Benchmarks/"].contains { source.path.hasPrefix($0) }
  }
  return listings(of: file).filter { $0.language == "swift" }.compactMap { listing in
    let imports = Set(listing.lines.filter { $0.hasPrefix("import ") })
    let code = listing.lines.filter { !$0.hasPrefix("import ") }.drop { $0.isEmpty }.joined(separator: "\n")
    let isCompiled = sources.contains { source in
      source.text.contains(code) && imports.isSubset(of: source.lines)
    }
    if isCompiled { return nil }
    return Finding(
      file: file.path, line: listing.line,
      message:
        "no test or example compiles this listing: let it stand in one, word for word, with its imports")
  }
}

private func listings(of file: TextFile) -> [Listing] {
  var result: [Listing] = []
  var open: Listing?
  for (index, line) in file.lines.enumerated() {
    if line.hasPrefix("```") {
      if let listing = open { result.append(listing) }
      open = open == nil ? Listing(line: index + 1, language: String(line.dropFirst(3))) : nil
    } else {
      open?.lines.append(line)
    }
  }
  return result
}
