// The files of a recording.

import Glibc
import MesetaRecording
import MesetaRuntime

/// The segment that is being written.
struct SegmentFile: ~Copyable {
  private let descriptor: Int32
  private let path: String

  /// Makes a file that was not there.
  init(_ header: RecordingHeader, in directory: String) throws(RecordingFailure) {
    path = "\(directory)/\(Self.name(header))"
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw RecordingFailure("make", path) }
  }

  deinit { close(descriptor) }

  func write(_ bytes: [UInt8]) throws(RecordingFailure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      if written < 0 { throw RecordingFailure("write to", path) }
      rest = rest.dropFirst(written)
    }
  }

  // MARK: Names

  static let suffix = ".recording"

  /// The names of one machine's segments are in the order of their times.
  static func name(_ header: RecordingHeader) -> String {
    var seconds = time_t(header.time.wall / 1_000_000_000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let date =
      digits(Int(parts.tm_year) + 1900, 4) + digits(Int(parts.tm_mon) + 1, 2) + digits(Int(parts.tm_mday), 2)
    let clock = digits(Int(parts.tm_hour), 2) + digits(Int(parts.tm_min), 2) + digits(Int(parts.tm_sec), 2)
    let millis = digits(Int(header.time.wall / 1_000_000 % 1000), 3)
    return "\(header.kind)-\(date)T\(clock).\(millis)Z-\(digits(Int(header.number), 6))\(suffix)"
  }

  private static func digits(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }

  /// Removes the oldest segments but for the newest, until what is left has at most so many bytes.
  static func removeOldest(of kind: MachineKind, in directory: String, keeping limit: Int) {
    var names: [String] = []
    guard let listing = opendir(directory) else { return }
    while let entry = readdir(listing) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix("\(kind)-"), name.hasSuffix(suffix) { names.append(name) }
    }
    closedir(listing)
    var kept = 0
    for (place, name) in names.sorted().reversed().enumerated() {
      var status = stat()
      guard stat("\(directory)/\(name)", &status) == 0 else { continue }
      kept += Int(status.st_size)
      if kept > limit, place > 0 { unlink("\(directory)/\(name)") }
    }
  }
}
