/// What an agent has to know of its earlier life is torn, edited, or of a newer version.
public struct UnreadableCheckpoint: Error, CustomStringConvertible {
  /// The file.
  public let path: String
  /// What is wrong with it, as a clause.
  public let reason: String

  package init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// What is wrong, and what to do.
  public var description: String {
    "\(path) cannot be read: \(reason). It is left as it is; move it away to join the cluster as a new agent, which "
      + "loses the old one's tasks"
  }
}
