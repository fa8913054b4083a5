// Tasks that are not as most are.

import MesetaModel
import MesetaRuntime

/// Commands in every form, and some that no agent can run.
enum OddTasks {
  /// Now and then gives a task something that few have.
  static func spice(_ task: inout TaskInfo.Fields, _ random: inout SeededGenerator) {
    guard random.oneIn(4), var command = task.command else { return }
    switch random.below(12) {
    case 0, 1: task.maxCompletionTime = Int64(1 + random.below(5)) * 1_000_000_000
    case 2, 3: task.killGracePeriod = Int64(random.below(8)) * 1_000_000_000
    case 4, 5: command = .program("/bin/run", ["run", "\(1 + random.below(5))s"])
    case 6:
      command.environment = [EnvironmentVariable("COLOUR", "blue"), EnvironmentVariable("COLOUR", "red")]
    case 7: command.environment = [EnvironmentVariable("A=B", "c")]
    case 8: command.environment = [EnvironmentVariable("SECRET", .secret(EncodedMessage([])))]
    case 9: command.uris = [CommandInfo.URI("http://nowhere/file")]
    case 10: command.value = random.oneIn(2) ? "" : nil
    default: task.container = EncodedMessage([8, 1])
    }
    task.command = command
  }
}
