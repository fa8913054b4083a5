// What the frameworks of a recording wanted: what is left of a recording once it no longer fits the master that it is told to.

package import MesetaModel
package import MesetaProtocol
package import MesetaRuntime

/// What was wanted after a point in time of a recording, and which machines there were.
package struct Demand: Sendable {
  /// A task that a framework launched.
  package struct Task: Sendable {
    package var info: TaskInfo
    /// The role whose offers it was launched on.
    package var role: String
    /// Since when it was wanted: see ``DemandReader``.
    package var wanted: Instant
    /// How long it ran; nil: longer than the recording.
    package var runTime: Span?
  }

  package struct Framework: Sendable {
    package var info: FrameworkInfo
    /// When it subscribed, if that was after the point in time.
    package var joins: Instant?
    /// How long it declined offers for that it had no use for; the last that it said.
    package var refuseSeconds = 5.0
    /// In the order in which they were wanted.
    package var tasks: [Task] = []
  }

  /// A task that ran at the point in time.
  package struct Running: Sendable {
    package var framework: FrameworkID
    package var info: TaskInfo
    /// When it ended; nil: after the recording.
    package var end: Instant?
  }

  /// An agent that registered, or was lost, after the point in time.
  package enum AgentChange: Sendable {
    case joins(AgentRegistration)
    case leaves(AgentID)
  }

  package var start: Time
  package var end: Instant
  package var frameworks: [Framework] = []
  package var running: [Running] = []
  package var agents: [(time: Instant, change: AgentChange)] = []
}
