// What is said of a simulation that went wrong.

public import MesetaRuntime

/// A simulation that did not go as it should.
public struct SimulationFailure: Error, Hashable, CustomStringConvertible {
  /// What repeats it.
  public let seed: Seed
  /// When, since the start.
  public let after: Span
  /// What was wrong.
  public let problem: String
  /// The command that repeats it.
  public let replay: String
  /// All that happened, if `MESETA_TRACE=1` is in the environment.
  public let events: [String]

  /// What was wrong and when, with the seed, and a line with the command that repeats it; then the ``events``.
  ///
  ///     seed 0x5eed17 · after 12m04s virtual · 99 of 100 tasks finished
  ///     replay: MESETA_SEED=0x5eed17 swift test --filter everyCommandRunsAlthoughAgentsDie
  public var description: String {
    ([headline, "replay: \(replay)"] + events).joined(separator: "\n")
  }

  /// The first line of the description.
  var headline: String { "seed \(seed) · after \(after.clock) virtual · \(problem)" }

  /// Whether failures come with all that happened.
  static let showsEvents = TestEnvironment.variable("MESETA_TRACE") == "1"
}

extension Span {
  /// `12m04s`.
  var clock: String {
    let seconds = nanoseconds / 1_000_000_000
    let rest = seconds % 60
    return "\(seconds / 60)m\(rest < 10 ? "0" : "")\(rest)s"
  }
}
