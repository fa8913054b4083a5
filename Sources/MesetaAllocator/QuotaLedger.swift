// The account of a role against its quota.

/// What a role is promised, what it may have at most, and how far it is from either. All of it is about the role and
/// the roles below it together.
struct QuotaLedger: Codable, Sendable {
  var guarantee = Quantities()
  var limit = Ceiling.unbounded
  /// Whether the role has no quota.
  var isDefault = true
  /// What is reserved for the role or below it on all agents, in use or not.
  var reserved = Quantities()

  /// The sum of what the roles below are kept.
  var keptBelow = Quantities()
  /// What is kept for the guarantee of this role beside that.
  var kept = Quantities()
  /// The roles below that want offers and whose guarantees are not met, with the ranks that they have among all.
  var needy = Sorter()
  /// Whether this role is one of these.
  var isNeedy = false
  /// Whether so little is left to the limit that no offer can be made of unreserved resources. Such roles come after
  /// all others.
  var isExhausted = false
  /// How many subscriptions here and below say for themselves how much an offer has to hold: for these a role is
  /// never exhausted.
  var customMinimums = 0
}
