// A golden scenario as text: verbs at the left margin, what they bring about indented beneath them.

/// A line of a script that is kept as it is, with what follows from it where it is a verb.
struct ScriptLine {
  var text: String
  /// From 1.
  var number: Int
  /// The indented lines beneath, without their indentation.
  var expected: [String] = []

  /// Empty lines and comments do nothing.
  var isVerb: Bool { !text.isEmpty && !text.hasPrefix("#") }

  /// The words of a verb; what stands in quotation marks is one word, or part of one (`command="run 5s"`).
  var words: [String] {
    var words: [String] = []
    var word = ""
    var isQuoted = false
    for character in text {
      if character == "\"" {
        isQuoted.toggle()
      } else if character == " ", !isQuoted {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }
}

struct Script {
  var lines: [ScriptLine] = []

  init(_ text: String) {
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.hasPrefix("  ") {
        if !lines.isEmpty { lines[lines.count - 1].expected.append(String(line.dropFirst(2))) }
      } else {
        lines.append(ScriptLine(text: String(line), number: index + 1))
      }
    }
    while lines.last?.text.isEmpty == true { lines.removeLast() }
  }

  /// The script as it is written to its file.
  var text: String {
    lines.map { ([$0.text] + $0.expected.map { "  " + $0 }).joined(separator: "\n") + "\n" }.joined()
  }
}

/// The words of a verb, taken one after the other.
struct Arguments {
  private var words: ArraySlice<String>

  init(_ words: [String]) { self.words = words[...] }

  var isEmpty: Bool { words.isEmpty }

  mutating func next(_ what: String) throws -> String {
    guard let word = words.popFirst() else { throw ScriptError("\(what) is missing") }
    return word
  }

  /// The value of `NAME=VALUE` among the words that are left.
  mutating func value(_ name: String) -> String? {
    guard let index = words.firstIndex(where: { $0.hasPrefix(name + "=") }) else { return nil }
    return String(words.remove(at: index).dropFirst(name.count + 1))
  }

  /// Whether the word is among those that are left.
  mutating func flag(_ name: String) -> Bool {
    guard let index = words.firstIndex(of: name) else { return false }
    words.remove(at: index)
    return true
  }

  /// All words that are left.
  mutating func rest() -> [String] {
    defer { words = [] }
    return Array(words)
  }

  /// The words up to that one, which is left out.
  mutating func words(upTo stop: Set<String>) -> [String] {
    var taken: [String] = []
    while let word = words.first, !stop.contains(word) {
      taken.append(word)
      words.removeFirst()
    }
    return taken
  }
}

struct ScriptError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
