// Finds the master that leads.

public import Logging
public import MesetaRuntime
import Synchronization

/// Keeps an eye on who leads. While ZooKeeper is not reached, the one that led last counts.
public final class LeaderDetector: Sendable {
  /// Where the candidates are.
  public let address: ZooKeeperAddress
  private let board = Board()
  private let task: Task<Void, Never>

  /// Begins to look.
  public init(_ address: ZooKeeperAddress, sessionTimeout: Span = .seconds(10), logger: Logger) {
    self.address = address
    let search = Search(address: address, sessionTimeout: sessionTimeout, logger: logger, board: board)
    task = Task { await search.run() }
  }

  deinit { task.cancel() }

  /// Stops looking, and ends the session with ZooKeeper.
  public func close() async {
    task.cancel()
    await task.value
  }

  /// Who leads, as far as is known.
  public var leader: Leader? { board.leader }

  /// Why nobody is known to lead.
  package var problem: String { board.problem ?? "no master leads at \(address)" }

  /// Calls `observer` whenever another leads than before, or nobody does, until ``forget(_:)``.
  package func observe(_ observer: @escaping @Sendable (Leader?) -> Void) -> UInt64 { board.add(observer) }

  package func forget(_ observer: UInt64) { board.remove(observer) }

  /// Returns a leader that is not the named candidate as soon as there is one; nil if there is none in time.
  package func leader(otherThan candidate: String? = nil, within time: Span) async -> Leader? {
    let bell = Bell()
    let observer = observe { _ in bell.ring() }
    let timer = Task {
      try? await Task.sleep(nanoseconds: UInt64(max(0, time.nanoseconds)))
      bell.end()
    }
    defer {
      timer.cancel()
      forget(observer)
    }
    bell.ring()
    for await _ in bell.rings {
      if let leader, leader.candidate != candidate { return leader }
    }
    return nil
  }
}

/// What is known of the leader, and who wants to know.
private final class Board: Sendable {
  private struct Inside {
    var leader: Leader?
    var problem: String?
    /// In the order of their numbers.
    var observers: [(number: UInt64, tell: @Sendable (Leader?) -> Void)] = []
    var lastNumber: UInt64 = 0
  }

  private let inside = Mutex(Inside())

  var leader: Leader? { inside.withLock { $0.leader } }
  var problem: String? { inside.withLock { $0.problem } }

  /// Whether that is news.
  func post(_ leader: Leader?, problem: String? = nil) -> Bool {
    let observers = inside.withLock { inside -> [@Sendable (Leader?) -> Void]? in
      inside.problem = problem
      guard inside.leader != leader else { return nil }
      inside.leader = leader
      return inside.observers.map(\.tell)
    }
    for tell in observers ?? [] { tell(leader) }
    return observers != nil
  }

  func report(_ problem: String) { inside.withLock { $0.problem = problem } }

  func add(_ observer: @escaping @Sendable (Leader?) -> Void) -> UInt64 {
    inside.withLock { inside in
      inside.lastNumber += 1
      inside.observers.append((inside.lastNumber, observer))
      return inside.lastNumber
    }
  }

  func remove(_ observer: UInt64) { inside.withLock { $0.observers.removeAll { $0.number == observer } } }
}

/// The loop that looks for the leader.
private struct Search {
  let address: ZooKeeperAddress
  let sessionTimeout: Span
  let logger: Logger
  let board: Board

  func run() async {
    board.report("ZooKeeper at \(address) has not answered yet")
    while !Task.isCancelled {
      do throws(ZooKeeperError) {
        try await follow()
      } catch {
        board.report("\(error)")
        logger.warning("the search for the leading master begins anew: \(error)")
      }
      try? await Task.sleep(nanoseconds: 500_000_000)
    }
  }

  /// Follows who leads for the life of one session.
  private func follow() async throws(ZooKeeperError) {
    let bell = Bell()
    let session = try ZooKeeperSession.open(address, timeout: sessionTimeout) { bell.ring() }
    var failure: ZooKeeperError?
    bell.ring()
    for await _ in bell.rings {
      do throws(ZooKeeperError) {
        try await look(session, bell)
      } catch {
        if error.kind != .connectionLoss {
          failure = error
          break
        }
      }
    }
    await session.close()
    if let failure { throw failure }
  }

  private func look(_ session: ZooKeeperSession, _ bell: Bell) async throws(ZooKeeperError) {
    switch session.state {
    case .connecting: return
    case .over(let error): throw error
    case .connected: break
    }
    // Nobody may have stood for election yet.
    guard try await session.exists(address.path, watched: true) != nil else { return tell(nil) }
    let names = try await session.children(of: address.path, watched: true)
    guard let first = ElectionNode.leader(among: names) else { return tell(nil) }
    if board.leader?.candidate == first.name { return }
    do throws(ZooKeeperError) {
      let data = try await session.get(address.node(first.name)).data
      read(data, of: first)
    } catch {
      guard error.kind == .noNode else { throw error }
      bell.ring()
    }
  }

  private func read(_ data: [UInt8], of node: ElectionNode) {
    do {
      tell(try Leader(json: data, of: node))
    } catch {
      let problem =
        "what the leading candidate \(node.name) at \(address) says of itself cannot be read: \(error)"
      logger.error("\(problem)")
      _ = board.post(nil, problem: problem)
    }
  }

  private func tell(_ leader: Leader?) {
    guard board.post(leader) else { return }
    logger.info("\(leader.map { "the master at \($0.name) leads" } ?? "no master leads")")
  }
}
