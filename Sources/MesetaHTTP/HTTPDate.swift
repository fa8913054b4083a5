// The time in the form of HTTP's header.

import MesetaHost
import MesetaRuntime
import Synchronization

/// `Sun, 22 Nov 2026 19:10:11 GMT`.
enum HTTPDate {
  private struct Written: Sendable {
    var second: Int64
    var text: String
  }

  private static let last = Mutex(Written(second: .min, text: ""))

  /// The time as of now. It is put into words once a second.
  static var now: String {
    let second = HostClock.now().wall / 1_000_000_000
    return last.withLock { last in
      if last.second != second { last = Written(second: second, text: text(second)) }
      return last.text
    }
  }

  /// The time so many seconds after the beginning of 1970.
  static func text(_ second: Int64) -> String {
    let days = second >= 0 ? second / 86_400 : (second - 86_399) / 86_400
    let time = second - days * 86_400
    // Years are counted from March on, so that a leap day is the last of its year; eras have 400 years.
    let day = days + 719_468
    let era = (day >= 0 ? day : day - 146_096) / 146_097
    let ofEra = day - era * 146_097
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * ofYear + 2) / 153
    let dayOfMonth = ofYear - (153 * month + 2) / 5 + 1
    let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
    let weekday = Int(((days % 7) + 11) % 7)
    return "\(weekdays[weekday]), \(padded(dayOfMonth)) \(months[Int(month)]) \(year) "
      + "\(padded(time / 3600)):\(padded(time / 60 % 60)):\(padded(time % 60)) GMT"
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb",
  ]

  private static func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
