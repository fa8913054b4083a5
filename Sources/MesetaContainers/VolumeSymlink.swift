import Glibc
import MesetaAgent

/// A volume in a sandbox: a symbolic link to the volume's directory, as Mesos's containers without a file system of their
/// own have it.
struct VolumeSymlink {
  private let volume: VolumeLink
  private let path: String

  init(_ volume: VolumeLink, in sandbox: String) throws(UnsafePathComponent) {
    self.volume = volume
    self.path = "\(sandbox)/\(try SandboxLayout.component(volume.containerPath, "container path"))"
  }

  /// Makes the link, and gives the volume to the container's user, unless others may be using it.
  func make(for user: ContainerUser?) throws(SystemError) {
    if let user, user.uid != 0, !volume.isShared, lchown(volume.path, user.uid, user.gid) != 0 {
      throw SystemError("give the volume \"\(volume.path)\" to the container's user")
    }
    guard symlink(volume.path, path) == 0 else {
      throw SystemError("link the volume \"\(volume.path)\" as \"\(path)\"")
    }
  }
}
