// What a machine asked for during one batch, in order: the effects of all kinds of machines as one list.

import MesetaAgent
import MesetaFramework
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// One effect of a machine. Hashable, so that a replay can be compared with the run. What is large and rare is kept out of
/// line, so that a message is quick to move.
enum Effect: Hashable, Sendable {
  case send(Message, SessionID)
  case respond(RequestID, Outcome)
  case close(SessionID, reason: String)
  case log(LogLevel, String)
  case connect
  indirect case store(StorageToken, RegistryOperation)
  indirect case checkpoint(StorageToken, AgentCheckpoint)
  case record([AgentRecord], synchronized: StorageToken?)
  indirect case launch(ContainerLaunch)
  case kill(containerID: String, grace: Span)
  case forget(containerID: String)
  case measureUsage([String])
  case measureDisk(listsSandboxes: Bool)
  case removeSandboxes([String])
  indirect case listFiles(RequestID, path: String, root: String)
  indirect case readFile(RequestID, path: String, offset: UInt64, length: UInt64?, root: String)
  indirect case persist(FrameworkRecord)
  case report(String)
  case finished(FinishReason)
  case exit
}

/// Collects the effects of a batch.
struct Outbox {
  var effects: [Effect] = []
  /// What is said below that level is not even put into words.
  var leastLevel = LogLevel.debug

  mutating func send(_ message: consuming Message, to session: SessionID) {
    effects.append(.send(message, session))
  }
  mutating func respond(_ request: RequestID, _ outcome: Outcome) {
    effects.append(.respond(request, outcome))
  }
  mutating func close(_ session: SessionID, reason: String) {
    effects.append(.close(session, reason: reason))
  }
  mutating func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    if level >= leastLevel { effects.append(.log(level, message())) }
  }
  mutating func connect() { effects.append(.connect) }
  mutating func exit() { effects.append(.exit) }
}

extension Outbox: MasterEffects {
  mutating func store(_ token: StorageToken, _ operation: RegistryOperation) {
    effects.append(.store(token, operation))
  }
}

extension Outbox: AgentEffects {
  mutating func launch(_ container: ContainerLaunch) { effects.append(.launch(container)) }
  mutating func kill(containerID: String, grace: Span) {
    effects.append(.kill(containerID: containerID, grace: grace))
  }
  mutating func forget(containerID: String) { effects.append(.forget(containerID: containerID)) }
  mutating func measureUsage(of containerIDs: [String]) { effects.append(.measureUsage(containerIDs)) }
  mutating func checkpoint(_ token: StorageToken, _ checkpoint: AgentCheckpoint) {
    effects.append(.checkpoint(token, checkpoint))
  }
  mutating func record(_ records: [AgentRecord], synchronized token: StorageToken?) {
    effects.append(.record(records, synchronized: token))
  }
  mutating func measureDisk(listsSandboxes: Bool) {
    effects.append(.measureDisk(listsSandboxes: listsSandboxes))
  }
  mutating func removeSandboxes(_ paths: [String]) { effects.append(.removeSandboxes(paths)) }
  mutating func listFiles(_ request: RequestID, path: String, root: String) {
    effects.append(.listFiles(request, path: path, root: root))
  }
  mutating func readFile(
    _ request: RequestID, path: String, offset: UInt64, length: UInt64?, root: String
  ) {
    effects.append(.readFile(request, path: path, offset: offset, length: length, root: root))
  }
}

/// The effects of a framework whose scheduler reports nothing.
extension Outbox: FrameworkEffects {
  mutating func persist(_ record: FrameworkRecord) { effects.append(.persist(record)) }
  mutating func report(_ report: Never) {}
  mutating func finished(_ reason: FinishReason) { effects.append(.finished(reason)) }
}

/// The effects of a framework, whose scheduler reports in a type of its own.
struct FrameworkOutbox<Report: Sendable>: FrameworkEffects {
  var outbox = Outbox()
  var reports: [Report] = []
  /// Whether there are any.
  var hasReports = false

  mutating func send(_ message: consuming Message, to session: SessionID) {
    outbox.send(message, to: session)
  }
  mutating func respond(_ request: RequestID, _ outcome: Outcome) { outbox.respond(request, outcome) }
  mutating func close(_ session: SessionID, reason: String) { outbox.close(session, reason: reason) }
  mutating func log(_ level: LogLevel, _ message: @autoclosure () -> String) { outbox.log(level, message()) }
  mutating func connect() { outbox.connect() }
  mutating func persist(_ record: FrameworkRecord) { outbox.persist(record) }
  mutating func report(_ report: Report) {
    outbox.effects.append(.report(String(describing: report)))
    reports.append(report)
    hasReports = true
  }
  mutating func finished(_ reason: FinishReason) { outbox.finished(reason) }
}
