import MesetaRuntime

/// Counts the pings that an agent did not answer.
struct PingMonitor: Equatable, Codable, Sendable {
  enum Action: Equatable {
    case ping
    /// Too many pings in a row stayed unanswered.
    case giveUp
  }

  let limit: Int
  private(set) var unanswered = 0
  private var isWaiting = false

  init(limit: Int) { self.limit = max(1, limit) }

  /// Whether too many stayed unanswered.
  var isExhausted: Bool { unanswered >= limit }

  mutating func pong() {
    isWaiting = false
    unanswered = 0
  }

  /// The time to answer the last ping is over.
  mutating func elapsed() -> Action {
    if isWaiting {
      unanswered += 1
      if isExhausted { return .giveUp }
    }
    isWaiting = true
    return .ping
  }
}
