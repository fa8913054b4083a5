// What the master of a fork asks for in a batch.

import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime

struct ForkEffects: MasterEffects {
  var sent: [(message: Message, session: SessionID)] = []
  var closed: [SessionID] = []
  var stored: [StorageToken] = []
  /// What it refused of what it was asked.
  var refusals: [String] = []

  mutating func send(_ message: consuming Message, to session: SessionID) { sent.append((message, session)) }
  mutating func respond(_ request: RequestID, _ outcome: Outcome) {
    if request != .none, case .failed(let error) = outcome { refusals.append(error.message) }
  }
  mutating func close(_ session: SessionID, reason: String) { closed.append(session) }
  mutating func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
  mutating func store(_ token: StorageToken, _ operation: RegistryOperation) { stored.append(token) }
}
