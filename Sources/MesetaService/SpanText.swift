public import MesetaRuntime

extension Span {
  /// Reads a duration as Mesos writes it, `15secs`, `1.5mins`, `250ms`, or with the short units `s`, `m`, `h`.
  ///
  /// Nil for anything else, for a negative one, and for more than 292 years.
  public init?(text: String) {
    let number = text.prefix { $0.isNumber || $0 == "." }
    guard let value = Double(number), value >= 0 else { return nil }
    let scale: Double
    switch text.dropFirst(number.count) {
    case "ns": scale = 1
    case "us": scale = 1e3
    case "ms": scale = 1e6
    case "secs", "sec", "s": scale = 1e9
    case "mins", "min", "m": scale = 60e9
    case "hrs", "hr", "h": scale = 3600e9
    case "days", "d": scale = 86_400e9
    case "weeks", "w": scale = 604_800e9
    default: return nil
    }
    guard value * scale < 9.2e18 else { return nil }
    self.init(nanoseconds: Int64(value * scale))
  }

  /// The duration as Mesos writes it, which ``init(text:)`` reads.
  var mesosText: String {
    let units: [(String, Int64)] = [
      ("days", 86_400_000_000_000), ("hrs", 3_600_000_000_000), ("mins", 60_000_000_000),
      ("secs", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
    ]
    guard let (name, unit) = units.first(where: { nanoseconds.magnitude >= $0.1.magnitude }) else {
      return nanoseconds == 0 ? "0secs" : "\(nanoseconds)ns"
    }
    return nanoseconds % unit == 0
      ? "\(nanoseconds / unit)\(name)" : "\(Double(nanoseconds) / Double(unit))\(name)"
  }
}
