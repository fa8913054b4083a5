// Words that have no place in the sources, because of what they do: crash on input, hide a race, or make a run
// that cannot be replayed. A comment `// tidy: REASON` on the line or the one before it allows one.

import Foundation
import Glibc

/// A word and what to write in its place.
struct ForbiddenWord {
  let word: String
  let instead: String
  /// Whether it is a word of comments rather than of code.
  var isComment = false
}

/// Nowhere under Sources/.
let forbiddenEverywhere: [ForbiddenWord] = [
  ForbiddenWord(word: "try!", instead: "handle the error, or let it through with try"),
  ForbiddenWord(word: "fatalError(", instead: "throw, or return an outcome that says what was wrong"),
  ForbiddenWord(word: "@unchecked Sendable", instead: "make it a value, or guard it with a Mutex"),
  ForbiddenWord(word: "TODO", instead: "do it, or write an issue", isComment: true),
  ForbiddenWord(word: "FIXME", instead: "fix it, or write an issue", isComment: true),
]

/// Nowhere in a core room, where the same inputs must give the same effects.
let forbiddenInCore: [ForbiddenWord] = [
  ForbiddenWord(word: ".shuffled()", instead: "shuffle with the seeded generator of the state"),
  ForbiddenWord(word: ".shuffle()", instead: "shuffle with the seeded generator of the state"),
  ForbiddenWord(word: ".random(", instead: "draw with the seeded generator: using:"),
  ForbiddenWord(word: ".randomElement(", instead: "draw with the seeded generator: using:"),
  ForbiddenWord(word: "SystemRandomNumberGenerator", instead: "use the seeded generator of the state"),
  ForbiddenWord(word: ".hashValue", instead: "hashes differ from process to process: use a stable number"),
  ForbiddenWord(word: "ContinuousClock", instead: "take the time as an argument"),
  ForbiddenWord(word: "SuspendingClock", instead: "take the time as an argument"),
  ForbiddenWord(word: "Task.detached", instead: "return an effect, which the host performs"),
  ForbiddenWord(word: "Task {", instead: "return an effect, which the host performs"),
]

/// The words of both tables, as far as they concern this file.
func forbiddenWords(_ file: TextFile, rooms: [Room] = House.rooms) -> [Finding] {
  let components = file.components
  guard components.count > 2, components[0] == "Sources", file.fileExtension == "swift" else { return [] }
  let isCore = rooms.contains { $0.isCore && $0.name == components[1] }
  let words = isCore ? forbiddenEverywhere + forbiddenInCore : forbiddenEverywhere
  let text = file.code
  // Splitting into lines costs more than finding the words, and most files have none.
  let present = words.filter {
    !occurrences(of: $0.word, in: $0.isComment ? text.comments : text.code).isEmpty
  }
  if present.isEmpty { return [] }
  let codeLines = text.codeLines
  let commentLines = text.commentLines
  var findings: [Finding] = []
  for index in codeLines.indices {
    let reasons = commentLines[max(0, index - 1)...index]
    if reasons.contains(where: givesReason) { continue }
    for forbidden in present {
      let line = Array((forbidden.isComment ? commentLines[index] : codeLines[index]).utf8)
      guard
        occurrences(of: forbidden.word, in: line).contains(where: { counts(forbidden.word, at: $0, in: line) }
        )
      else { continue }
      findings.append(
        Finding(
          file: file.path, line: index + 1,
          message: "\(forbidden.word): \(forbidden.instead); "
            + "where it is truly right, say why with // tidy: REASON"))
    }
  }
  return findings
}

/// `// tidy:` without a reason allows nothing.
private func givesReason(_ comment: String) -> Bool {
  guard let mark = comment.range(of: "// tidy:") else { return false }
  return comment[mark.upperBound...].contains { !$0.isWhitespace }
}

/// Where a word stands as a word of its own: `Task` is no part of `ATask`.
func occurrences(of word: String, in bytes: [UInt8]) -> [Int] {
  let word = Array(word.utf8)
  guard let head = word.first, let tail = word.last else { return [] }
  return bytes.withUnsafeBytes { haystack in
    guard let base = haystack.baseAddress else { return [] }
    var found: [Int] = []
    var start = 0
    // memchr, because a debug build takes seconds to look at every byte of the tree.
    while start + word.count <= haystack.count,
      let hit = memchr(base + start, Int32(head), haystack.count - word.count + 1 - start)
    {
      let at = base.distance(to: UnsafeRawPointer(hit))
      start = at + 1
      guard memcmp(hit, word, word.count) == 0 else { continue }
      let end = at + word.count
      let continuesBefore = head.isIdentifier && at > 0 && haystack[at - 1].isIdentifier
      let continuesBehind = tail.isIdentifier && end < haystack.count && haystack[end].isIdentifier
      if !continuesBefore && !continuesBehind { found.append(at) }
    }
    return found
  }
}

/// Tells innocent uses of a word from the others.
private func counts(_ word: String, at offset: Int, in line: [UInt8]) -> Bool {
  switch word {
  case "Task {":
    // A type of that name may be extended, returned or stored: only an expression starts a task.
    guard let before = line[..<offset].last(where: { !$0.isBlank }) else { return true }
    if Array("=({[,;".utf8).contains(before) { return true }
    let words = line[..<offset].split { !$0.isIdentifier }
    return ["return", "await", "in", "else"].contains(String(decoding: words.last ?? [], as: UTF8.self))
  case ".random(", ".randomElement(":
    return occurrences(of: "using:", in: Array(line[offset...])).isEmpty
  default:
    return true
  }
}
