import Glibc

/// Points in time for people, as the clock on their wall shows them.
public enum ClockText {
  /// `12:03:07`, with the day before it if it is another than that of `now`: `2026-11-25 12:03:07`.
  ///
  /// - Parameters:
  ///   - time: Nanoseconds since the Unix epoch.
  ///   - now: The same.
  public static func local(_ time: Int64, now: Int64) -> String {
    guard let point = parts(time), let present = parts(now) else { return "?" }
    let clock = [point.tm_hour, point.tm_min, point.tm_sec].map(twoDigits).joined(separator: ":")
    if point.tm_year == present.tm_year, point.tm_yday == present.tm_yday { return clock }
    let day = "\(point.tm_year + 1900)-\(twoDigits(point.tm_mon + 1))-\(twoDigits(point.tm_mday))"
    return "\(day) \(clock)"
  }

  private static func parts(_ time: Int64) -> tm? {
    var seconds = time_t(time / 1_000_000_000)
    var parts = tm()
    return localtime_r(&seconds, &parts) == nil ? nil : parts
  }

  private static func twoDigits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
