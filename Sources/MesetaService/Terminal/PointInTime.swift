import Glibc

/// A point in time as people write it.
public enum PointInTime {
  /// Reads `2026-12-01T22:00:00Z`, `2026-12-01T22:00:00+01:00`, or without a zone `2026-12-01 22:00` on the clock on the wall
  /// here; seconds may be left out. Nanoseconds since the Unix epoch; nil for anything else.
  public static func parse(_ text: String) -> Int64? {
    var rest = Substring(text)
    guard let year = number(&rest, 4), take(&rest, "-"), let month = number(&rest, 2), take(&rest, "-"),
      let day = number(&rest, 2), (1...12).contains(month), (1...31).contains(day),
      take(&rest, "T") || take(&rest, " "),
      let hour = number(&rest, 2), take(&rest, ":"), let minute = number(&rest, 2), hour < 24, minute < 60
    else { return nil }
    var second: Int32 = 0
    if take(&rest, ":") {
      guard let given = number(&rest, 2), given < 60 else { return nil }
      second = given
    }
    var parts = tm()
    parts.tm_year = year - 1900
    parts.tm_mon = month - 1
    parts.tm_mday = day
    parts.tm_hour = hour
    parts.tm_min = minute
    parts.tm_sec = second
    parts.tm_isdst = -1
    guard let seconds = seconds(parts, zone: rest) else { return nil }
    let (nanoseconds, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    // The 31st of a month that has no 31st is no day.
    return overflow || !isDay(year, month, day) ? nil : nanoseconds
  }

  private static func isDay(_ year: Int32, _ month: Int32, _ day: Int32) -> Bool {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths: [Int32] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return day <= lengths[Int(month) - 1]
  }

  private static func seconds(_ parts: tm, zone: Substring) -> Int? {
    var parts = parts
    if zone.isEmpty { return mktime(&parts) }
    if zone == "Z" { return timegm(&parts) }
    var zone = zone
    let isEast = take(&zone, "+")
    guard isEast || take(&zone, "-"), let hours = number(&zone, 2) else { return nil }
    _ = take(&zone, ":")
    guard let minutes = number(&zone, 2), zone.isEmpty, hours < 24, minutes < 60 else { return nil }
    let offset = Int(hours) * 3600 + Int(minutes) * 60
    return timegm(&parts) - (isEast ? offset : -offset)
  }

  private static func number(_ text: inout Substring, _ digits: Int) -> Int32? {
    let part = text.prefix(digits)
    guard part.utf8.count == digits, part.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    text.removeFirst(digits)
    return Int32(part)
  }

  private static func take(_ text: inout Substring, _ character: Character) -> Bool {
    guard text.first == character else { return false }
    text.removeFirst()
    return true
  }
}
