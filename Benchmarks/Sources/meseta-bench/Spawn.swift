// The yardstick for real tasks: what this machine spends on a process, whoever starts it.

import ArgumentParser
import BenchmarkSupport
import Glibc

struct Spawn: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Starts /bin/true and waits for it, again and again, one at a time.")

  @Option(help: "For how long, in seconds.")
  var seconds: Double = 3

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds \(seconds): give more than 0 and at most 3600")
    }
  }

  func run() throws { try measure().print(json: output.json) }

  func measure() throws -> Report {
    for _ in 0..<100 { try Self.spawnOne() }  // warm-up
    let start = Clock.now()
    let end = start + Int64(seconds * 1e9)
    var count = 0
    var now = start
    while now < end {
      try Self.spawnOne()
      count += 1
      now = Clock.now()
    }
    let rate = Double(count) / (Double(now - start) / 1e9)
    return Report(title: "spawn and wait, /bin/true", figures: [("spawns_per_second", .number(rate))])
  }

  private static func spawnOne() throws {
    let child = try ChildProcess.spawn("/bin/true", [])
    let status = ChildProcess.wait(child)
    guard status == 0 else { throw BenchmarkFailure("/bin/true ended with status \(status)") }
  }
}
