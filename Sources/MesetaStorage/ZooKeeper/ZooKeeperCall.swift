// Calls that are under way in ZooKeeper's client, and how it brings their answers.

import CZooKeeper

/// What a server says of a node besides its data.
package struct NodeStat: Hashable, Sendable {
  /// How often the data was set.
  package var version: Int32
  /// The session that the node ends with; 0 if it stays.
  package var owner: Int64

  init(_ stat: Stat) {
    version = stat.version
    owner = stat.ephemeralOwner
  }
}

/// The answer to a call.
struct ZooKeeperReply: Sendable {
  var code: Int32
  var text = ""
  var bytes: [UInt8] = []
  var names: [String] = []
  var stat: NodeStat?

  init(_ code: Int32) { self.code = code }
}

/// A call that was handed to ZooKeeper's client. Its session keeps it until it is answered.
final class ZooKeeperCall: Sendable {
  private let session: ZooKeeperSession
  private let done: @Sendable (ZooKeeperReply) -> Void

  init(_ session: ZooKeeperSession, _ done: @escaping @Sendable (ZooKeeperReply) -> Void) {
    self.session = session
    self.done = done
  }

  /// On the client's thread, or where the call was made if it could not be.
  func finish(_ reply: ZooKeeperReply) { done(reply) }

  /// What the client answers, with the context that it was given.
  fileprivate static func answered(_ context: UnsafeRawPointer?, _ reply: ZooKeeperReply) {
    guard let context else { return }
    let call = Unmanaged<ZooKeeperCall>.fromOpaque(context).takeUnretainedValue()
    if call.session.forget(call) { call.done(reply) }
  }
}

// Nonisolated functions: closures would belong to whoever names them, and the client has a thread of its own.

func zooKeeperDone(_ code: Int32, _ context: UnsafeRawPointer?) {
  ZooKeeperCall.answered(context, ZooKeeperReply(code))
}

func zooKeeperStat(_ code: Int32, _ stat: UnsafePointer<Stat>?, _ context: UnsafeRawPointer?) {
  var reply = ZooKeeperReply(code)
  reply.stat = stat.map { NodeStat($0.pointee) }
  ZooKeeperCall.answered(context, reply)
}

func zooKeeperText(_ code: Int32, _ text: UnsafePointer<CChar>?, _ context: UnsafeRawPointer?) {
  var reply = ZooKeeperReply(code)
  reply.text = text.map { String(cString: $0) } ?? ""
  ZooKeeperCall.answered(context, reply)
}

func zooKeeperData(
  _ code: Int32, _ bytes: UnsafePointer<CChar>?, _ count: Int32, _ stat: UnsafePointer<Stat>?,
  _ context: UnsafeRawPointer?
) {
  var reply = ZooKeeperReply(code)
  reply.stat = stat.map { NodeStat($0.pointee) }
  if let bytes, count > 0 { reply.bytes = [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(count))) }
  ZooKeeperCall.answered(context, reply)
}

func zooKeeperNames(
  _ code: Int32, _ names: UnsafePointer<String_vector>?, _ context: UnsafeRawPointer?
) {
  var reply = ZooKeeperReply(code)
  if let names = names?.pointee, let list = names.data {
    reply.names = (0..<Int(names.count)).compactMap { index in list[index].map { String(cString: $0) } }
  }
  ZooKeeperCall.answered(context, reply)
}
