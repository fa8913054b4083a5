internal import DequeModule
import MesetaModel
import MesetaRuntime

/// What is to happen when the writes to the registry complete, in the order they were asked for.
struct RegistryWriter: Codable, Sendable {
  /// What waits for a write.
  enum Continuation: Codable, Sendable {
    case admit(PendingAgent)
    case markUnreachable(AgentKey)
    case markAbsentUnreachable(AgentID, since: Int64)
    case removeAgent(AgentKey, reason: String)
    case updateQuotas([RoleQuota], RequestID)
    case updateWeights([RoleWeight], RequestID)
    case maintenance(MaintenanceOperation, RequestID)
    case prune(unreachable: [AgentID], gone: [AgentID])
  }

  private struct Write: Codable, Sendable {
    var token: StorageToken
    var continuation: Continuation
  }

  private var pending: Deque<Write> = []
  private var lastToken: UInt64 = 0

  /// How many writes are under way.
  var count: Int { pending.count }

  /// The token for a write after which `continuation` is to happen.
  mutating func begin(_ continuation: Continuation) -> StorageToken {
    lastToken += 1
    let token = StorageToken(lastToken)
    pending.append(Write(token: token, continuation: continuation))
    return token
  }

  /// What the completed write was for; nil for a token that is not the next one, which a host must not give.
  mutating func complete(_ token: StorageToken) -> Continuation? {
    guard let first = pending.first, first.token == token else { return nil }
    return pending.removeFirst().continuation
  }
}
