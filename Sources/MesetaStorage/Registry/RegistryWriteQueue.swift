// What a store has been asked to write and has not begun to.

import MesetaHost
import MesetaMaster
import MesetaModel
import Synchronization

/// Collects what is asked for while a write is under way, to be written together after it.
final class RegistryWriteQueue: Sendable {
  typealias Completion = @Sendable (Result<Void, RegistryFailure>) -> Void

  /// What was asked for at once, as changes.
  struct Write {
    var changes: [RegistryChange]
    var completion: Completion
  }

  private struct Waiting {
    var writes: [(operations: [RegistryOperation], completion: Completion)] = []
    var isWriting = false
  }

  private let waiting = Mutex(Waiting())
  /// Used by the one that writes. Apart, so that no master waits while entries are encoded.
  private let journal = Mutex(RegistryJournal(RegistryState()))
  private let sizes = Mutex(RegistrySizes())
  private let failed = Mutex<RegistryFailure?>(nil)

  /// Why nothing can be written any more; nil while it can.
  var failure: RegistryFailure? { failed.withLock { $0 } }

  /// How many bytes the entries have, once all is written that was taken.
  var bytes: Int { sizes.withLock { $0.total } }

  /// What comes is written after this.
  func begin(with entries: [RegistryEntry], _ state: RegistryState) {
    journal.withLock { $0 = RegistryJournal(state) }
    sizes.withLock { sizes in
      sizes = RegistrySizes()
      for entry in entries { sizes.apply(.put(entry)) }
    }
  }

  /// Adds what a master asks for. Returns whether somebody has to begin to write; otherwise whoever writes takes it.
  func add(_ operations: [RegistryOperation], completion: @escaping Completion) -> Bool {
    waiting.withLock { waiting in
      waiting.writes.append((operations, completion))
      defer { waiting.isWriting = true }
      return !waiting.isWriting
    }
  }

  /// All that waits, in order, for the one that writes; nil if there is nothing: then it has ended.
  func take() -> [Write]? {
    let writes = waiting.withLock { waiting in
      defer { waiting.writes = [] }
      if waiting.writes.isEmpty { waiting.isWriting = false }
      return waiting.writes
    }
    if writes.isEmpty { return nil }
    let changes = journal.withLock { journal in
      writes.map { Write(changes: journal.changes(for: $0.operations), completion: $0.completion) }
    }
    sizes.withLock { sizes in
      for write in changes { for change in write.changes { sizes.apply(change) } }
    }
    return changes
  }

  /// Nothing can be written any more.
  func fail(_ failure: RegistryFailure) { failed.withLock { $0 = $0 ?? failure } }
}
