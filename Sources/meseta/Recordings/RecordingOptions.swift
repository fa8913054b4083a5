import ArgumentParser
import MesetaHost

/// Whether a machine's inputs are written down, and where.
struct RecordingOptions: ParsableArguments {
  @Option(
    name: .mesos("record"),
    help:
      "A directory in which to write down all that this process is told, for `meseta replay`. (default: nothing is)"
  )
  var record: String?
  @Option(
    name: .mesos("record_limit"),
    help: "How much of that is kept; the oldest is removed. At least 1MB. (default: 1GB)")
  var recordLimit: String?

  func options(_ settings: Settings) throws -> Recording? {
    let limit = try settings.bytes(recordLimit, "record_limit", 1 << 20...1 << 50)
    guard let directory = settings.string(record, "record") else { return nil }
    return Recording(directory: absolute(directory), limit: limit ?? Recording.defaultLimit)
  }
}
