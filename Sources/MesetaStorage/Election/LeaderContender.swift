// A master that wants to lead.

package import Logging
import MesetaHost
package import MesetaRuntime
import Synchronization

/// Stands for election once: from ``start()`` until ``untilOver()`` returns. Who wants to lead again needs another.
package final class LeaderContender: Sendable {
  private let address: ZooKeeperAddress
  private let record: [UInt8]
  private let sessionTimeout: Span
  private let logger: Logger
  private let candidacy = Mutex(Candidacy())
  private let bell = Bell()
  private let elected = OneTimeEvent()
  private let over = OneTimeEvent()
  private let left = OneTimeEvent()

  /// Whether it may act as the leader; asked before everything that a leader alone may do.
  package let lease = LeadershipLease()

  /// - Parameter record: the data of the candidate's node.
  package init(_ address: ZooKeeperAddress, record: [UInt8], sessionTimeout: Span, logger: Logger) {
    self.address = address
    self.record = record
    self.sessionTimeout = sessionTimeout
    self.logger = logger
  }

  package func start() { Task { await run() } }

  /// Returns when it leads, or when it has become impossible that it will.
  ///
  /// - Returns: whether it leads.
  package func untilElected() async -> Bool {
    await elected.wait()
    return standing == .leading
  }

  /// Returns when it may not lead (any more), with the reason.
  package func untilOver() async -> String {
    await over.wait()
    if case .over(let reason) = standing { return reason }
    return "it does not lead"
  }

  /// Gives the candidacy up; the node goes by and by.
  package func end(_ reason: String) { update { $0.end(reason) } }

  /// Gives the candidacy up. When this returns its node is gone, if ZooKeeper is reached.
  package func withdraw() async {
    update { $0.end("it has withdrawn") }
    await left.wait()
  }

  package var standing: Candidacy.Standing { candidacy.withLock { $0.standing } }

  private func update(_ body: (inout Candidacy) -> Void) {
    let standing = candidacy.withLock { candidacy in
      body(&candidacy)
      lease.extend(to: candidacy.standing == .leading ? candidacy.leaseEnd : .zero)
      return candidacy.standing
    }
    switch standing {
    case .waiting: break
    case .leading: elected.signal()
    case .over:
      over.signal()
      elected.signal()
      bell.ring()
    }
  }

  private var isOver: Bool { if case .over = standing { true } else { false } }

  // MARK: The session

  /// How often the lease is made longer: several times while it lasts. ZooKeeper may have agreed to another time-out.
  private var interval: Span {
    let agreed = candidacy.withLock { $0.leaseLength }
    let length = agreed == .zero ? Candidacy.leaseLength(forTimeout: sessionTimeout) : agreed
    return max(.milliseconds(20), Span(nanoseconds: length.nanoseconds / 6))
  }

  private func run() async {
    let ticks = Task { await tick() }
    var session: ZooKeeperSession?
    var entry = Entry.none
    var patience = Patience()
    bell.ring()
    for await _ in bell.rings {
      if isOver { break }
      do throws(ZooKeeperError) {
        if session == nil {
          session = try ZooKeeperSession.open(address, timeout: sessionTimeout) { [bell] in bell.ring() }
        }
        if let session { try await proceed(session, &entry) }
        patience = Patience()
      } catch {
        switch error.kind {
        case .connectionLoss:
          if patience.isOver(at: LeadershipLease.now()) { logger.warning("the election waits: \(error)") }
        case .noNode where entry.isMade: update { $0.end("its node is gone from ZooKeeper: \(error)") }
        default: update { $0.end("\(error)") }
        }
      }
    }
    ticks.cancel()
    await session?.close()
    left.signal()
  }

  /// Wakes the loop, and ends the lease when its time has come even if the loop waits for an answer.
  private func tick() async {
    while !Task.isCancelled, !isOver {
      try? await Task.sleep(nanoseconds: UInt64(interval.nanoseconds))
      update { $0.passed(at: LeadershipLease.now()) }
      bell.ring()
    }
  }

  /// Says when a problem that goes on is worth a word, the first time and then now and again.
  private struct Patience {
    private var next: Instant?

    mutating func isOver(at now: Instant) -> Bool {
      guard let next else {
        next = now + .seconds(2)
        return false
      }
      guard now >= next else { return false }
      self.next = now + .seconds(30)
      return true
    }
  }

  /// How far the candidate's node is.
  private enum Entry {
    case none
    /// It was asked for, and the answer was lost.
    case unknown
    case made(ElectionNode)

    var isMade: Bool { if case .made = self { true } else { false } }
  }

  private func proceed(_ session: ZooKeeperSession, _ entry: inout Entry) async throws(ZooKeeperError) {
    switch session.state {
    case .connecting: throw ZooKeeperError(.connectionLoss, "no server of ZooKeeper at \(address) is reached")
    case .over(let error): throw error
    case .connected: break
    }
    let node = try await enter(session, &entry)
    let asked = LeadershipLease.now()
    // A change, if an empty one: a server that has lost the others could answer a question, but not carry this out.
    try await session.multi([.check(address.node(node.name))])
    update { $0.confirmed(askedAt: asked, at: LeadershipLease.now()) }
    let names = try await session.children(of: address.path, watched: true)
    update { $0.listed(names.compactMap(ElectionNode.init), at: LeadershipLease.now()) }
  }

  private func enter(
    _ session: ZooKeeperSession, _ entry: inout Entry
  ) async throws(ZooKeeperError) -> ElectionNode {
    if case .made(let node) = entry { return node }
    var node: ElectionNode?
    if case .unknown = entry { node = try await findOwn(session) }
    if node == nil {
      try await session.createWithParents(address.path)
      entry = .unknown
      let path = try await session.create(
        address.node(ElectionNode.label + "_"), record, .numberedCandidate)
      node = ElectionNode(path.split(separator: "/").last.map(String.init) ?? "")
    }
    guard let node else {
      throw ZooKeeperError(.other(0), "ZooKeeper gave the candidate a name without a number")
    }
    entry = .made(node)
    update { $0.entered(node, timeout: session.timeout) }
    logger.info("the master stands for election as \(node.name) at \(address)")
    return node
  }

  /// The node that was made before the answer was lost, if it was.
  private func findOwn(_ session: ZooKeeperSession) async throws(ZooKeeperError) -> ElectionNode? {
    try await session.catchUp(address.path)
    for node in try await session.children(of: address.path).compactMap(ElectionNode.init)
    where node.label == ElectionNode.label {
      if try await session.exists(address.node(node.name))?.owner == session.id { return node }
    }
    return nil
  }
}
