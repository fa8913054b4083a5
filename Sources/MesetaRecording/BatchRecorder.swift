// What a machine is told in a batch, as bytes, and the digest of what it asks for.
//
//   time           1, on the monotonic clock and of the day: that of what follows
//   opened         2, session, role, address, whether there is a principal and an IP address, and those
//   connectFailed  3, the reason
//   received       4, session, request, the message's bytes on the wire
//   declined       5, the same for the most frequent call: session, framework, the offers' prefix, request (twice), seconds, and
//                  how much the number of each offer is above the one before
//   closed         6, session, the reason
//   local          7, what only one kind of machine is told
//   wake           8
//   end of batch   9, how many effects, their digest (8 bytes)
//   declined again 10, as 5 without the framework and the prefix: they are those of the session before (KnownDecliners)

import MesetaModel
package import MesetaProtocol
package import MesetaRuntime
import MesetaWire

/// The kinds of items that a batch is made of.
enum ItemKind: UInt8 {
  case time = 1
  case opened, connectFailed, received, declined, closed, local, wake, endOfBatch, declinedAgain
}

/// Writes down one machine's batches. It keeps its memory for the next one.
package struct BatchRecorder {
  private var writer = ByteWriter()
  private var encoder = MessageEncoder()
  private var message: [UInt8] = []
  private var effectBytes = EffectBytes()
  private var digest = EffectDigest()
  private var decliners = KnownDecliners()
  /// That of the last input.
  package private(set) var time = Time(monotonic: .zero, wall: 0)

  package init() {}

  /// How many bytes wait to be taken.
  package var count: Int { writer.bytes.count }
  /// How many effects the batch has had.
  package var effectCount: UInt64 { digest.count }

  // MARK: Inputs

  package mutating func add<Local: Encodable>(_ input: NodeInput<Local>, at time: Time) {
    begin(time)
    switch input {
    case .opened(let session, let peer): add(session, peer)
    case .connectFailed(let reason):
      begin(.connectFailed)
      writer.append(reason)
    case .received(let session, let request, let message): add(message, request, from: session, at: time)
    case .closed(let session, let reason):
      begin(.closed)
      writer.append(session.number)
      writer.append(reason)
    case .local(let local):
      begin(.local)
      // Nothing that a machine is told is beyond writing down.
      writer.append((try? SnapshotEncoder.encode(local)) ?? [])
    case .wake: begin(.wake)
    case .endOfBatch: break  // Its item ends the batch, when the effects are known.
    }
  }

  private mutating func add(_ session: SessionID, _ peer: Peer) {
    begin(.opened)
    writer.append(session.number)
    writer.append(UInt64(peer.role.rawValue))
    writer.append(peer.address)
    writer.append((peer.principal == nil ? 0 : 1) | (peer.ip == nil ? 0 : 2))
    if let principal = peer.principal { writer.append(principal.name) }
    if let ip = peer.ip { writer.append(ip) }
  }

  package mutating func add(
    _ message: borrowing Message, _ request: RequestID, from session: SessionID, at time: Time
  ) {
    begin(time)
    if add(decline: message, request, from: session) { return }
    begin(.received)
    writer.append(session.number)
    writer.append(request.number)
    self.message.removeAll(keepingCapacity: true)
    encoder.encode(copy message, into: &self.message)
    writer.append(self.message)
  }

  /// Declines are as many as offers, and their offers' names are long texts but for one number: texts that are told once.
  private mutating func add(decline message: borrowing Message, _ request: RequestID, from session: SessionID)
    -> Bool
  {
    guard case .schedulerCall(let call, let number) = copy message,
      case .decline(let ids, let filters) = call.kind,
      let framework = call.frameworkID, let prefix = ids.first?.prefix,
      ids.allSatisfy({ $0.number != nil && $0.prefix == prefix })
    else { return false }
    let decliner = KnownDecliners.Decliner(session: session, framework: framework, prefix: prefix)
    let isKnown = decliners[session] == decliner
    begin(isKnown ? .declinedAgain : .declined)
    writer.append(session.number)
    if !isKnown {
      writer.append(framework.value)
      writer.append(prefix)
      decliners[session] = decliner
    }
    writer.append(request.number)
    writer.append(number)
    writer.append(fixed: filters.refuseSeconds.bitPattern)
    writer.append(UInt64(ids.count))
    var last: UInt64 = 0
    for index in ids.indices {
      let number = ids[index].number ?? 0
      writer.append(signed: Int64(bitPattern: number &- last))
      last = number
    }
    return true
  }

  @inline(__always)
  private mutating func begin(_ kind: ItemKind) { writer.bytes.append(kind.rawValue) }

  private mutating func begin(_ now: Time) {
    if now == time, !writer.bytes.isEmpty { return }
    begin(.time)
    writer.append(signed: now.monotonic.nanoseconds)
    writer.append(signed: now.wall)
    time = now
  }

  // MARK: Effects

  package mutating func add(_ effect: RecordedEffect) { digest.add(effect, &effectBytes) }

  /// The most frequent effect.
  package mutating func add(sent message: Message, to session: SessionID) {
    digest.add(sent: message, to: session, &effectBytes)
  }

  // MARK: The end

  /// Ends the batch, which `endOfBatch` did for the machine.
  package mutating func end() {
    begin(.endOfBatch)
    writer.append(digest.count)
    writer.append(fixed: digest.value)
    digest = EffectDigest()
  }

  /// What follows is to be read without what came before.
  package mutating func beginSegment() { decliners = KnownDecliners() }

  /// Hands over the bytes of the batches that have ended.
  package mutating func take() -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &writer.bytes)
    writer.bytes.reserveCapacity(min(taken.count, 1 << 16))
    return taken
  }
}
