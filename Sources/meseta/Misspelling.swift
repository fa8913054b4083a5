// What somebody may have meant who mistyped a word.

/// A subcommand that does not exist, and the one that was probably meant.
struct UnknownSubcommand: CustomStringConvertible {
  let word: String
  let known: [String]

  /// Nil if the arguments begin with a subcommand that exists, or with none.
  init?(_ arguments: [String], known: [String]) {
    guard let word = arguments.first, !word.hasPrefix("-"), !known.contains(word) else { return nil }
    self.word = word
    self.known = known
  }

  var description: String {
    let suggestion = Misspelling.nearest(to: word, in: known).map { " (did you mean \"\($0)\"?)" } ?? ""
    return
      "Error: there is no subcommand \"\(word)\"\(suggestion)\nThere are \(known.joined(separator: ", ")). "
      + "See 'meseta --help' for more information."
  }
}

enum Misspelling {
  /// The word that differs least, if it differs by two letters at most and by fewer than it has.
  static func nearest(to word: String, in known: [String]) -> String? {
    let candidates = known.map { (distance: distance(Array(word), Array($0)), word: $0) }
    guard let best = candidates.min(by: { $0.distance < $1.distance }),
      best.distance <= 2, best.distance < word.count
    else { return nil }
    return best.word
  }

  /// How many letters have to be put in, taken out, replaced or exchanged with their neighbour (Damerau and Levenshtein).
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var rows = [Array(0...right.count)]
    for (i, letter) in left.enumerated() {
      var row = [i + 1]
      for (j, other) in right.enumerated() {
        var best = min(rows[i][j] + (letter == other ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other {
          best = min(best, rows[i - 1][j - 1] + 1)
        }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[left.count][right.count]
  }
}
