// Small files that are whole and on disk, or as they were before.

import Foundation

enum DurableFile {
  /// Replaces a file, and returns when that is durable.
  static func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
    let temporary = path + ".new"
    try Data(bytes).write(to: URL(fileURLWithPath: temporary))
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: temporary))
    try file.synchronize()
    try file.close()
    guard rename(temporary, path) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    let directory = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY)
    guard directory >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
  }

  /// What is in a file; nil if it is not there.
  static func bytes(of path: String) throws -> [UInt8]? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// The lines of a file; nil if it is not there.
  static func lines(of path: String) throws -> [String]? {
    guard let bytes = try bytes(of: path) else { return nil }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
  }

  /// FNV-1a, 64 bits: tells a torn or edited file.
  static func checksum(_ text: String) -> String {
    let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
