// How much is logged: asked, and changed for a while.

import HTTPTypes
import HummingbirdCore
import MesetaRuntime

/// Answers `/logging/toggle`, and the calls about the logging level.
struct LoggingEndpoint: Sendable {
  let verbosity: LogVerbosity

  var level: Int { verbosity.level }

  /// - Throws: ``HTTPRefusal`` if there is no such level, or no such time.
  func set(_ level: Int, for duration: Span) throws(HTTPRefusal) {
    if level < 0 { throw HTTPRefusal(.badRequest, "Invalid level '\(level)'.\n") }
    if duration < .zero {
      throw HTTPRefusal(.badRequest, "Invalid duration of \(duration.nanoseconds) nanoseconds.\n")
    }
    verbosity.set(level, for: duration)
  }

  func toggle(_ exchange: HTTPExchange) throws -> Response {
    switch (exchange.query("level"), exchange.query("duration")) {
    case (nil, nil): return .text(.ok, "\(level)\n")
    case (.some, nil): throw HTTPRefusal(.badRequest, "Expecting 'duration=value' in query.\n")
    case (nil, .some): throw HTTPRefusal(.badRequest, "Expecting 'level=value' in query.\n")
    case (.some(let level), .some(let duration)):
      guard let level = Int(level) else {
        throw HTTPRefusal(.badRequest, "Failed to convert '\(level)' to number.\n")
      }
      guard let span = Span(mesos: duration) else {
        throw HTTPRefusal(.badRequest, "Invalid duration '\(duration)': such as 10secs or 1.5hrs.\n")
      }
      try set(level, for: span)
      return .empty(.ok)
    }
  }
}
