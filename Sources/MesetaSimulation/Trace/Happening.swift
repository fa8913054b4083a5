// What happens at a node, kept as values until somebody wants to read it.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime

enum Happening: Sendable {
  case delivered(Message, from: NodeID)
  case log(LogLevel, String)
  case launches(ContainerLaunch)
  /// Of a container.
  case runs(ContainerLaunch)
  case ends(ContainerLaunch)
  case kills(ContainerLaunch, grace: Span)
  /// Anything that is rare, in words.
  case other(String)

  /// - Parameter names: What the nodes are called.
  func text(_ names: [String]) -> String {
    switch self {
    case .delivered(let message, let from): "<- \(names[from.index]): \(message.text)"
    case .log(let level, let text): "\(level.name) \(text)"
    case .launches(let launch): "launches \(launch.executorName): \(launch.commandLine)"
    case .runs(let launch): "container of \(launch.executorName) runs"
    case .ends(let launch): "container of \(launch.executorName) ends"
    case .kills(let launch, let grace) where grace <= .zero: "kills \(launch.executorName) with SIGKILL"
    case .kills(let launch, let grace):
      "kills \(launch.executorName) with SIGTERM, and with SIGKILL after \(grace)"
    case .other(let text): text
    }
  }

  func absorb(into digest: inout Digest) {
    switch self {
    case .delivered(let message, let from):
      digest.absorb(UInt64(truncatingIfNeeded: from.index) << 32 | UInt64(message.kind.rawValue))
      message.absorb(into: &digest)
    case .log(_, let text), .other(let text): digest.absorb(text)
    case .launches(let launch): digest.absorb(launch.containerID)
    case .runs(let launch):
      digest.absorb(1)
      digest.absorb(launch.containerID)
    case .ends(let launch):
      digest.absorb(2)
      digest.absorb(launch.containerID)
    case .kills(let launch, let grace):
      digest.absorb(UInt64(bitPattern: grace.nanoseconds))
      digest.absorb(launch.containerID)
    }
  }
}

extension ContainerLaunch {
  func variable(_ name: String) -> String? { environment.first { $0.name == name }?.value }

  /// What people know the container by: the executor's id, which is the task's for a plain command.
  var executorName: String { variable("MESOS_EXECUTOR_ID") ?? containerID }

  var commandLine: String {
    switch program {
    case .shell(let line): line
    case .exec(let path, let arguments): ([path] + arguments.dropFirst()).joined(separator: " ")
    }
  }
}
