// How long an agent keeps the sandboxes of runs that have ended.

import ArgumentParser
import MesetaAgent
import MesetaRuntime

struct GarbageOptions: ParsableArguments {
  @Option(
    name: .mesos("gc_delay"),
    help: """
      How long the sandbox of a run is kept at most. It is kept for less time on a disk that fills up: for \
      gc_delay * (1 - gc_disk_headroom - the part of the disk that is used). (default: 1weeks)
      """)
  var delay: String?
  @Option(
    name: .mesos("gc_disk_headroom"),
    help: "The part of the disk, 0 to 1, that no sandbox is kept in after its run. (default: 0.1)")
  var headroom: String?
  @Option(
    name: .mesos("disk_watch_interval"),
    help: "How long it is from one look at the disk to the next. (default: 1mins)")
  var interval: String?

  /// What the flags change of a configuration.
  func change(_ settings: Settings) throws -> @Sendable (inout AgentConfiguration) -> Void {
    let delay = try settings.span(delay, "gc_delay")
    let interval = try settings.span(interval, "disk_watch_interval")
    let headroom = try settings.value(headroom, "gc_disk_headroom") { text in
      guard let part = Double(text), (0...1).contains(part) else {
        throw BadValue("\"\(text)\" is not a number from 0 to 1")
      }
      return part
    }
    return { configuration in
      if let delay { configuration.gcDelay = delay }
      if let headroom { configuration.gcDiskHeadroom = headroom }
      if let interval { configuration.diskWatchInterval = interval }
    }
  }
}
