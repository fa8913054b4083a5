// The directory where supervisors live: <runtime>/<container id>/{socket,status,sandbox}.

import CMesetaProcess
import Glibc
import MesetaAgent

/// What is kept about each container for an agent that restarts.
struct RuntimeDirectory: Sendable {
  let path: String

  /// What became of a container that nobody was connected to.
  enum Finding {
    case ended(SupervisorLine)
    /// Its supervisor lives: a connection to it.
    case alive(Descriptor)
    /// Its supervisor lives, but does not listen yet or not any more: look again soon.
    case undecided
    /// Its supervisor is gone without a status.
    case dead
    /// There is no such container.
    case unknown
  }

  /// - Throws: ``SystemError`` if the directory cannot be made.
  init(path: String) throws(SystemError) {
    self.path = path
    try makeDirectories(path, mode: 0o700)
  }

  func directory(of containerID: String) -> String { "\(path)/\(containerID)" }

  /// Makes a container's directory and locks it. The lock lasts as long as the descriptor or a copy of it is open
  /// anywhere: its supervisor holds one all its life, which is how its death is known for certain.
  func create(_ containerID: String, sandbox: String) throws(SystemError) -> Descriptor {
    let directory = directory(of: containerID)
    guard mkdir(directory, 0o700) == 0 else { throw SystemError("create the directory \"\(directory)\"") }
    let descriptor = try Descriptor(
      open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open the directory \"\(directory)\"")
    guard flock(descriptor.number, LOCK_EX | LOCK_NB) == 0 else {
      throw SystemError("lock the directory \"\(directory)\"")
    }
    // For people who look around, and to find what a lost container left running.
    guard symlinkat(sandbox, descriptor.number, "sandbox") == 0 else {
      throw SystemError("link to the sandbox from \"\(directory)\"")
    }
    return descriptor
  }

  /// The containers that have a directory, sorted.
  func containers() -> [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  func inspect(_ containerID: String) -> Finding {
    let descriptor = open(directory(of: containerID), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return .unknown }
    defer { close(descriptor) }
    if let line = status(in: descriptor) { return .ended(line) }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
      // It may have written its status between the two looks.
      return status(in: descriptor).map { .ended($0) } ?? .dead
    }
    guard let connection = try? Descriptor(meseta_connect(descriptor), "connect") else { return .undecided }
    return .alive(connection)
  }

  private func status(in directory: Int32) -> SupervisorLine? {
    let file = openat(directory, "status", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let line = withUnsafeTemporaryAllocation(byteCount: 2048, alignment: 1) { buffer -> [UInt8] in
      let length = read(file, buffer.baseAddress, buffer.count)
      return length > 0 ? Array(buffer[..<length]) : []
    }
    guard line.last == UInt8(ascii: "\n") else { return nil }
    return SupervisorLine(line.dropLast())
  }

  /// Removes a container's directory unless its supervisor lives.
  func remove(_ containerID: String) {
    let descriptor = open(directory(of: containerID), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // A supervisor that has written its status is about to exit and needs the directory no more.
    guard status(in: descriptor) != nil || flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return }
    for name in ["socket", "status", "status.tmp", "sandbox"] { unlinkat(descriptor, name, 0) }
    rmdir(directory(of: containerID))
  }

  /// The sandbox of a container, from its link.
  func sandbox(of containerID: String) -> String? { readLink("\(directory(of: containerID))/sandbox") }
}

/// Makes a directory and those above it that are missing.
func makeDirectories(_ path: String, mode: mode_t) throws(SystemError) {
  if mkdir(path, mode) == 0 { return }
  let code = errno
  switch code {
  case EEXIST:
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw SystemError("create the directory \"\(path)\"", code: ENOTDIR)
    }
  case ENOENT:
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash > path.startIndex else {
      throw SystemError("create the directory \"\(path)\"", code: code)
    }
    try makeDirectories(String(path[..<slash]), mode: 0o755)
    guard mkdir(path, mode) == 0 || errno == EEXIST else {
      throw SystemError("create the directory \"\(path)\"")
    }
  default:
    throw SystemError("create the directory \"\(path)\"", code: code)
  }
}
