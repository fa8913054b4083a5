/// A line that shows how far something is: `████▌     612/1000 · 2 failed · 431 tasks/s · 41 s left`.
public struct ProgressBar: Sendable {
  private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

  /// The line for `done` of `total`, in at most `width` characters if that is enough for the text.
  ///
  /// - Parameters:
  ///   - notes: what else there is to say, in the order of importance.
  public static func line(done: Int, total: Int, notes: [String], width: Int) -> String {
    let text = (["\(done)/\(total)"] + notes).joined(separator: " · ")
    let room = min(40, width - text.count - 3)
    guard room >= 5 else { return text }
    let filled = total == 0 ? room * 8 : min(done, total) * room * 8 / total
    let bar = String(repeating: "█", count: filled / 8) + eighths[filled % 8]
    return " " + bar + String(repeating: " ", count: room - bar.count + 1) + text
  }

  /// A rate with three significant digits at most: `431`, `4.3`, `0.43`.
  public static func rate(_ perSecond: Double) -> String {
    guard perSecond.isFinite, perSecond >= 0, perSecond < 1e15 else { return "-" }
    if perSecond >= 100 { return "\(Int(perSecond))" }
    let scaled = Int(perSecond >= 10 ? perSecond * 10 : perSecond * 100)
    let (unit, digits) = perSecond >= 10 ? (10, 1) : (100, 2)
    let rest = String(scaled % unit)
    return "\(scaled / unit).\(String(repeating: "0", count: digits - rest.count))\(rest)"
  }

  /// A duration for people: `41 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
  public static func duration(seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    if whole < 48 * 3600 { return "\(whole / 3600) h \(whole % 3600 / 60) min" }
    return "\(whole / 86400) d \(whole % 86400 / 3600) h"
  }
}
