// The part of a launch that may take a while: looking up the user, making directories, starting the supervisor.

import CMesetaProcess
import Glibc
import MesetaAgent

/// Prepares containers and starts their supervisors, on the containerizer's worker.
struct ContainerStart: Sendable {
  let runtime: RuntimeDirectory
  /// The path of `meseta-supervisor`.
  let supervisor: String

  /// A supervisor that was started.
  struct Started: Sendable {
    var supervisor: Int32
    var connection: Descriptor
  }

  /// Up to this size a record fits into an empty socket's buffer, so that sending it first cannot block.
  private static let sentFirst = 64 << 10

  func start(_ launch: ContainerLaunch) throws -> Started {
    let id = try SandboxLayout.component(launch.containerID, "container id")
    let user = try launch.user.flatMap { name throws(SystemError) in try ContainerUser.resolve(name) }
    let record = try LaunchRecord(launch, user: user)
    try makeSandbox(launch.sandbox, user: user)
    for volume in launch.volumes { try VolumeSymlink(volume, in: launch.sandbox).make(for: user) }
    let directory = try runtime.create(id, sandbox: launch.sandbox)
    do {
      return try spawn(id, record, in: directory)
    } catch {
      runtime.remove(id)
      throw error
    }
  }

  private func spawn(_ id: String, _ record: LaunchRecord, in directory: Descriptor) throws(SystemError)
    -> Started
  {
    var ends: [Int32] = [-1, -1]
    guard meseta_socket_pair(&ends) == 0 else { throw SystemError("create a socket") }
    let connection = try Descriptor(ends[0], "create a socket")
    let peer = try Descriptor(ends[1], "create a socket")
    // A supervisor that does not read its record must not hold up everybody else's launch for ever.
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(connection.number, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let sendsFirst = record.bytes.count <= Self.sentFirst
    if sendsFirst { try send(record, over: connection) }
    var pid: pid_t = 0
    let code = meseta_spawn_supervisor(supervisor, id, peer.number, directory.number, &pid)
    guard code == 0 else { throw SystemError("start \"\(supervisor)\"", code: code) }
    // When this fails the supervisor is gone: the connection's end tells.
    if !sendsFirst { try? send(record, over: connection) }
    return Started(supervisor: pid, connection: connection)
  }

  private func send(_ record: LaunchRecord, over connection: Descriptor) throws(SystemError) {
    var done = 0
    while done < record.bytes.count {
      let sent = record.bytes.withUnsafeBytes {
        Glibc.send(connection.number, $0.baseAddress! + done, $0.count - done, Int32(MSG_NOSIGNAL))
      }
      if sent < 0, errno == EINTR { continue }
      guard sent > 0 else { throw SystemError("send the launch record to the supervisor") }
      done += sent
    }
  }

  /// Whoever removes an old sandbox also removes what is empty above it, which may be what this one was about to be put into.
  private func makeSandboxDirectory(_ sandbox: String) throws(SystemError) {
    for _ in 1...3 {
      do throws(SystemError) {
        return try makeDirectories(sandbox, mode: 0o755)
      } catch {
        guard error.code == ENOENT else { throw error }
      }
    }
    try makeDirectories(sandbox, mode: 0o755)
  }

  /// Makes the sandbox; and if it is a run of an executor (``SandboxLayout``), makes `latest` lead to it.
  private func makeSandbox(_ sandbox: String, user: ContainerUser?) throws(SystemError) {
    try makeSandboxDirectory(sandbox)
    if let user, chown(sandbox, user.uid, user.gid) != 0 {
      throw SystemError("give the sandbox \"\(sandbox)\" to the container's user")
    }
    guard let slash = sandbox.utf8.lastIndex(of: UInt8(ascii: "/")), sandbox[..<slash].hasSuffix("/runs")
    else {
      return
    }
    let latest = "\(sandbox[..<slash])/latest"
    let run = String(sandbox[sandbox.index(after: slash)...])
    if symlink(run, latest) == 0 || errno != EEXIST { return }
    let temporary = "\(latest).new"
    unlink(temporary)
    if symlink(run, temporary) == 0 { rename(temporary, latest) }
  }
}
