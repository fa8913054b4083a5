import MesetaModel

/// The offer constraints that the framework subscribes with, while the master may yet reject new ones.
struct ConstraintsBook: Sendable {
  private struct Question {
    var request: UInt64
    /// What holds if the master rejects them.
    var before: OfferConstraints
    /// Whether the subscription that is being asked for says them too.
    var isInSubscription = false
  }

  private(set) var current: OfferConstraints
  /// The newest that the master has not answered for.
  private var unanswered: Question?

  init(_ constraints: OfferConstraints) { current = constraints }

  /// The call that the master has not answered: it may never have arrived.
  var awaited: UInt64? { unanswered?.request }

  /// New ones were sent, or wait for a subscription; request 0: the answer will not be told apart from others.
  mutating func ask(_ constraints: OfferConstraints, request: UInt64) {
    unanswered =
      request == 0 ? nil : Question(request: request, before: unanswered?.before ?? current)
    current = constraints
  }

  /// The master has answered a call. Returns whether it was the newest constraints that it answered.
  @discardableResult
  mutating func answered(_ request: UInt64, isRejected: Bool) -> Bool {
    guard let question = unanswered, question.request == request else { return false }
    if isRejected { current = question.before }
    unanswered = nil
    return true
  }

  /// A subscription is asked for, with the newest.
  mutating func subscribing() -> OfferConstraints {
    unanswered?.isInSubscription = true
    return current
  }

  /// The master has taken the subscription. Returns the call that is to be sent, if there are newer ones by now.
  mutating func subscribed() -> UInt64? {
    if unanswered?.isInSubscription == true { unanswered = nil }
    return awaited
  }

  /// The master has refused the subscription, perhaps for constraints that it had not taken before. Returns the call that asked
  /// for these, which are given up; nil if there are none.
  mutating func subscriptionRefused() -> UInt64? {
    guard let question = unanswered, question.isInSubscription else { return nil }
    answered(question.request, isRejected: true)
    return question.request
  }
}
