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
}
