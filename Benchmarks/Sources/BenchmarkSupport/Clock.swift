// The machine's clocks, and what the kernel knows of a process.

import CMallocStatistics
import Glibc

package enum Clock {
  /// Nanoseconds on a clock that never jumps.
  package static func now() -> Int64 { read(CLOCK_MONOTONIC) }

  /// The processor time that this process has used, in seconds.
  package static func processorSeconds() -> Double { Double(read(CLOCK_PROCESS_CPUTIME_ID)) / 1e9 }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    // Fails only for a clock that does not exist.
    _ = clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// The memory of this process, as the kernel and malloc count it.
package enum Memory {
  /// What is allocated and not freed, in bytes, with what malloc needs beside it.
  package static func allocated() -> Int { Int(malloc_statistics_in_use()) }

  /// The most that was resident at any time, in bytes.
  package static func peakResident() -> Int { line("VmHWM:") }
  /// What is resident now, in bytes.
  package static func resident() -> Int { line("VmRSS:") }

  private static func line(_ name: String) -> Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 256)
    while fgets(&buffer, Int32(buffer.count), file) != nil {
      let end = buffer.firstIndex(of: 0) ?? buffer.endIndex
      let text = String(decoding: buffer[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix(name) else { continue }
      let kibibytes = Int(text.dropFirst(name.count).filter(\.isNumber)) ?? 0
      return kibibytes * 1024
    }
    return 0
  }
}
