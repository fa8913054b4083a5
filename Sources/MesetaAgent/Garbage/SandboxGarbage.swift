// The sandboxes of runs that have ended, until they are removed.

internal import DequeModule
public import MesetaRuntime

/// A directory that a run has left.
public struct LeftSandbox: Hashable, Codable, Sendable {
  /// An absolute path.
  public var path: String
  /// The container that it was made for.
  public var containerID: String
  /// For how long nothing in it has changed.
  public var age: Span

  public init(path: String, containerID: String, age: Span) {
    self.path = path
    self.containerID = containerID
    self.age = age
  }
}

/// What a host finds out about the disk of the work directory.
public struct DiskSample: Hashable, Codable, Sendable {
  /// How full the disk is, 0 to 1; nil where that cannot be told.
  public var usage: Double?
  /// The sandboxes that are there, if they were asked for.
  public var sandboxes: [LeftSandbox]

  public init(usage: Double?, sandboxes: [LeftSandbox] = []) {
    self.usage = usage
    self.sandboxes = sandboxes
  }
}

/// Knows which sandboxes may be removed, the oldest first.
package struct SandboxGarbage: Codable, Sendable {
  private struct Entry: Codable, Sendable {
    var path: String
    var since: Instant
  }

  private var entries: Deque<Entry> = []
  /// How many the host is removing.
  package private(set) var underRemoval = 0

  /// How old a sandbox may become, as of the last look at the disk.
  package private(set) var allowedAge: Span?

  package init() {}

  /// How many there are, those that are being removed among them.
  package var count: Int { entries.count + underRemoval }

  /// A run ends now.
  package mutating func add(_ path: String, at now: Instant) {
    entries.append(Entry(path: path, since: now))
  }

  /// Sandboxes of earlier lives, which ended before all others.
  package mutating func add(left: [LeftSandbox], at now: Instant) {
    let known = Set(entries.map(\.path))
    let old = left.filter { !known.contains($0.path) }.sorted { ($1.age, $0.path) < ($0.age, $1.path) }
    entries = Deque(
      old.map { Entry(path: $0.path, since: Instant(nanoseconds: now.nanoseconds - $0.age.nanoseconds)) }
        + Array(entries))
  }

  /// Those whose run ended so long ago: the host removes them. None while it removes others.
  package mutating func take(olderThan age: Span, at now: Instant) -> [String] {
    var paths: [String] = []
    allowedAge = age
    if underRemoval > 0 { return paths }
    while let first = entries.first, now - first.since >= age {
      entries.removeFirst()
      paths.append(first.path)
    }
    underRemoval = paths.count
    return paths
  }

  /// The host is done; tells how many there were.
  package mutating func removed() -> Int {
    defer { underRemoval = 0 }
    return underRemoval
  }

  /// How long sandboxes are kept on a disk that is so full: less than the delay, in proportion to what is free beyond the headroom.
  package static func age(delay: Span, headroom: Double, usage: Double) -> Span {
    let part = max(0, 1 - headroom - usage)
    return part < 1 ? Span(nanoseconds: Int64(Double(delay.nanoseconds) * part)) : delay
  }
}
