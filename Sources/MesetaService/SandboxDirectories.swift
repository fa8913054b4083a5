import Foundation
import Glibc
import MesetaAgent
import MesetaRuntime

/// The sandboxes below an agent's work directory, those of earlier agents too.
struct SandboxDirectories: Sendable {
  private let root: String

  init(workDirectory: String) { self.root = SandboxLayout(workDirectory: workDirectory).workDirectory }

  /// How full the disk is, 0 to 1, as it is to those who are not root; nil if that cannot be told.
  var diskUsage: Double? {
    var disk = statvfs()
    guard statvfs(root.isEmpty ? "/" : root, &disk) == 0, disk.f_blocks > 0 else { return nil }
    let used = Double(disk.f_blocks) - Double(disk.f_bfree)
    let whole = used + Double(disk.f_bavail)
    return whole > 0 ? used / whole : nil
  }

  /// All sandboxes, with the time since something in them changed.
  func list() -> [LeftSandbox] {
    var found: [LeftSandbox] = []
    let now = Date().timeIntervalSince1970
    for agent in entries("\(root)/slaves") {
      for framework in entries("\(agent)/frameworks") {
        for executor in entries("\(framework)/executors") {
          for run in entries("\(executor)/runs") where !run.hasSuffix("/latest") {
            guard let changed = changed(run) else { continue }
            let age = Span(clampingSeconds: now - changed) ?? .zero
            found.append(
              LeftSandbox(path: run, containerID: (run as NSString).lastPathComponent, age: age))
          }
        }
      }
    }
    return found
  }

  /// When a sandbox changed last: something was put into it or taken from it, or its command said something.
  private func changed(_ sandbox: String) -> Double? {
    func changed(_ path: String) -> Double? {
      var status = stat()
      guard lstat(path, &status) == 0 else { return nil }
      return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
    }
    guard let directory = changed(sandbox) else { return nil }
    return ["stdout", "stderr"].compactMap { changed("\(sandbox)/\($0)") }.reduce(directory, max)
  }

  private func entries(_ directory: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.sorted().map { "\(directory)/\($0)" }
  }

  /// Removes a sandbox, and what is empty then above it: an executor, a framework and an agent that have no more. Links in it are
  /// not followed.
  ///
  /// - Returns: What kept it from being removed.
  func remove(_ path: String) -> String? {
    guard path.hasPrefix("\(root)/slaves/") else { return "\(path) is not below \(root)/slaves" }
    var status = stat()
    // One whose command could not be launched may never have been made.
    if lstat(path, &status) == 0 {
      do {
        try FileManager.default.removeItem(atPath: path)
      } catch {
        return "\(path): \(error.localizedDescription)"
      }
    }
    var directory = (path as NSString).deletingLastPathComponent
    let latest = directory + "/latest"
    if access(latest, F_OK) != 0 { unlink(latest) }
    // A directory that is not empty stays.
    while directory.count > "\(root)/slaves".count, rmdir(directory) == 0 {
      directory = (directory as NSString).deletingLastPathComponent
    }
    return nil
  }
}
