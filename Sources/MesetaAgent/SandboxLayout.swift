// Where the sandboxes of an agent are, as in Mesos: operators and their tools know the way.

/// An identifier that cannot be part of a path.
public struct UnsafePathComponent: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the identifier names, such as `executor id`.
  public var kind: String
  public var value: String

  public init(kind: String, value: String) {
    self.kind = kind
    self.value = value
  }

  public var description: String {
    "the \(kind) \(value.debugDescription) cannot name a directory: use 1 to 255 bytes, without '/' and "
      + "control characters, and neither '.' nor '..'"
  }
}

/// Names the directories below an agent's work directory.
///
///     <work_dir>/slaves/<agent>/frameworks/<framework>/executors/<executor>/runs/<container>
///     <work_dir>/slaves/<agent>/frameworks/<framework>/executors/<executor>/runs/latest
public struct SandboxLayout: Hashable, Codable, Sendable {
  /// The agent's work directory: an absolute path.
  public let workDirectory: String

  public init(workDirectory: String) {
    var path = Substring(workDirectory)
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.workDirectory = path == "/" ? "" : String(path)
  }

  /// The directory of one run of an executor: the sandbox of its container.
  ///
  /// - Throws: ``UnsafePathComponent`` for an identifier that would lead elsewhere.
  public func sandbox(
    agentID: String, frameworkID: String, executorID: String, containerID: String
  ) throws(UnsafePathComponent) -> String {
    try Self.sandbox(
      in: executors(agentID: agentID, frameworkID: frameworkID), executorID: executorID,
      run: Self.component(containerID, "container id"))
  }

  /// The symbolic link to the sandbox of an executor's most recent run.
  ///
  /// - Throws: ``UnsafePathComponent`` for an identifier that would lead elsewhere.
  public func latest(
    agentID: String, frameworkID: String, executorID: String
  ) throws(UnsafePathComponent) -> String {
    try Self.sandbox(
      in: executors(agentID: agentID, frameworkID: frameworkID), executorID: executorID, run: "latest")
  }

  /// The directory below which the executors of one framework have theirs, with a slash at its end.
  package func executors(agentID: String, frameworkID: String) throws(UnsafePathComponent) -> String {
    let agent = try Self.component(agentID, "agent id")
    let framework = try Self.component(frameworkID, "framework id")
    return "\(workDirectory)/slaves/\(agent)/frameworks/\(framework)/executors/"
  }

  /// The directory of one run, below that of its framework's executors. `run` is a plain component.
  package static func sandbox(
    in executors: String, executorID: String, run: String
  ) throws(UnsafePathComponent) -> String {
    let executor = try component(executorID, "executor id")
    let capacity = executors.utf8.count + executor.utf8.count + run.utf8.count + 6
    // Every task has one: appending to a string five times takes six times as long.
    return String(unsafeUninitializedCapacity: capacity) { path in
      var end = path[...].initialize(fromContentsOf: executors.utf8)
      end = path[end...].initialize(fromContentsOf: executor.utf8)
      end = path[end...].initialize(fromContentsOf: "/runs/".utf8)
      return path[end...].initialize(fromContentsOf: run.utf8)
    }
  }

  /// The identifier, if it is one plain component of a path.
  package static func component(_ id: String, _ kind: String) throws(UnsafePathComponent) -> String {
    var text = id
    let isSafe = text.withUTF8 { bytes in
      (1...255).contains(bytes.count)
        && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "/") }
        && !(bytes.count <= 2 && bytes.allSatisfy { $0 == UInt8(ascii: ".") })
    }
    guard isSafe else { throw UnsafePathComponent(kind: kind, value: id) }
    return id
  }
}
