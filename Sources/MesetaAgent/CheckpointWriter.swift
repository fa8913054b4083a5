import MesetaRuntime

/// Numbers the agent's checkpoints, and knows whether what it has to remember has changed since the last one.
struct CheckpointWriter: Codable, Sendable {
  private var lastToken: UInt64 = 0
  /// What changed is written at the end of the batch, or before something is started that counts on it.
  var isStale = false
  /// The write of the agent's id, without which it says nothing, while that is under way.
  private(set) var identity: StorageToken?

  /// The token of the next checkpoint.
  var next: StorageToken { StorageToken(lastToken + 1) }

  mutating func begin(isIdentity: Bool = false) -> StorageToken {
    lastToken += 1
    isStale = false
    let token = StorageToken(lastToken)
    if isIdentity { identity = token }
    return token
  }

  /// A checkpoint is durable. Returns whether that was the agent's id.
  mutating func stored(_ token: StorageToken) -> Bool {
    guard identity == token else { return false }
    identity = nil
    return true
  }
}
