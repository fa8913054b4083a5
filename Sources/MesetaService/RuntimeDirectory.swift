import Glibc

/// Where an agent records its running containers. They do not outlive the machine, so that memory is the place.
enum RuntimeDirectory {
  static func path(forWorkDirectory workDirectory: String) -> String {
    let name = DurableFile.checksum(workDirectory)
    return access("/dev/shm", W_OK) == 0 ? "/dev/shm/meseta-\(getuid())/\(name)" : workDirectory + "/run"
  }

  /// An agent that has ended takes the directory with it, unless containers live on there.
  static func leave(_ path: String) { _ = rmdir(path) }
}
