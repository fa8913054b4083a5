// Ends what a container left running whose supervisor was killed.

import Glibc

enum LostContainer {
  /// Sends SIGKILL to every process that writes to the sandbox's `stdout` or `stderr` as its own output, until
  /// none is left, for two seconds at most.
  ///
  /// The supervisor's death took the main process along, and its descendants went to another parent. Their
  /// inherited output still tells them from everybody else's processes, which neither their process ids nor their
  /// sessions do once those may have been used again.
  static func killRemains(sandbox: String) {
    let outputs = ["stdout", "stderr"].compactMap { regularFile("\(sandbox)/\($0)") }
    guard !outputs.isEmpty else { return }
    for _ in 0..<200 {
      var found = false
      for pid in processes() where pid != getpid() && writes(pid, to: outputs) {
        found = Glibc.kill(pid, SIGKILL) == 0 || found
      }
      if !found { return }
      usleep(10_000)
    }
  }

  private struct FileIdentity: Equatable {
    var device: dev_t
    var inode: ino_t
  }

  /// Links are not followed: the container's user may have put one to `/dev/null` there, and half of the machine
  /// writes to that.
  private static func regularFile(_ path: String) -> FileIdentity? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return FileIdentity(device: status.st_dev, inode: status.st_ino)
  }

  private static func writes(_ pid: pid_t, to outputs: [FileIdentity]) -> Bool {
    [1, 2].contains { fd in
      var status = stat()
      guard stat("/proc/\(pid)/fd/\(fd)", &status) == 0 else { return false }
      return outputs.contains(FileIdentity(device: status.st_dev, inode: status.st_ino))
    }
  }

  private static func processes() -> [pid_t] {
    guard let stream = opendir("/proc") else { return [] }
    defer { closedir(stream) }
    var pids: [pid_t] = []
    while let entry = readdir(stream) {
      let pid = withUnsafeBytes(of: entry.pointee.d_name) {
        pid_t(String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self))
      }
      if let pid, pid > 1 { pids.append(pid) }
    }
    return pids
  }
}
