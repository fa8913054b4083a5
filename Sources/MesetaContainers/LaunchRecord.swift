// The launch record in bytes: see meseta_launch.h for its form.

import CMesetaProcess
import MesetaAgent

/// A launch that cannot be written down for the supervisor.
enum UnsuitableLaunch: Error, Hashable, CustomStringConvertible {
  case embeddedNUL(String)
  case variableName(String)
  case relativeSandbox(String)
  case tooLarge(Int)

  var description: String {
    switch self {
    case .embeddedNUL(let what): "the \(what) contains a NUL byte, which no program can be given"
    case .variableName(let name):
      "\(name.debugDescription) cannot name an environment variable: it is empty or contains '='"
    case .relativeSandbox(let path): "the sandbox \(path.debugDescription) is not an absolute path"
    case .tooLarge(let size):
      "arguments and environment take \(size) bytes, more than the \(LaunchRecord.maximum) allowed"
    }
  }
}

struct LaunchRecord {
  static let maximum = Int(MESETA_LAUNCH_MAX_BODY)

  private(set) var bytes: [UInt8] = []

  init(_ launch: ContainerLaunch, user: ContainerUser?) throws(UnsuitableLaunch) {
    guard launch.sandbox.utf8.first == UInt8(ascii: "/") else { throw .relativeSandbox(launch.sandbox) }
    let (path, arguments) =
      switch launch.program {
      case .shell(let command): ("/bin/sh", ["sh", "-c", command])
      case .exec(let path, let arguments): (path, arguments)
      }
    let groups = user?.groups ?? []
    for group in groups { append(group) }
    try append(launch.sandbox, "sandbox")
    try append(Self.directory(of: launch), "working directory")
    try append(path, "program's path")
    for argument in arguments { try append(argument, "argument \(argument.debugDescription)") }
    for entry in launch.environment {
      guard !entry.name.isEmpty, !entry.name.utf8.contains(UInt8(ascii: "=")) else {
        throw .variableName(entry.name)
      }
      // The value may be a secret: only the name is told.
      try append("\(entry.name)=\(entry.value)", "environment variable \(entry.name.debugDescription)")
    }
    guard bytes.count <= Self.maximum else { throw .tooLarge(bytes.count) }
    let header = meseta_launch_header(
      magic: MESETA_LAUNCH_MAGIC, body_bytes: UInt32(bytes.count), argument_count: UInt32(arguments.count),
      environment_count: UInt32(launch.environment.count), changes_user: user == nil ? 0 : 1,
      uid: user?.uid ?? 0, gid: user?.gid ?? 0, group_count: UInt32(groups.count),
      niceness: launch.isRevocable ? 10 : 0)
    bytes.insert(contentsOf: withUnsafeBytes(of: header) { Array($0) }, at: 0)
  }

  private static func directory(of launch: ContainerLaunch) -> String {
    guard let directory = launch.workingDirectory else { return launch.sandbox }
    return directory.hasPrefix("/") ? directory : "\(launch.sandbox)/\(directory)"
  }

  private mutating func append(_ number: UInt32) {
    withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
  }

  private mutating func append(_ string: String, _ what: @autoclosure () -> String) throws(UnsuitableLaunch) {
    let start = bytes.count
    bytes.append(contentsOf: string.utf8)
    guard !bytes[start...].contains(0) else { throw .embeddedNUL(what()) }
    bytes.append(0)
  }
}
