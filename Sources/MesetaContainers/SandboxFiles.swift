// Lists and reads the files of a sandbox for others, and nothing outside it.

import CMesetaProcess
import Glibc

/// What `ls -l` tells about a file.
public struct SandboxFileInfo: Hashable, Sendable {
  /// The path as it was asked for, with the file's name.
  public var path: String
  public var linkCount: UInt64
  /// In bytes.
  public var size: UInt64
  /// When the content last changed: nanoseconds since 1970.
  public var modified: Int64
  /// The file's type and permissions, as in `st_mode`.
  public var mode: UInt32
  /// The owner's name, or number if it has none.
  public var owner: String
  /// The group's name, or number if it has none.
  public var group: String
}

/// A file of a sandbox that cannot be listed or read.
public enum SandboxFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There is no such file, or its path leads out of the sandbox.
  case notFound(path: String)
  /// Listing wants a directory, reading a regular file.
  case wrongType(path: String, wanted: String)
  case failed(SystemError)

  public var description: String {
    switch self {
    case .notFound(let path): "there is no file \(path.debugDescription) in the sandbox"
    case .wrongType(let path, let wanted): "\(path.debugDescription) in the sandbox is not a \(wanted)"
    case .failed(let error): error.description
    }
  }
}

/// The files below one directory.
///
/// The kernel resolves each path beneath the root: neither `..`, nor an absolute path, nor a symbolic link that
/// the container put there leads out of it. Links within the sandbox are followed. Devices, sockets and queues
/// are listed but never opened.
///
/// Its methods wait for the disk: call them off an event loop.
public struct SandboxFiles: Sendable {
  /// How much one read returns at most: 16 pages, as in Mesos.
  public static let maximumLength = 64 << 10

  private let root: Descriptor

  /// Opens a sandbox.
  ///
  /// - Throws: ``SystemError`` if it is not there.
  public init(root: String) throws(SystemError) {
    self.root = try Descriptor(
      Glibc.open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open the sandbox \"\(root)\"")
  }

  /// Lists a directory, sorted by path; entries that vanish meanwhile are left out.
  ///
  /// Symbolic links are listed as themselves, not as what they lead to.
  ///
  /// - Parameter path: relative to the sandbox; empty or `/` for the sandbox itself.
  public func list(_ path: String) throws(SandboxFileError) -> [SandboxFileInfo] {
    let directory = try open(path, wanted: "directory", type: S_IFDIR, flags: O_RDONLY | O_DIRECTORY)
    // The stream takes over the descriptor that it is given.
    let copy = fcntl(directory.number, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0, let stream = fdopendir(copy) else {
      throw .failed(SystemError("list \(path.debugDescription)"))
    }
    defer { closedir(stream) }
    let prefix = path.isEmpty || path.hasSuffix("/") ? path : path + "/"
    var names = OwnerNames()
    var files: [SandboxFileInfo] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name == [UInt8(ascii: ".")] || name == Array("..".utf8) { continue }
      var status = stat()
      let terminated = name.map { CChar(bitPattern: $0) } + [0]
      let found = fstatat(directory.number, terminated, &status, AT_SYMLINK_NOFOLLOW)
      guard found == 0 else { continue }
      files.append(SandboxFileInfo(prefix + String(decoding: name, as: UTF8.self), status, &names))
    }
    return files.sorted { $0.path < $1.path }
  }

  /// Reads a piece of a regular file.
  ///
  /// - Parameters:
  ///   - path: relative to the sandbox.
  ///   - offset: in bytes; beyond the end, nothing is read.
  ///   - length: in bytes; nil for as much as one read returns. More than ``maximumLength`` is cut to that.
  /// - Returns: the size of the whole file, in bytes, and what was read.
  public func read(
    _ path: String, offset: UInt64 = 0, length: UInt64? = nil
  ) throws(SandboxFileError) -> (size: UInt64, data: [UInt8]) {
    let file = try open(path, wanted: "regular file", type: S_IFREG, flags: O_RDONLY | O_NONBLOCK)
    var status = stat()
    guard fstat(file.number, &status) == 0 else {
      throw .failed(SystemError("read \(path.debugDescription)"))
    }
    let size = UInt64(max(0, status.st_size))
    guard offset < size else { return (size, []) }
    let wanted = Int(min(length ?? .max, size - offset, UInt64(Self.maximumLength)))
    var code: Int32 = 0
    let data = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
      while count < wanted {
        // The offset is below the size, so it fits.
        let n = pread(
          file.number, buffer.baseAddress?.advanced(by: count), wanted - count, off_t(offset) + off_t(count))
        if n < 0, errno == EINTR { continue }
        if n < 0 { code = errno }
        if n <= 0 { break }
        count += n
      }
    }
    guard code == 0 else { throw .failed(SystemError("read \(path.debugDescription)", code: code)) }
    return (size, data)
  }

  /// Names the file first, looks at what it is, and only then opens it: to open a device or a queue may have
  /// effects, or never end.
  private func open(
    _ path: String, wanted: String, type: mode_t, flags: Int32
  ) throws(SandboxFileError) -> Descriptor {
    // A leading slash means the sandbox's own root. The kernel would take it for the machine's, and refuse it.
    let relative = path.drop { $0 == "/" }
    guard !path.utf8.contains(0) else { throw .notFound(path: path) }
    let number = meseta_open_beneath(root.number, relative.isEmpty ? "." : String(relative))
    let code = errno
    if number < 0 {
      // EXDEV: it leads out of the sandbox. What is there is nobody's business.
      if [ENOENT, ENOTDIR, EXDEV, ELOOP, ENAMETOOLONG].contains(code) { throw .notFound(path: path) }
      throw .failed(SystemError("open \(path.debugDescription) in the sandbox", code: code))
    }
    defer { close(number) }
    var status = stat()
    guard fstat(number, &status) == 0, status.st_mode & S_IFMT == type else {
      throw .wrongType(path: path, wanted: wanted)
    }
    do {
      return try Descriptor(meseta_reopen(number, flags), "open \(path.debugDescription) in the sandbox")
    } catch {
      throw .failed(error)
    }
  }
}

extension SandboxFileInfo {
  fileprivate init(_ path: String, _ status: stat, _ names: inout OwnerNames) {
    self.path = path
    linkCount = UInt64(status.st_nlink)
    size = UInt64(max(0, status.st_size))
    modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    mode = UInt32(status.st_mode)
    owner = names.user(status.st_uid)
    group = names.group(status.st_gid)
  }
}

/// The names of users and groups, each looked up once in a listing.
private struct OwnerNames {
  private var users: [UInt32: String] = [:]
  private var groups: [UInt32: String] = [:]

  mutating func user(_ id: UInt32) -> String {
    if let known = users[id] { return known }
    let name = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 << 10) { storage -> String in
      var entry = passwd()
      var found: UnsafeMutablePointer<passwd>?
      guard let start = storage.baseAddress else { return "\(id)" }
      getpwuid_r(id, &entry, start, storage.count, &found)
      return found.map { String(cString: $0.pointee.pw_name) } ?? "\(id)"
    }
    users[id] = name
    return name
  }

  mutating func group(_ id: UInt32) -> String {
    if let known = groups[id] { return known }
    let name = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64 << 10) { storage -> String in
      var entry = Glibc.group()
      var found: UnsafeMutablePointer<Glibc.group>?
      guard let start = storage.baseAddress else { return "\(id)" }
      getgrgid_r(id, &entry, start, storage.count, &found)
      return found.map { String(cString: $0.pointee.gr_name) } ?? "\(id)"
    }
    groups[id] = name
    return name
  }
}
