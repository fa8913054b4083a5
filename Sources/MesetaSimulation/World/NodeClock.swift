// The clocks of a node, which need not agree with those of others.

public import MesetaRuntime

/// A clock that runs at a rate of its own, and shows any time of day.
struct NodeClock: Hashable, Sendable {
  /// How much faster than true time it runs, in millionths.
  private(set) var drift: Int64 = 0
  /// Since when it runs so, in true time, and what it showed then.
  private var since = Instant.zero
  private var shown = Instant.zero
  /// How far the clock on the wall is off, in nanoseconds.
  var wallOffset: Int64 = 0

  /// What it shows at a true time.
  func reading(at now: Instant) -> Instant {
    if drift == 0 && since == shown { return now }
    let passed = (now - since).nanoseconds
    return shown + Span(nanoseconds: passed + Self.part(passed, drift))
  }

  /// The first true time at which it shows that.
  func moment(of reading: Instant) -> Instant {
    if reading == .never || (drift == 0 && since == shown) { return reading }
    let passed = (reading - shown).nanoseconds
    var time = since + Span(nanoseconds: passed - Self.part(passed, drift * 1_000_000 / (1_000_000 + drift)))
    while self.reading(at: time) < reading {
      time = time + Span(nanoseconds: 1 + (reading - self.reading(at: time)).nanoseconds)
    }
    return time
  }

  /// Runs at another rate from now on.
  mutating func run(atDrift drift: Int64, from now: Instant) {
    (shown, since) = (reading(at: now), now)
    self.drift = drift
  }

  /// The clocks of a node for its machine.
  func time(at now: Instant) -> Time {
    let reading = reading(at: now)
    return Time(monotonic: reading, wall: Simulation.startOfTime + reading.nanoseconds + wallOffset)
  }

  /// So many millionths of a number.
  private static func part(_ number: Int64, _ millionths: Int64) -> Int64 {
    number / 1_000_000 * millionths + number % 1_000_000 * millionths / 1_000_000
  }
}

extension Simulation {
  /// The time as a node sees it. They started on the first of January 2026.
  func time(of node: NodeID) -> Time { nodes[node.index].clock.time(at: now) }

  /// Sets the clocks of a node.
  ///
  /// - Parameters:
  ///   - drift: By how many millionths they run faster than true time from now on; negative: slower.
  ///   - wall: By how much the clock on the wall is ahead of the others from now on; negative: behind.
  public mutating func setClock(_ name: NodeName, drift: Int64 = 0, wall: Span = .zero) {
    guard let id = node(name) else { return }
    note(id, "has its clock set: drift \(drift) ppm, \(wall) ahead")
    nodes[id.index].clock.run(atDrift: min(max(drift, -500_000), 1_000_000), from: now)
    nodes[id.index].clock.wallOffset = wall.nanoseconds
    if nodes[id.index].isUp { scheduleWake(id) }
  }
}
