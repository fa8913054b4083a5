// What came of one simulation of a campaign.

import MesetaRuntime

/// How a trial went, and what it exercised. Codable, because trials are run by other processes.
package struct TrialOutcome: Hashable, Sendable, Codable {
  package var seed: UInt64
  /// What was wrong; nil: nothing.
  package var problem: String?
  /// In nanoseconds of virtual time.
  package var time: Int64
  /// Of everything that happened.
  package var hash: UInt64
  package var exercised: Tally
  /// The faults that struck, where something was wrong: which of them it takes is yet to be found.
  package var faults: [String] = []

  /// `problem` without what differs from run to run: two trials with the same failed alike.
  package static func kind(of problem: String) -> String {
    let words = problem.split(whereSeparator: { $0 == " " || $0 == "," || $0 == ";" })
    return words.filter { word in !word.contains(where: \.isNumber) }.joined(separator: " ")
  }
}

/// How often what happened, by name.
package struct Tally: Hashable, Sendable, Codable {
  /// By what they are counted under; ascending where it is printed.
  package private(set) var counts: [String: Int] = [:]

  package init() {}

  package subscript(name: String) -> Int {
    get { counts[name] ?? 0 }
    set { counts[name] = newValue }
  }

  package mutating func add(_ other: Tally) {
    for (name, count) in other.counts { counts[name, default: 0] += count }
  }

  /// What begins so, without that beginning, in the order of the names.
  package func group(_ prefix: String) -> [(name: String, count: Int)] {
    counts.filter { $0.key.hasPrefix(prefix) }.map { (String($0.key.dropFirst(prefix.count)), $0.value) }
      .sorted { $0.name < $1.name }
  }
}
