// Several changes at once, of which all happen or none.

import CZooKeeper

/// A change of a node, or a condition for the changes beside it.
package enum NodeOperation: Hashable, Sendable {
  /// The node is there, in this version if one is given.
  case check(String, version: Int32? = nil)
  case create(String, [UInt8])
  case set(String, [UInt8])
  case delete(String)

  package var path: String {
    switch self {
    case .check(let path, _), .create(let path, _), .set(let path, _), .delete(let path): path
    }
  }

  fileprivate var data: [UInt8] {
    switch self {
    case .create(_, let data), .set(_, let data): data
    case .check, .delete: []
    }
  }

  /// About as many bytes as it takes in a request.
  package var size: Int { path.utf8.count + data.count + 64 }
}

extension ZooKeeperSession {
  /// Does all of the operations or none.
  ///
  /// - Throws: what was wrong with the first that could not be done; ``ZooKeeperError/operation`` says which that is.
  package func multi(_ operations: [NodeOperation]) async throws(ZooKeeperError) {
    let memory = MultiMemory(operations, acl: meseta_zookeeper_acl(isAuthenticated ? 1 : 0))
    let reply = await withCheckedContinuation { (continuation: CheckedContinuation<ZooKeeperReply, Never>) in
      // The client writes the results until it answers: the call keeps their memory so long.
      let call = ZooKeeperCall(self) { reply in
        withExtendedLifetime(memory) { continuation.resume(returning: reply) }
      }
      start(call) { handle, context in
        zoo_amulti(
          handle, Int32(operations.count), memory.operations, memory.results, zooKeeperDone, context)
      }
    }
    guard reply.code != ZOK.rawValue else { return }
    let failed = memory.failedOperation
    throw ZooKeeperError(
      code: reply.code, about: failed.map { operations[$0].path } ?? "several nodes", operation: failed)
  }
}

/// What the client reads and writes while operations are under way.
private final class MultiMemory: Sendable {
  // tidy: written before the call is made; the client alone uses them until it answers, and we after that
  nonisolated(unsafe) let operations: UnsafeMutablePointer<zoo_op_t>
  nonisolated(unsafe) let results: UnsafeMutablePointer<zoo_op_result_t>
  nonisolated(unsafe) private let bytes: UnsafeMutableRawPointer
  private let count: Int

  init(_ list: [NodeOperation], acl: UnsafePointer<ACL_vector>?) {
    count = list.count
    operations = .allocate(capacity: max(1, list.count))
    results = .allocate(capacity: max(1, list.count))
    let size = list.reduce(1) { $0 + $1.path.utf8.count + 1 + $1.data.count }
    bytes = .allocate(byteCount: size, alignment: 1)
    var end = bytes
    func keep(_ text: some Collection<UInt8>) -> UnsafePointer<CChar> {
      let start = end
      UnsafeMutableRawBufferPointer(start: start, count: text.count).copyBytes(from: text)
      end += text.count
      return UnsafePointer(start.assumingMemoryBound(to: CChar.self))
    }
    for (index, operation) in list.enumerated() {
      let place = operations + index
      results[index] = zoo_op_result_t()
      let path = keep(Array(operation.path.utf8) + [0])
      let data = keep(operation.data)
      let length = Int32(operation.data.count)
      switch operation {
      case .check(_, let version): zoo_check_op_init(place, path, version ?? -1)
      case .create: zoo_create_op_init(place, path, data, length, acl, 0, nil, 0)
      case .set: zoo_set_op_init(place, path, data, length, -1, nil)
      case .delete: zoo_delete_op_init(place, path, -1)
      }
    }
  }

  /// The one that could not be done: those before it were undone, and those behind it were not tried.
  var failedOperation: Int? {
    (0..<count).first { results[$0].err != ZOK.rawValue && results[$0].err != ZRUNTIMEINCONSISTENCY.rawValue }
  }

  deinit {
    operations.deallocate()
    results.deallocate()
    bytes.deallocate()
  }
}
