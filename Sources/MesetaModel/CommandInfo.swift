/// A command to run in a container.
public struct CommandInfo: Hashable, Codable, Sendable {
  /// A file that is fetched into the sandbox before the command starts.
  public struct URI: Hashable, Codable, Sendable {
    public var value: String
    public var isExecutable: Bool
    public var extract: Bool
    public var cache: Bool
    public var outputFile: String?

    public init(
      _ value: String, isExecutable: Bool = false, extract: Bool = true, cache: Bool = false,
      outputFile: String? = nil
    ) {
      self.value = value
      self.isExecutable = isExecutable
      self.extract = extract
      self.cache = cache
      self.outputFile = outputFile
    }
  }

  /// One box, because the tasks of a framework often run the same command, and it passes through many hands unchanged.
  private var fields: CopyOnWrite<Fields>

  private struct Fields: Hashable, Codable, Sendable {
    var value: String?
    var isShell: Bool
    var arguments: [String]
    var environment: [EnvironmentVariable]
    var uris: [URI]
    var user: String?
  }

  /// With `isShell` a line for `/bin/sh -c`, else the program's path.
  public var value: String? {
    get { fields.value.value }
    set { fields.value.value = newValue }
  }
  public var isShell: Bool {
    get { fields.value.isShell }
    set { fields.value.isShell = newValue }
  }
  /// Without `isShell`: the arguments, the first being the name the program is called by.
  public var arguments: [String] {
    get { fields.value.arguments }
    set { fields.value.arguments = newValue }
  }
  public var environment: [EnvironmentVariable] {
    get { fields.value.environment }
    set { fields.value.environment = newValue }
  }
  public var uris: [URI] {
    get { fields.value.uris }
    set { fields.value.uris = newValue }
  }
  /// The user to run as; nil: the framework's.
  public var user: String? {
    get { fields.value.user }
    set { fields.value.user = newValue }
  }

  public init(
    value: String? = nil, isShell: Bool = true, arguments: [String] = [],
    environment: [EnvironmentVariable] = [], uris: [URI] = [], user: String? = nil
  ) {
    fields = CopyOnWrite(
      Fields(
        value: value, isShell: isShell, arguments: arguments, environment: environment, uris: uris, user: user
      ))
  }

  /// A line for the shell.
  public static func shell(_ line: String, environment: [EnvironmentVariable] = []) -> CommandInfo {
    CommandInfo(value: line, environment: environment)
  }

  /// A program with its arguments; `arguments` begins with the name it is called by.
  public static func program(
    _ path: String, _ arguments: [String], environment: [EnvironmentVariable] = []
  ) -> CommandInfo {
    CommandInfo(value: path, isShell: false, arguments: arguments, environment: environment)
  }
}

/// One variable of a process's environment.
public struct EnvironmentVariable: Hashable, Codable, Sendable {
  public enum Value: Hashable, Codable, Sendable {
    case text(String)
    /// A secret (`mesos.v1.Secret`), passed on as it is.
    case secret(EncodedMessage)
  }

  public var name: String
  public var value: Value

  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }

  public init(_ name: String, _ text: String) { self.init(name, .text(text)) }
}
