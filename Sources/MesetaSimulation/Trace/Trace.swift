// What happened, as text, and as one number that two runs can be compared by.

package import MesetaProtocol
package import MesetaRuntime

/// The course of a simulation: a line an event, and a running hash over all lines (FNV-1a, 64 bits).
public struct Trace: Hashable, Sendable {
  /// Of all lines so far, line ends included.
  public private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  /// How many lines there are.
  public private(set) var lineCount = 0
  /// The newest lines, for people; at most ``keeps``.
  public private(set) var lines: [String] = []
  /// How many lines are kept; `nil`: all.
  public var keeps: Int? = 200

  mutating func add(_ time: Instant, _ who: String, _ what: String) {
    let line = "\(time.text) \(who) \(what)"
    for byte in line.utf8 { absorb(byte) }
    absorb(10)
    lineCount += 1
    lines.append(line)
    if let keeps, lines.count > keeps * 2 { lines.removeFirst(lines.count - keeps) }
  }

  private mutating func absorb(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
}

extension Instant {
  /// Seconds with nine decimals.
  var text: String {
    let fraction = String(nanoseconds % 1_000_000_000)
    let zeros = String(repeating: "0", count: 9 - fraction.utf8.count)
    return "\(nanoseconds / 1_000_000_000).\(zeros)\(fraction)"
  }
}

/// Something that happened in a simulation.
package enum Observation {
  /// A message reached its node.
  case delivered(Message, from: NodeID, to: NodeID)
  case log(NodeID, LogLevel, String)
  /// Anything else, in words.
  case happened(NodeID, String)
}
