// The sessions that frameworks have subscribed on.

import MesetaRuntime

/// By framework, and by master: one that has been deposed goes on with the session that it knows of.
struct Subscriptions {
  private struct Entry {
    var last: SessionID?
    /// By the master's node.
    var atMaster: [SessionID?] = []
  }

  private var entries: [Entry] = []

  mutating func subscribed(_ framework: Int, on session: SessionID, at master: NodeID) {
    entries[growing: framework, filledWith: Entry()].last = session
    entries[framework].atMaster[growing: master.index, filledWith: nil] = session
  }

  /// The session that a framework has subscribed on last, wherever that was.
  func last(_ framework: Int) -> SessionID? {
    framework < entries.count ? entries[framework].last : nil
  }

  /// The session that a framework has subscribed on last at a master.
  func last(_ framework: Int, at master: NodeID) -> SessionID? {
    guard framework < entries.count, master.index < entries[framework].atMaster.count else { return nil }
    return entries[framework].atMaster[master.index]
  }
}
