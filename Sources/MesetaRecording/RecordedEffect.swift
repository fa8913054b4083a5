// What a master or an agent asked for, as a value that is quick to move: what is large and rare is out of line.

package import MesetaAgent
package import MesetaMaster
package import MesetaProtocol
package import MesetaRuntime

package enum RecordedEffect: Hashable, Sendable {
  case send(Message, SessionID)
  indirect case respond(RequestID, Outcome)
  case close(SessionID, reason: String)
  case log(LogLevel, String)
  case connect
  indirect case store(StorageToken, RegistryOperation)
  indirect case checkpoint(StorageToken, AgentCheckpoint)
  indirect case record([AgentRecord], synchronized: StorageToken?)
  indirect case launch(ContainerLaunch)
  case kill(containerID: String, grace: Span)
  case forget(containerID: String)
  case measureUsage([String])
  case measureDisk(listsSandboxes: Bool)
  case removeSandboxes([String])
  indirect case listFiles(RequestID, path: String, root: String)
  indirect case readFile(RequestID, path: String, offset: UInt64, length: UInt64?, root: String)
  case exit
}

/// Takes what a machine asks for and does none of it: for a replay.
package struct EffectTally: MasterEffects, AgentEffects {
  package private(set) var digest = EffectDigest()
  private var encoder = EffectBytes()
  /// Whether the effects are kept.
  private let keeps: Bool
  /// Those that were kept.
  package private(set) var effects: [RecordedEffect] = []

  package init(keeps: Bool) { self.keeps = keeps }

  /// Begins the next batch.
  mutating func begin() {
    digest = EffectDigest()
    effects = []
  }

  private mutating func take(_ effect: RecordedEffect) {
    digest.add(effect, &encoder)
    if keeps { effects.append(effect) }
  }

  package mutating func send(_ message: consuming Message, to session: SessionID) {
    take(.send(message, session))
  }
  package mutating func respond(_ request: RequestID, _ outcome: Outcome) { take(.respond(request, outcome)) }
  package mutating func close(_ session: SessionID, reason: String) { take(.close(session, reason: reason)) }
  package mutating func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    if level > .debug { take(.log(level, message())) }
  }
  package mutating func connect() { take(.connect) }
  package mutating func store(_ token: StorageToken, _ operation: RegistryOperation) {
    take(.store(token, operation))
  }
  package mutating func checkpoint(_ token: StorageToken, _ checkpoint: AgentCheckpoint) {
    take(.checkpoint(token, checkpoint))
  }
  package mutating func record(_ records: [AgentRecord], synchronized token: StorageToken?) {
    take(.record(records, synchronized: token))
  }
  package mutating func launch(_ container: consuming ContainerLaunch) { take(.launch(container)) }
  package mutating func kill(containerID: String, grace: Span) {
    take(.kill(containerID: containerID, grace: grace))
  }
  package mutating func forget(containerID: String) { take(.forget(containerID: containerID)) }
  package mutating func measureUsage(of containerIDs: [String]) { take(.measureUsage(containerIDs)) }
  package mutating func measureDisk(listsSandboxes: Bool) {
    take(.measureDisk(listsSandboxes: listsSandboxes))
  }
  package mutating func removeSandboxes(_ paths: [String]) { take(.removeSandboxes(paths)) }
  package mutating func listFiles(_ request: RequestID, path: String, root: String) {
    take(.listFiles(request, path: path, root: root))
  }
  package mutating func readFile(
    _ request: RequestID, path: String, offset: UInt64, length: UInt64?, root: String
  ) {
    take(.readFile(request, path: path, offset: offset, length: length, root: root))
  }
  package mutating func exit() { take(.exit) }
}
