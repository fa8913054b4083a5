// The user that a container runs as.

import Glibc

/// The numbers behind a user's name.
struct ContainerUser: Hashable, Sendable {
  var uid: UInt32
  var gid: UInt32
  /// Every group the user is in, `gid` included.
  var groups: [UInt32]

  /// Looks a user up in the system's databases, which may take a while (LDAP).
  ///
  /// Returns nil when the agent already is that user: nothing is to be changed then, and only root could.
  static func resolve(_ name: String) throws(SystemError) -> ContainerUser? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var storage = [CChar](repeating: 0, count: 1 << 10)
    var code = getpwnam_r(name, &entry, &storage, storage.count, &found)
    while code == ERANGE, storage.count < 1 << 20 {
      storage = [CChar](repeating: 0, count: storage.count * 4)
      code = getpwnam_r(name, &entry, &storage, storage.count, &found)
    }
    guard found != nil else {
      // "No such user" is no error to getpwnam_r, and several to its back ends.
      throw SystemError(
        "find the user \(name.debugDescription) on this machine", code: code == 0 ? ENOENT : code)
    }
    let (uid, gid) = (entry.pw_uid, entry.pw_gid)
    if uid == geteuid() { return nil }
    guard geteuid() == 0 else {
      throw SystemError(
        "run as the user \(name.debugDescription): the agent does not run as root", code: EPERM)
    }
    return ContainerUser(uid: uid, gid: gid, groups: groups(of: name, gid: gid))
  }

  private static func groups(of name: String, gid: UInt32) -> [UInt32] {
    var count: Int32 = 32
    var groups = [gid_t](repeating: 0, count: Int(count))
    while getgrouplist(name, gid, &groups, &count) < 0, count > groups.count, count <= 65536 {
      groups = [gid_t](repeating: 0, count: Int(count))
    }
    return Array(groups.prefix(Int(max(0, count))))
  }
}
