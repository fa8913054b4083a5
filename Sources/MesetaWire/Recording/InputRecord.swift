// The message of one recorded input.

import CMesosWire
import MesetaProtocol
import MesetaRuntime

/// A recorded input with its message and its local part still as bytes.
struct InputRecord {
  enum Kind: UInt32 {
    case opened = 1
    case connectFailed = 2
    case received = 3
    case closed = 4
    case local = 5
    case wake = 6
    case endOfBatch = 7
  }

  var kind = Kind.wake
  var time = Time(monotonic: .zero, wall: 0)
  var session = SessionID(0)
  var peer: Peer?
  var request = RequestID.none
  var envelope: [UInt8] = []
  var reason = ""
  var local: [UInt8] = []

  /// Keeps the memory of the two byte arrays.
  mutating func clear() {
    session = SessionID(0)
    peer = nil
    request = .none
    reason = ""
    envelope.removeAll(keepingCapacity: true)
    local.removeAll(keepingCapacity: true)
  }
}

extension InputRecord: WireConvertible {
  package typealias CMessage = Meseta__V1__RecordedInput
  package static var descriptor: MessageDescriptor { meseta__v1__recorded_input__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard let kind = Kind(rawValue: wire.pointee.kind.rawValue) else {
      throw Self.invalid("kind", "is \(wire.pointee.kind.rawValue), which this version does not know")
    }
    self.kind = kind
    time = Time(monotonic: Instant(nanoseconds: wire.pointee.monotonic), wall: wire.pointee.wall)
    if wire.pointee.has_session != 0 { session = SessionID(wire.pointee.session) }
    if wire.pointee.has_request != 0 { request = RequestID(wire.pointee.request) }
    if wire.pointee.has_envelope != 0 { envelope = context.data(wire.pointee.envelope) }
    if wire.pointee.has_local != 0 { local = context.data(wire.pointee.local) }
    reason = context.text(wire.pointee.reason)
    guard let peer = wire.pointee.peer else { return }
    guard let role = PeerRole(rawValue: Int32(bitPattern: peer.pointee.role.rawValue)) else {
      throw Self.invalid("peer.role", "is \(peer.pointee.role.rawValue), which this version does not know")
    }
    self.peer = Peer(
      role, principal: context.optionalText(peer.pointee.principal).map(Principal.init),
      address: context.text(peer.pointee.address), ip: context.optionalText(peer.pointee.ip))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.kind = .init(rawValue: kind.rawValue)
    wire.pointee.monotonic = time.monotonic.nanoseconds
    wire.pointee.wall = time.wall
    switch kind {
    case .opened, .received, .closed:
      wire.pointee.has_session = 1
      wire.pointee.session = session.number
    case .connectFailed, .local, .wake, .endOfBatch: break
    }
    if request != .none {
      wire.pointee.has_request = 1
      wire.pointee.request = request.number
    }
    if kind == .received {
      wire.pointee.has_envelope = 1
      wire.pointee.envelope = context.data(envelope)
    }
    if kind == .local {
      wire.pointee.has_local = 1
      wire.pointee.local = context.data(local)
    }
    if kind == .closed || kind == .connectFailed { wire.pointee.reason = context.text(reason) }
    guard let peer else { return }
    let message = context.make(
      Meseta__V1__RecordedInput__Peer.self, meseta__v1__recorded_input__peer__descriptor_address())
    message.pointee.role = .init(rawValue: UInt32(bitPattern: peer.role.rawValue))
    message.pointee.principal = context.text(peer.principal?.name)
    message.pointee.address = context.text(peer.address)
    message.pointee.ip = context.text(peer.ip)
    wire.pointee.peer = message
  }
}
