// A Markdown page taken apart as far as the rules need it: prose, code, headings and links.

import Foundation

/// A Markdown page.
struct DocumentText {
  /// A piece of text with its line, counted from 1.
  struct Piece: Equatable {
    var text: String
    var line: Int
  }

  /// Lines outside fences, with inline code blanked.
  private(set) var prose: [Piece] = []
  /// What stands between backquotes.
  private(set) var inlineCode: [Piece] = []
  /// The lines inside fences.
  private(set) var fencedCode: [Piece] = []
  /// What GitHub calls the headings in addresses.
  private(set) var anchors: Set<String> = []

  init(_ text: String) {
    var fence: Substring?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let trimmed = line.drop { $0 == " " }
      let mark = trimmed.prefix { $0 == "`" || $0 == "~" }
      if let open = fence {
        if mark.count >= open.count, trimmed.dropFirst(mark.count).allSatisfy(\.isWhitespace) {
          fence = nil
        } else {
          fencedCode.append(Piece(text: String(line), line: index + 1))
        }
      } else if mark.count >= 3 {
        fence = mark
      } else {
        addProse(line, index + 1)
      }
    }
  }

  private mutating func addProse(_ line: Substring, _ number: Int) {
    let parts = line.split(separator: "`", omittingEmptySubsequences: false)
    var blanked = ""
    for (index, part) in parts.enumerated() {
      // An odd part stands between two backquotes, unless the second is missing.
      if index % 2 == 1, index < parts.count - 1 {
        inlineCode.append(Piece(text: String(part), line: number))
        blanked += String(repeating: " ", count: part.count)
      } else {
        blanked += part
      }
    }
    prose.append(Piece(text: blanked, line: number))
    let level = line.prefix { $0 == "#" }.count
    if (1...6).contains(level), line.dropFirst(level).first == " " {
      addAnchor(line.dropFirst(level).trimmingCharacters(in: .whitespaces))
    }
  }

  private mutating func addAnchor(_ heading: String) {
    let kept = heading.lowercased().filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }
    let base = kept.replacingOccurrences(of: " ", with: "-")
    var anchor = base
    var count = 0
    while !anchors.insert(anchor).inserted {
      count += 1
      anchor = "\(base)-\(count)"
    }
  }

  /// What links and images point at: `[…](target)`, `[…]: target`, and HTML's src, srcset and href.
  var links: [Piece] {
    prose.flatMap { piece in
      var targets: [String] = []
      for match in piece.text.matches(of: #/\]\(\s*<?([^)\s>]+)>?[^)]*\)/#) {
        targets.append(String(match.1))
      }
      if let match = piece.text.firstMatch(of: #/^\s*\[[^\]]+\]:\s*<?([^\s>]+)/#) {
        targets.append(String(match.1))
      }
      for match in piece.text.matches(of: #/(?:src|srcset|href)="([^"\s]+)/#) {
        targets.append(String(match.1))
      }
      for match in piece.text.matches(of: #/<(doc:[^>\s]+)>/#) { targets.append(String(match.1)) }
      return targets.map { Piece(text: $0, line: piece.line) }
    }
  }
}
