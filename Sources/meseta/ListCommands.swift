// The tables: what agents, frameworks and tasks there are.

import ArgumentParser
import Foundation
import MesetaModel
import MesetaProtocol
import MesetaService

/// What every command that asks a master needs.
struct MasterAddress: ParsableArguments {
  @Option(
    name: .mesos("master"),
    help: "Where the master is, HOST:PORT or zk://HOST:PORT,.../PATH. (default: localhost:5052)")
  var master: String?

  func address(_ settings: Settings) throws -> MesetaService.MasterAddress {
    try settings.nativeMaster(master, "master")
      ?? .native(HostPort(host: "localhost", port: NativePort.master))
  }

  func ask(_ call: OperatorCall, _ settings: Settings = Settings()) async throws -> OperatorResponse {
    do {
      return try await OperatorClient.ask(call, at: address(settings))
    } catch let failure as ConnectionFailure {
      throw NoMaster(failure: failure)
    }
  }

  /// Waits three seconds at most for a master that may have been started a moment ago.
  func untilItAnswers() async throws {
    // Of several masters the one that leads is waited for in any case.
    let isAlone = if case .native = try address(Settings()) { true } else { false }
    for _ in 0..<(isAlone ? 10 : 0) {
      do {
        _ = try await ask(.getMaster)
        return
      } catch is NoMaster {
        try await Task.sleep(for: .milliseconds(300))
      }
    }
    _ = try await ask(.getMaster)
  }
}

/// There is no master where one was looked for.
struct NoMaster: Error, CustomStringConvertible {
  let failure: ConnectionFailure

  var description: String {
    "\(failure). Start a master there with `meseta master`, or say where it is with --master HOST:PORT"
  }
}

/// A list that is shown as a table or as JSON with the same fields.
struct Listing {
  var columns: [TextTable.Column]
  /// The keys of the JSON objects, one for each column.
  var keys: [String]
  var rows: [[Cell]] = []

  enum Cell {
    case text(String)
    case number(Double)
    /// A number that may not be there.
    case noNumber
    case list([String])
    case quantities([ResourceQuantity])

    var shown: String {
      switch self {
      case .text(let text): text
      case .noNumber: "-"
      case .list(let words): words.isEmpty ? "-" : words.joined(separator: ",")
      case .quantities(let quantities):
        quantities.isEmpty ? "-" : quantities.map { "\($0.name):\($0.scalar)" }.joined(separator: ";")
      case .number(let number): Scalar(checking: number)?.description ?? String(number)
      }
    }

    private static func json(_ number: Double) -> Any {
      number == number.rounded() ? Int(number) as Any : number as Any
    }

    var json: Any {
      switch self {
      case .text(let text): text
      case .number(let number): Self.json(number)
      case .noNumber: NSNull()
      case .list(let words): words
      case .quantities(let quantities):
        Dictionary(
          quantities.map { ($0.name, Self.json($0.scalar.value)) }, uniquingKeysWith: { $1 })
      }
    }
  }

  /// An object for each row.
  var objects: [[String: Any]] {
    rows.map { row in Dictionary(uniqueKeysWithValues: zip(keys, row.map(\.json))) }
  }

  func print(asJSON: Bool) throws {
    if asJSON { return try printJSON(objects) }
    var table = TextTable(columns)
    for row in rows { table.add(row.map(\.shown)) }
    for line in table.lines(width: Terminal.width(of: STDOUT_FILENO)) { Swift.print(line) }
  }
}

/// Prints arrays and dictionaries as JSON.
func printJSON(_ objects: Any) throws {
  let data = try JSONSerialization.data(
    withJSONObject: objects, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
  print(String(decoding: data, as: UTF8.self))
}

struct FrameworksCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "frameworks", abstract: "List the frameworks of a cluster.")
  @OptionGroup var master: MasterAddress
  @Flag(help: "Print JSON instead of a table.") var json = false

  func run() async throws {
    guard case .frameworks(let frameworks) = try await master.ask(.getFrameworks) else {
      throw UnexpectedAnswer()
    }
    try Listing.frameworks(frameworks).print(asJSON: json)
  }
}

struct TasksCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tasks", abstract: "List the tasks of a cluster.")
  @OptionGroup var master: MasterAddress
  @Flag(help: "List the tasks that have ended, too.") var all = false
  @Flag(help: "Print JSON instead of a table.") var json = false

  func run() async throws {
    guard case .tasks(let tasks) = try await master.ask(.getTasks) else { throw UnexpectedAnswer() }
    try Listing.tasks(tasks, all: all).print(asJSON: json)
  }
}

extension Listing {
  static func frameworks(_ frameworks: [FrameworkDescription]) -> Listing {
    var listing = Listing(
      columns: [
        .init("FRAMEWORK", isFlexible: true), .init("NAME", isFlexible: true),
        .init("ROLES", isFlexible: true),
        .init("STATE"), .init("CPUS", isNumeric: true), .init("MEM (MB)", isNumeric: true),
      ],
      keys: ["id", "name", "roles", "state", "cpus", "mem"])
    for framework in frameworks {
      listing.rows.append([
        .text(framework.info.id?.value ?? "-"), .text(framework.info.name),
        .text(framework.info.subscribedRoles.joined(separator: ",")),
        .text(framework.isCompleted ? "completed" : framework.isConnected ? "active" : "disconnected"),
        .number(framework.allocated.scalar("cpus").value), .number(framework.allocated.scalar("mem").value),
      ])
    }
    return listing
  }

  static func tasks(_ tasks: [TaskDescription], all: Bool) -> Listing {
    var listing = Listing(
      columns: [
        .init("TASK", isFlexible: true), .init("NAME", isFlexible: true),
        .init("FRAMEWORK", isFlexible: true),
        .init("AGENT", isFlexible: true), .init("STATE"), .init("CPUS", isNumeric: true),
        .init("MEM (MB)", isNumeric: true),
      ],
      keys: ["id", "name", "framework_id", "agent_id", "state", "cpus", "mem"])
    for task in tasks where all || !task.isCompleted {
      let info = task.record.info
      listing.rows.append([
        .text(info.id.value), .text(info.name), .text(task.record.frameworkID.value),
        .text(info.agentID.value),
        .text(task.record.state.name), .number(info.resources.scalar("cpus").value),
        .number(info.resources.scalar("mem").value),
      ])
    }
    return listing
  }
}

/// The master answered with something else than was asked for: it is of another version.
struct UnexpectedAnswer: Error, CustomStringConvertible {
  var description: String {
    "the master gave an answer that this version does not understand; is it of another version?"
  }
}
