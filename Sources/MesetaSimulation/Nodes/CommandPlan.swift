// What a simulated command does, said in the command's own text.

package import MesetaRuntime

/// How a simulated process goes: words of the command line, in any order.
///
/// - `run 5s` ends after that time, `run 250ms` likewise; without it the time is drawn, up to five seconds.
/// - `hold` runs until it is ended from outside.
/// - `hang` does the same and does not heed SIGTERM.
/// - `exit 3` ends with that status; without it the status is 0.
/// - `unlaunchable` does not even start.
/// - `executor` is a custom executor; `steady executor` is one that comes back when it has lost its session, and
///   `unruly executor` one that does not keep to the rules.
struct CommandPlan: Hashable, Sendable {
  /// How long it runs; nil: until it is ended from outside.
  var length: Span?
  var status: Int32 = 0
  var ignoresTermination = false
  var cannotStart = false
  var isExecutor = false
  var isSteady = false
  var isUnruly = false
  /// When it ends by itself, whatever it was to do.
  var earlyEnd: Span?

  init(parsing text: String, _ random: inout SeededGenerator) {
    let drawn = Span(nanoseconds: 1_000_000 + Int64(random.below(5_000_000_000)))
    self.length = drawn
    // Texts of their own, for parts of a text take ten times as long to compare.
    let isOneWord = !text.utf8.contains(UInt8(ascii: " "))
    let words = isOneWord ? [text] : text.split(separator: " ").map { String($0) }
    for index in words.indices {
      let next = index + 1 < words.count ? words[index + 1] : ""
      switch words[index] {
      case "run": length = next.isEmpty ? drawn : Span(parsing: next) ?? drawn
      case "hold": length = nil
      case "hang":
        length = nil
        ignoresTermination = true
      case "exit": status = Int32(next) ?? 1
      case "unlaunchable": cannotStart = true
      case "steady": isSteady = true
      case "unruly": isUnruly = true
      case "executor":
        length = nil
        isExecutor = true
      default: break
      }
    }
  }
}

extension Span {
  /// Reads `250ms`, `5s`, `10m` or `1h`; nil for anything else.
  package init?(parsing text: String) {
    let units: [(name: String, nanoseconds: Int64)] = [
      ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]
    for unit in units where text.hasSuffix(unit.name) {
      guard let count = Int64(text.dropLast(unit.name.count)), (0...1_000_000).contains(count) else {
        continue
      }
      self.init(nanoseconds: count * unit.nanoseconds)
      return
    }
    return nil
  }
}
