// What can be done with a stored registry besides running a master on it.

package import MesetaHost

/// A store whose entries operators look at, carry away and bring back.
package protocol RegistryArchive: Sendable {
  /// All entries, in the order of their keys, checked as far as the store can. Changes nothing.
  func entries() async throws(RegistryFailure) -> [RegistryEntry]

  /// Writes entries into a registry that is empty.
  ///
  /// - Throws: ``RegistryFailure`` if it is not, or if a master uses it.
  func fill(_ entries: [RegistryEntry]) async throws(RegistryFailure)

  /// Lets go of it.
  func close() async
}
