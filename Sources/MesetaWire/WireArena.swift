// The memory that C messages live in while they are decoded or built.

package import CMesosWire

/// What protobuf-c knows about a kind of message. Generated, constant, never freed.
package typealias MessageDescriptor = UnsafePointer<ProtobufCMessageDescriptor>

/// A bump arena for C messages, owned by one codec user and reused for every message.
///
/// Not Sendable: whoever decodes has an arena of its own. Memory is taken back when the outermost
/// ``scope(_:)`` ends, so no pointer into it may leave that closure.
package final class WireArena {
  private let arena: UnsafeMutablePointer<meseta_arena>
  private var depth = 0

  /// An arena that holds at most `maximumBytes` at a time. It starts empty and grows by need; between scopes it
  /// keeps at most 1 MiB.
  package init(maximumBytes: Int = WireLimits.standard.maximumArenaBytes) {
    guard let arena = meseta_arena_create(max(0, maximumBytes)) else {
      // tidy: a hundred bytes; like Swift's own allocations, this does not fail while the process can go on.
      fatalError("out of memory")
    }
    self.arena = arena
  }

  deinit {
    meseta_arena_destroy(arena)
  }

  /// The bound it was made with, rounded down to a multiple of 8.
  package var maximumBytes: Int { arena.pointee.bound }

  /// Bytes handed out in the current scope.
  package var usedBytes: Int { arena.pointee.used }

  /// Bytes that can still be handed out in the current scope.
  package var freeBytes: Int { arena.pointee.bound - arena.pointee.used }

  /// For protobuf-c's functions. Valid as long as the arena.
  package var allocator: UnsafeMutablePointer<ProtobufCAllocator> {
    // The allocator is the first member of the C struct.
    UnsafeMutableRawPointer(arena).assumingMemoryBound(to: ProtobufCAllocator.self)
  }

  /// For `meseta_arena_alloc` and its kin. Valid as long as the arena.
  package var pointer: UnsafeMutablePointer<meseta_arena> { arena }

  /// Runs `body`, which may allocate, and takes all its memory back. Scopes may nest (a message within an
  /// envelope's bytes): the outermost takes back.
  package func scope<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
    depth += 1
    defer {
      depth -= 1
      if depth == 0 { meseta_arena_reset(arena) }
    }
    return try body()
  }

  /// Runs `body`, which may allocate at most this many more bytes.
  func bounded<Value, Failure: Error>(
    to bytes: Int, _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let bound = arena.pointee.bound
    arena.pointee.bound = usedBytes + min(freeBytes, bytes)
    defer { arena.pointee.bound = bound }
    return try body()
  }
}
