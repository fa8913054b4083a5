// Files, queues and processes for the tests of containers.

import Foundation
import Glibc
import MesetaAgent

/// Another event came than the test expected.
struct Unexpected: Error {
  var event: ContainerEvent
}

/// A step of the test's own failed.
struct StepFailed: Error {
  var step: String
  var code: Int32
}

extension ContainerEvent {
  var containerID: String {
    switch self {
    case .started(let id, _), .launchFailed(let id, _), .exited(let id, _): id
    }
  }

  var isStarted: Bool {
    if case .started = self { true } else { false }
  }
}

/// A new directory that everybody may enter.
func makeTemporaryDirectory() throws -> String {
  var template = Array("/tmp/meseta-test-XXXXXX\0".utf8.map { CChar(bitPattern: $0) })
  guard mkdtemp(&template) != nil else { throw StepFailed(step: "mkdtemp", code: errno) }
  let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  chmod(path, 0o755)
  return path
}

/// Makes a directory and those above it.
func makePath(_ path: String) throws {
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
}

/// What a symbolic link holds.
func readLink(_ path: String) -> String? {
  try? FileManager.default.destinationOfSymbolicLink(atPath: path)
}

func removeTree(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

func contents(_ path: String) throws -> String {
  String(decoding: try bytes(path), as: UTF8.self)
}

/// Reads a file to its end, also those of `/proc`, which tell no size.
func bytes(_ path: String) throws -> [UInt8] {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw StepFailed(step: "open \(path)", code: errno) }
  defer { close(file) }
  var all: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65536)
  while true {
    let n = read(file, &buffer, buffer.count)
    guard n > 0 else { return all }
    all += buffer[..<n]
  }
}

func write(_ text: String, to path: String) throws {
  try Data(text.utf8).write(to: URL(fileURLWithPath: path))
}

/// The parent of a process.
func parent(of pid: pid_t) throws -> pid_t {
  // The name in parentheses may contain anything.
  let fields = try contents("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ") ?? []
  return pid_t(fields.count > 1 ? fields[1] : "") ?? -1
}

func isGone(_ pid: pid_t) -> Bool { Glibc.kill(pid, 0) != 0 && errno == ESRCH }

/// A named pipe through which processes tell the test that they are there; its end tells that all are gone.
final class Fifo {
  let path: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  init(_ path: String) throws {
    self.path = path
    guard mkfifo(path, 0o666) == 0 else { throw StepFailed(step: "mkfifo", code: errno) }
    chmod(path, 0o666)
    descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw StepFailed(step: "open fifo", code: errno) }
  }

  deinit { close(descriptor) }

  /// Waits for a line; nil when everybody who had the pipe open for writing is gone.
  func line() throws -> String? {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        defer { buffer.removeSubrange(...end) }
        return String(decoding: buffer[..<end], as: UTF8.self)
      }
      var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&polled, 1, 60_000) > 0 else {
        throw StepFailed(step: "wait for a process", code: ETIMEDOUT)
      }
      var piece = [UInt8](repeating: 0, count: 4096)
      let n = read(descriptor, &piece, piece.count)
      if n == 0 { return nil }
      if n > 0 { buffer += piece[..<n] }
    }
  }

  /// Waits for a line that holds a process id.
  func pid() throws -> pid_t {
    guard let line = try line(), let pid = pid_t(line) else {
      throw StepFailed(step: "read a process id", code: 0)
    }
    return pid
  }

  /// Waits until every process that opened the pipe for writing is gone.
  func waitForEnd() throws {
    while try line() != nil {}
  }
}
