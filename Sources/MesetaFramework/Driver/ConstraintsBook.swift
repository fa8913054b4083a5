import MesetaModel

/// The offer constraints that the framework subscribes with, while the master may yet reject new ones.
struct ConstraintsBook: Sendable {
  private(set) var current: OfferConstraints
  /// The newest that the master has not answered for, and what holds if it rejects them.
  private var unanswered: (request: UInt64, before: OfferConstraints)?

  init(_ constraints: OfferConstraints) { current = constraints }

  /// New ones were sent; request 0: the answer will not be told apart from others.
  mutating func ask(_ constraints: OfferConstraints, request: UInt64) {
    unanswered = request == 0 ? nil : (request, unanswered?.before ?? current)
    current = constraints
  }

  /// The master has answered a call. Returns whether it was the newest constraints that it answered.
  @discardableResult
  mutating func answered(_ request: UInt64, isRejected: Bool) -> Bool {
    guard let (asked, before) = unanswered, asked == request else { return false }
    if isRejected { current = before }
    unanswered = nil
    return true
  }
}
