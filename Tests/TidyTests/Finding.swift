// What a tidy rule reports.

/// A broken rule at a place, with what to do about it.
struct Finding: Equatable, CustomStringConvertible {
  /// Relative to the top of the repository.
  let file: String
  /// Counted from 1.
  let line: Int
  /// What is wrong, and what to do.
  let message: String

  var description: String { "\(file):\(line): \(message)" }
}
