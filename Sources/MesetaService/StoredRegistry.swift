// What masters have written down, for operators to look at, to carry away and to bring back.

import Foundation
import MesetaHost
public import MesetaModel
import MesetaRuntime
public import MesetaStorage
import MesetaWire

/// The registry of a cluster, read from where masters keep it.
public struct StoredRegistry: Sendable {
  /// Where a registry is.
  public enum Location: Sendable, CustomStringConvertible {
    /// In the work directory of a cluster's only master.
    case workDirectory(String)
    /// In ZooKeeper, for several masters.
    case zooKeeper(ZooKeeperAddress)

    /// `the registry in /var/lib/meseta`
    public var description: String {
      switch self {
      case .workDirectory(let path): "the registry in \(path)"
      case .zooKeeper(let address): "the registry at \(address)"
      }
    }
  }

  /// An agent as it is written down.
  public struct Agent: Sendable {
    /// The id that it was given.
    public var id: AgentID
    /// Empty for one that is unreachable or gone: it is not kept then.
    public var hostname: String
    /// What masters and operators made of it.
    public var state: State
    /// Since when it is unreachable or gone, in nanoseconds since the Unix epoch.
    public var since: Int64?

    /// What became of an agent.
    public enum State: String, Sendable {
      /// It is one of the cluster, whether or not it is connected.
      case admitted
      /// It is one of the cluster, and an operator took it out of use.
      case deactivated
      /// The same, and its tasks are being killed.
      case draining
      /// The same, and nothing is left on it.
      case drained
      /// It did not answer for long, and may come back.
      case unreachable
      /// It was given up for good.
      case gone
    }
  }

  private static let sessionTimeout = Span.seconds(10)

  private let contents: RegistryContents

  /// All agents by id, and after them those that were given up.
  public var agents: [Agent] {
    let record = contents.record
    let standings = Dictionary(record.standings.map { ($0.id, $0.standing) }) { first, _ in first }
    let agents = record.agents.map { agent in
      let standing: Agent.State? =
        switch standings[agent.id] {
        case nil: nil
        case .deactivated: .deactivated
        case .drained(let info): info.state == .drained ? .drained : .draining
        }
      return Agent(
        id: agent.id, hostname: agent.info?.hostname ?? "",
        state: agent.unreachableSince == nil ? standing ?? .admitted : .unreachable,
        since: agent.unreachableSince)
    }
    let gone = record.gone.map { Agent(id: $0.id, hostname: "", state: .gone, since: $0.since) }
    return (agents.sorted { $0.id < $1.id } + gone.sorted { $0.id < $1.id })
  }

  /// How much there is of what, in a line.
  public var summary: String {
    let record = contents.record
    let unreachable = record.agents.count { $0.info == nil }
    let machines = record.maintenance.schedule.windows.reduce(0) { $0 + $1.machines.count }
    return
      "\(record.agents.count - unreachable) agents, \(unreachable) unreachable, \(record.gone.count) gone; "
      + "\(record.quotas.count) quotas, \(record.weights.count) weights; \(machines) machines to be maintained"
  }

  /// Reads a registry, whether or not a master uses it, and changes nothing.
  ///
  /// - Throws: what is wrong with it, and what to do.
  public init(_ location: Location) async throws {
    contents = try await Self.withArchive(location, isShared: true) {
      try RegistryContents(try await $0.entries())
    }
  }

  /// All of it as JSON, in a form that later versions can read, too.
  public func json() throws -> [UInt8] { try contents.record.json() }

  /// Fills an empty registry with what ``json()`` wrote. No master may use it meanwhile.
  ///
  /// - Returns: how much of what there is.
  /// - Throws: what is wrong with the text or the registry, which is as it was.
  @discardableResult
  public static func fill(_ location: Location, withJSON json: [UInt8]) async throws -> String {
    let contents: RegistryContents
    do throws(WireError) {
      contents = RegistryContents(try RegistryExportRecord(json: json))
    } catch {
      throw RegistryFailure(.unreadable, "this is no export of a registry: \(error)")
    }
    try await withArchive(location, isShared: false) { try await $0.fill(contents.entries) }
    return try await StoredRegistry(location).summary
  }

  /// Has something done with a registry.
  ///
  /// - Parameter isShared: whether a master may use it meanwhile.
  private static func withArchive<Result>(
    _ location: Location, isShared: Bool, _ body: (any RegistryArchive) async throws -> Result
  ) async throws -> Result {
    let archive: any RegistryArchive =
      switch location {
      case .workDirectory(let path): try SQLiteRegistryStore(directory: path, isShared: isShared)
      case .zooKeeper(let address): ZooKeeperRegistryStore(address, sessionTimeout: sessionTimeout)
      }
    do {
      let result = try await body(archive)
      await archive.close()
      return result
    } catch {
      await archive.close()
      throw error
    }
  }
}
