// Where a master keeps what it must not forget.

public import MesetaMaster

/// Keeps what a master must not forget.
public protocol RegistryStore: Sendable {
  /// How many bytes are stored, as far as that is known.
  var bytes: Int? { get }

  /// Takes the registry over, and gives what is in it. What an earlier leader writes from then on is refused.
  ///
  /// - Throws: ``RegistryFailure`` if that cannot be, with what is stored left as it is.
  func recover() async throws -> RegistryState

  /// Writes operations, all or none of them, in order, and calls `completion` when they are durable or will never be.
  /// Never blocks; one write may be asked for before the last has completed, and completes after it. After a failure
  /// all that follow fail, too.
  func write(
    _ operations: [RegistryOperation],
    completion: @escaping @Sendable (Result<Void, RegistryFailure>) -> Void)
}

extension RegistryStore {
  /// Unknown.
  public var bytes: Int? { nil }
}

/// The registry cannot be read or written. A master must not go on without it.
public struct RegistryFailure: Error, Hashable, CustomStringConvertible {
  /// Why, in general.
  public enum Reason: Hashable, Sendable {
    /// Another master has taken the registry over.
    case deposed
    /// The store cannot be reached, or cannot take what is written.
    case unavailable
    /// What is stored is damaged, or was written by a later version.
    case unreadable
  }

  /// Why, in general.
  public let reason: Reason
  /// What was wrong, where, and what to do.
  public let description: String

  /// A failure.
  public init(_ reason: Reason, _ description: String) {
    self.reason = reason
    self.description = description
  }
}

/// Forgets everything with its process: for tests, and for clusters that start from nothing.
public struct InMemoryRegistryStore: RegistryStore {
  /// All are the same.
  public init() {}

  /// Nothing.
  public func recover() async throws -> RegistryState { RegistryState() }

  /// Completes at once.
  public func write(
    _ operations: [RegistryOperation],
    completion: @escaping @Sendable (Result<Void, RegistryFailure>) -> Void
  ) {
    completion(.success(()))
  }
}
