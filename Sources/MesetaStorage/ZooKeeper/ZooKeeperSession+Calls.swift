// What can be asked of ZooKeeper.

import CZooKeeper

/// What becomes of a new node.
package enum NodeKind: Sendable {
  case lasting
  /// Ends with the session; a number that has not been there yet is added to its name.
  case numberedCandidate
}

extension ZooKeeperSession {
  /// Makes a node.
  ///
  /// - Returns: its path, with the number if it is numbered.
  @discardableResult
  package func create(
    _ path: String, _ data: [UInt8] = [], _ kind: NodeKind = .lasting
  ) async throws(ZooKeeperError) -> String {
    let flags =
      switch kind {
      case .lasting: 0 as Int32
      case .numberedCandidate: ZOO_EPHEMERAL | ZOO_SEQUENCE
      }
    let acl = meseta_zookeeper_acl(isAuthenticated ? 1 : 0)
    return try await ask(about: path) { handle, context in
      data.withUnsafeBytes { data in
        zoo_acreate(
          handle, path, data.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(data.count), acl, flags,
          zooKeeperText, context)
      }
    }.text
  }

  /// Makes a node and those above it, as far as they are not there.
  package func createWithParents(_ path: String) async throws(ZooKeeperError) {
    var parent = ""
    for name in path.split(separator: "/") {
      parent += "/\(name)"
      // One that is there may not let us make a node above it, or look.
      if try await exists(parent) != nil { continue }
      do throws(ZooKeeperError) {
        try await create(parent)
      } catch {
        if error.kind != .nodeExists { throw error }
      }
    }
  }

  /// The data of a node.
  package func get(_ path: String) async throws(ZooKeeperError) -> (data: [UInt8], stat: NodeStat) {
    let reply = try await ask(about: path) { handle, context in
      zoo_aget(handle, path, 0, zooKeeperData, context)
    }
    guard let stat = reply.stat else {
      throw ZooKeeperError(code: ZRUNTIMEINCONSISTENCY.rawValue, about: path)
    }
    return (reply.bytes, stat)
  }

  /// Sets the data of a node.
  ///
  /// - Parameter version: the version that it must have; nil: any.
  /// - Returns: the version that it has now.
  @discardableResult
  package func set(
    _ path: String, _ data: [UInt8], version: Int32? = nil
  ) async throws(ZooKeeperError) -> Int32 {
    try await ask(about: path) { handle, context in
      data.withUnsafeBytes { data in
        zoo_aset(
          handle, path, data.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(data.count),
          version ?? -1, zooKeeperStat, context)
      }
    }.stat?.version ?? 0
  }

  package func delete(_ path: String, version: Int32? = nil) async throws(ZooKeeperError) {
    _ = try await ask(about: path) { handle, context in
      zoo_adelete(handle, path, version ?? -1, zooKeeperDone, context)
    }
  }

  /// Nil if the node is not there.
  ///
  /// - Parameter watched: whether it is news when the node is made, changed or removed; once.
  package func exists(_ path: String, watched: Bool = false) async throws(ZooKeeperError) -> NodeStat? {
    do throws(ZooKeeperError) {
      return try await ask(about: path) { handle, context in
        zoo_aexists(handle, path, watched ? 1 : 0, zooKeeperStat, context)
      }.stat
    } catch {
      if error.kind == .noNode { return nil }
      throw error
    }
  }

  /// The names of the nodes below a node, in no order.
  ///
  /// - Parameter watched: whether it is news when they change; once.
  package func children(of path: String, watched: Bool = false) async throws(ZooKeeperError) -> [String] {
    try await ask(about: path) { handle, context in
      zoo_aget_children(handle, path, watched ? 1 : 0, zooKeeperNames, context)
    }.names
  }

  /// Has the server that we are connected to take in what the others have: what is read after it is not older.
  package func catchUp(_ path: String) async throws(ZooKeeperError) {
    _ = try await ask(about: path) { handle, context in
      zoo_async(handle, path, zooKeeperText, context)
    }
  }

  func ask(
    about path: String, _ body: (OpaquePointer, UnsafeRawPointer) -> Int32
  ) async throws(ZooKeeperError) -> ZooKeeperReply {
    let reply = await withCheckedContinuation { (continuation: CheckedContinuation<ZooKeeperReply, Never>) in
      start(ZooKeeperCall(self) { continuation.resume(returning: $0) }, body)
    }
    guard reply.code == ZOK.rawValue else { throw ZooKeeperError(code: reply.code, about: path) }
    return reply
  }
}
