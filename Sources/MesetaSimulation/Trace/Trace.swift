// What happened: one number that two runs can be compared by, and text for people, made when somebody reads it.

package import MesetaProtocol
package import MesetaRuntime

/// The course of a simulation: a line an event, and a running hash over all events.
///
/// The hash is of the times, nodes, identifiers and main fields of what happened, the same in every process. Only the
/// newest events are kept, as values; they become text when ``lines`` are read.
public struct Trace: Equatable, Sendable {
  struct Entry: Sendable {
    var time: Instant
    var node: NodeID
    var happening: Happening
  }

  private var digest = Digest()
  /// How many events there are. What machines say for debugging is none: it is not said where nothing is kept.
  public private(set) var lineCount = 0
  /// How many events are kept; `nil`: all.
  public var keeps: Int? = 200 {
    didSet {
      entries = ordered.suffix(keeps ?? .max)
      oldest = 0
    }
  }
  /// Is given each line as it comes about: what stops the program is shown up to that.
  package var show: (@Sendable (String) -> Void)?
  /// The newest events, in a ring once there are as many as are kept.
  private var entries: [Entry] = []
  private var oldest = 0
  /// What the nodes are called.
  private var names: [String] = []

  /// Of all events so far.
  public var hash: UInt64 { digest.value }

  /// The newest events, for people; at most ``keeps``.
  public var lines: [String] {
    ordered.map { text(of: $0) }
  }

  private func text(of entry: Entry) -> String {
    "\(entry.time.text) \(names[entry.node.index]) \(entry.happening.text(names))"
  }

  private var ordered: [Entry] { Array(entries[oldest...] + entries[..<oldest]) }

  /// The same has happened, whatever is kept of it.
  public static func == (left: Trace, right: Trace) -> Bool {
    left.digest == right.digest && left.lineCount == right.lineCount
  }

  /// There is one node more.
  mutating func name(_ name: String) { names.append(name) }

  mutating func add(_ time: Instant, _ node: NodeID, _ happening: Happening) {
    if happening.counts {
      count(time, node)
      happening.absorb(into: &digest)
    }
    keep(time, node, happening)
  }

  /// The same for a message, of which no copy is made where none is kept.
  mutating func addDelivery(_ time: Instant, _ node: NodeID, _ message: borrowing Message, from: NodeID) {
    count(time, node)
    digest.absorb(UInt64(truncatingIfNeeded: from.index) << 32 | UInt64(message.kind.rawValue))
    message.absorb(into: &digest)
    if keeps != 0 { keep(time, node, .delivered(copy message, from: from)) }
  }

  private mutating func count(_ time: Instant, _ node: NodeID) {
    digest.absorb(UInt64(bitPattern: time.nanoseconds))
    digest.absorb(UInt64(truncatingIfNeeded: node.index))
    lineCount += 1
  }

  private mutating func keep(_ time: Instant, _ node: NodeID, _ happening: Happening) {
    let entry = Entry(time: time, node: node, happening: happening)
    show?(text(of: entry))
    guard let keeps, entries.count >= keeps else { return entries.append(entry) }
    guard keeps > 0 else { return }
    entries[oldest] = entry
    oldest = oldest + 1 == keeps ? 0 : oldest + 1
  }
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
