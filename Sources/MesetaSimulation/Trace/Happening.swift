// What happens at a node, kept as values until somebody wants to read it.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime

enum Happening: Sendable {
  case delivered(Message, from: NodeID)
  case log(LogLevel, String)
  case launches(ContainerSpec)
  /// Of a container.
  case runs(ContainerSpec)
  case ends(ContainerSpec)
  case kills(ContainerSpec, grace: Span)
  /// What a scheduler tells its application, in words.
  case reports(String)
  /// Anything that is rare, in words.
  case other(String)

  /// - Parameter names: What the nodes are called.
  func text(_ names: [String]) -> String {
    switch self {
    case .delivered(let message, let from): "<- \(names[from.index]): \(message.text)"
    case .log(let level, let text): "\(level.name) \(text)"
    case .launches(let spec): "launches \(spec.name): \(spec.launch.commandLine)"
    case .runs(let spec): "container of \(spec.name) runs"
    case .ends(let spec): "container of \(spec.name) ends"
    case .kills(let spec, let grace) where grace <= .zero: "kills \(spec.name) with SIGKILL"
    case .kills(let spec, let grace):
      "kills \(spec.name) with SIGTERM, and with SIGKILL after \(grace)"
    case .reports(let text): "reports \(text)"
    case .other(let text): text
    }
  }

  /// Whether it is a part of what a run is known by.
  var counts: Bool { if case .log(.debug, _) = self { false } else { true } }

  func absorb(into digest: inout Digest) {
    switch self {
    case .delivered(let message, _): message.absorb(into: &digest)  // see Trace.addDelivery
    case .log(_, let text), .other(let text): digest.absorb(text)
    // The words are those of the scheduler's own type, which may tell where something is in memory.
    case .reports: digest.absorb(3)
    case .launches(let spec): digest.absorb(spec.launch.containerID)
    case .runs(let spec):
      digest.absorb(1)
      digest.absorb(spec.launch.containerID)
    case .ends(let spec):
      digest.absorb(2)
      digest.absorb(spec.launch.containerID)
    case .kills(let spec, let grace):
      digest.absorb(UInt64(bitPattern: grace.nanoseconds))
      digest.absorb(spec.launch.containerID)
    }
  }
}

extension ContainerLaunch {
  func variable(_ name: String) -> String? {
    // Names are looked at where they stand, and those of another length not at all.
    for place in environment.indices
    where environment[place].name.utf8.count == name.utf8.count && environment[place].name == name {
      return environment[place].value
    }
    return nil
  }

  var commandLine: String {
    switch program {
    case .shell(let line): line
    case .exec(let path, let arguments): ([path] + arguments.dropFirst()).joined(separator: " ")
    }
  }
}
