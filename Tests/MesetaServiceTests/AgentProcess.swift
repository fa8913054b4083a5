// `meseta agent` as a process of its own, for stories in which it is killed.

import Foundation
import Glibc
import MesetaModel
import MesetaService

/// An agent that can be killed and started again.
final class AgentProcess {
  private let arguments: [String]
  private let log: FileHandle
  private var process = Process()

  /// Where the products of the build are: beside the tests.
  static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()

  /// Executors come back to the same port, so that one has to be chosen.
  init(master: HostPort, work: String, resources: String, _ more: [String] = []) throws {
    arguments =
      [
        "agent", "--master", master.description, "--work_dir", work, "--runtime_dir", work + "/run",
        "--ip", "127.0.0.1", "--hostname", "127.0.0.1", "--port", "0", "--native_port",
        "\(try Self.freePort())",
        "--switch_user", "false", "--registration_backoff_factor", "10ms", "--resources", resources,
      ] + more
    try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
    _ = FileManager.default.createFile(atPath: work + "/log", contents: nil)
    log = try FileHandle(forWritingTo: URL(fileURLWithPath: work + "/log"))
  }

  func start(_ more: [String] = []) throws {
    process = Process()
    process.executableURL = Self.products.appendingPathComponent("meseta")
    process.arguments = arguments + more
    process.standardOutput = log
    process.standardError = log
    try process.run()
  }

  /// SIGKILL: nothing of it is said or written any more.
  func kill() {
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// SIGTERM: it kills what runs, and leaves.
  func stop() {
    process.terminate()
    process.waitUntilExit()
  }

  /// Waits until it ends by itself, and gives its status.
  func untilExit() async -> Int32 {
    while process.isRunning { try? await Task.sleep(for: .milliseconds(20)) }
    return process.terminationStatus
  }

  static func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    return UInt16(bigEndian: address.sin_port)
  }
}
