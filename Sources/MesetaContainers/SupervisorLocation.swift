// Where the program meseta-supervisor is.

import Glibc

/// `meseta-supervisor` is not where it should be.
public struct SupervisorNotFound: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path that was looked at.
  public var path: String

  public init(path: String) { self.path = path }

  public var description: String {
    "there is no executable meseta-supervisor at \"\(path)\": put it beside the running program "
      + "(scripts/build-supervisor.sh builds it), or name it in the environment as MESETA_SUPERVISOR"
  }
}

/// Finds the program that watches over each container.
public enum SupervisorLocation {
  /// The path of `meseta-supervisor`: what the environment's `MESETA_SUPERVISOR` names, else the file of that
  /// name beside the running executable.
  ///
  /// - Throws: ``SupervisorNotFound`` if that is not an executable file.
  public static func find() throws(SupervisorNotFound) -> String {
    let path = getenv("MESETA_SUPERVISOR").map { String(cString: $0) } ?? besideExecutable()
    return try check(path)
  }

  static func check(_ path: String) throws(SupervisorNotFound) -> String {
    guard path.hasPrefix("/"), access(path, X_OK) == 0 else { throw SupervisorNotFound(path: path) }
    return path
  }

  private static func besideExecutable() -> String {
    let executable = readLink("/proc/self/exe") ?? ""
    let directory = executable.utf8.lastIndex(of: UInt8(ascii: "/")).map { executable[..<$0] } ?? ""
    return "\(directory)/meseta-supervisor"
  }
}

/// What a symbolic link points to; nil if it cannot be read.
func readLink(_ path: String) -> String? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
    guard let start = buffer.baseAddress else { return nil }
    let length = readlink(path, start, buffer.count)
    guard length > 0, length < buffer.count else { return nil }
    return String(decoding: buffer[..<length].lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
