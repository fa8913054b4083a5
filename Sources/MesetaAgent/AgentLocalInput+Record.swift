// What an agent is told by its host, as bytes of a recording:
//
//   stored      1, the token
//   stop        2
//   usage       8, the measurement (MachineUsage+Record.swift)
//   container   3 or more by what happened, pid or status (4 bytes), length of the container's id (4 bytes), the id, and
//               the reason to the end
//
// Numbers are written most significant byte first.

public import MesetaRuntime

extension AgentLocalInput: RecordableLocal {
  private enum Kind: UInt8 {
    case stored = 1
    case stop = 2
    case started = 3
    case launchFailed = 4
    case exited = 5
    case signaled = 6
    case lost = 7
    case usage = 8
  }

  public init?(decoding bytes: [UInt8]) {
    guard let kind = bytes.first.flatMap(Kind.init) else { return nil }
    let rest = bytes.dropFirst()
    switch kind {
    case .stored:
      guard let token = StorageToken(decoding: Array(rest)) else { return nil }
      self = .stored(token)
    case .stop:
      guard rest.isEmpty else { return nil }
      self = .stop
    case .usage:
      guard let usage = MachineUsage(decoding: rest) else { return nil }
      self = .usage(usage)
    case .started, .launchFailed, .exited, .signaled, .lost:
      guard let event = Self.event(kind, rest) else { return nil }
      self = .container(event)
    }
  }

  private static func event(_ kind: Kind, _ bytes: ArraySlice<UInt8>) -> ContainerEvent? {
    func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
    guard bytes.count >= 8 else { return nil }
    let value = Int32(bitPattern: number(bytes.prefix(4)))
    let length = Int(number(bytes.dropFirst(4).prefix(4)))
    let texts = bytes.dropFirst(8)
    guard texts.count >= length, let id = String(validating: texts.prefix(length), as: UTF8.self),
      let reason = String(validating: texts.dropFirst(length), as: UTF8.self)
    else { return nil }
    switch kind {
    case .started: return .started(containerID: id, pid: value)
    case .launchFailed: return .launchFailed(containerID: id, reason: reason)
    case .exited: return .exited(containerID: id, .exited(value))
    case .signaled: return .exited(containerID: id, .signaled(value))
    case .lost: return .exited(containerID: id, .lost(reason))
    case .stored, .stop, .usage: return nil
    }
  }

  public func encode(into bytes: inout [UInt8]) {
    switch self {
    case .stored(let token):
      bytes.append(Kind.stored.rawValue)
      token.encode(into: &bytes)
    case .stop: bytes.append(Kind.stop.rawValue)
    case .usage(let usage):
      bytes.append(Kind.usage.rawValue)
      usage.encode(into: &bytes)
    case .container(.started(let id, let pid)): Self.encode(.started, id, pid, into: &bytes)
    case .container(.launchFailed(let id, let reason)):
      Self.encode(.launchFailed, id, reason: reason, into: &bytes)
    case .container(.exited(let id, .exited(let status))): Self.encode(.exited, id, status, into: &bytes)
    case .container(.exited(let id, .signaled(let signal))): Self.encode(.signaled, id, signal, into: &bytes)
    case .container(.exited(let id, .lost(let reason))): Self.encode(.lost, id, reason: reason, into: &bytes)
    }
  }

  private static func encode(
    _ kind: Kind, _ containerID: String, _ value: Int32 = 0, reason: String = "", into bytes: inout [UInt8]
  ) {
    bytes.append(kind.rawValue)
    withUnsafeBytes(of: value.bigEndian) { bytes += $0 }
    withUnsafeBytes(of: UInt32(containerID.utf8.count).bigEndian) { bytes += $0 }
    bytes += containerID.utf8
    bytes += reason.utf8
  }
}
