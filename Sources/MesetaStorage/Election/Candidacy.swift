// Who leads, and when to stop: the decisions, without clocks and connections.

package import MesetaRuntime

/// One attempt to lead, from the entry of a candidate's node until that is gone, or may be.
///
/// A candidate leads if its number is the lowest and ZooKeeper has confirmed its node a short while ago. ZooKeeper keeps the
/// node of a silent session for the session's time-out. The lease that a confirmation gives is shorter, and begins when it
/// was asked for: it has ended before another can lead.
package struct Candidacy: Hashable, Sendable {
  package enum Standing: Hashable, Sendable {
    case waiting
    case leading
    case over(reason: String)
  }

  package private(set) var standing = Standing.waiting
  /// When a leader has to stop that hears nothing more.
  package private(set) var leaseEnd = Instant.zero

  /// How long a lease lasts; zero before the candidate has entered.
  package private(set) var leaseLength = Span.zero

  private var node: ElectionNode?
  private var isFirst = false

  package init() {}

  /// The part of a session's time-out that a lease lasts. What is left is for servers of ZooKeeper: one tells the others
  /// which sessions it has heard of every half of a tick, and forgets to if it fails; a time-out has two ticks at least.
  package static func leaseLength(forTimeout timeout: Span) -> Span {
    Span(nanoseconds: timeout.nanoseconds / 3 * 2)
  }

  /// The candidate's node is there, and ends with a session of that time-out.
  package mutating func entered(_ node: ElectionNode, timeout: Span) {
    self.node = node
    leaseLength = Self.leaseLength(forTimeout: timeout)
  }

  /// A majority of the servers has agreed that the node was there, asked at a time.
  package mutating func confirmed(askedAt: Instant, at now: Instant) {
    passed(at: now)
    if case .over = standing { return }
    guard node != nil else { return }
    leaseEnd = max(leaseEnd, askedAt + leaseLength)
    decide(at: now)
  }

  /// These are the candidates.
  package mutating func listed(_ nodes: [ElectionNode], at now: Instant) {
    passed(at: now)
    guard let node else { return }
    guard nodes.contains(node) else { return end("its node \(node.name) is gone from ZooKeeper") }
    isFirst = nodes.min() == node
    decide(at: now)
  }

  /// Time goes by; to be called when a lease ends, and before anything is done that only a leader may do.
  package mutating func passed(at now: Instant) {
    guard standing == .leading, now >= leaseEnd else { return }
    end("ZooKeeper was not heard of for \(leaseLength)")
  }

  /// The session is over, or the candidate withdraws.
  package mutating func end(_ reason: String) {
    if case .over = standing { return }
    standing = .over(reason: reason)
    leaseEnd = .zero
  }

  private mutating func decide(at now: Instant) {
    switch standing {
    case .waiting where isFirst && now < leaseEnd: standing = .leading
    // Numbers only grow: it would have to be a node that somebody made by hand.
    case .leading where !isFirst: end("another candidate has a lower number")
    default: break
    }
  }
}
