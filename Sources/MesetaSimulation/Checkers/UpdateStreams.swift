// The status updates of a task: in order, one at a time, each until it is acknowledged, and the last is the last.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Follows the newest update of each task from the agent that makes it to the framework and the acknowledgement back.
///
/// An agent that starts again goes on with them. What one had not got acknowledged that lost its disk is forgotten: it makes new
/// updates.
struct UpdateStreams {
  /// The newest update of a task.
  private struct Stream {
    var maker: NodeID?
    var life: Int32 = 0
    var uuid: UUID?
    var state = TaskState.staging
    var since = Instant.zero
    /// When the agent took the acknowledgement.
    var taken: Instant?
    /// Whether the agent may have ignored the acknowledgement.
    var isDoubtful = false
    /// How often masters have heard of it and have passed it on, and the framework was told it.
    var arrivals: Int32 = 0
    var passings: Int32 = 0
    var tellings: Int32 = 0
    /// How often the framework has acknowledged it, masters have heard of that, and have passed it on.
    var replies: Int32 = 0
    var answers: Int32 = 0
    var returns: Int32 = 0
    /// Whether the task was launched again since.
    var isOver = false
  }

  /// An agent was told that a framework is gone.
  private struct Ending: Equatable {
    var framework: Int
    var agent: NodeID
    var time: Instant
  }

  private var streams: [Stream] = []
  /// Those of the latest instant.
  private var endings: [Ending] = []
  /// How often each node has begun with nothing.
  private var lives: [Int32] = []

  // MARK: Lives

  mutating func forgot(_ node: NodeID) { lives[growing: node.index, filledWith: 0] += 1 }

  private func life(_ node: NodeID) -> Int32 { lives[growing: node.index, filledWith: 0] }

  /// The agent was told to run the task: what it said of an earlier one of that name is over.
  mutating func launched(_ task: Int) { streams[growing: task, filledWith: Stream()].isOver = true }

  /// The agent was told that a framework is gone: what it has not got acknowledged of it nobody waits for any more, also if the
  /// framework comes back under its name to a master that knows nothing of its end.
  mutating func ended(
    _ framework: Int, _ isOfFramework: (_ task: Int) -> Bool, on agent: NodeID, at time: Instant
  ) {
    for task in streams.indices where streams[task].maker == agent && isOfFramework(task) {
      streams[task].isOver = true
    }
    endings.removeAll { $0.time != time }
    endings.append(Ending(framework: framework, agent: agent, time: time))
  }

  /// The agent was told to leave: what it has not got acknowledged nobody waits for any more.
  mutating func ended(on agent: NodeID) {
    for task in streams.indices where streams[task].maker == agent { streams[task].isOver = true }
  }

  // MARK: There

  /// An agent sends an update. Returns what is wrong, if something is.
  mutating func sent(
    _ status: TaskStatus, of task: Int, _ framework: Int, by agent: NodeID, at time: Instant
  ) -> String? {
    guard let uuid = status.uuid else { return "an agent sent an update without a UUID" }
    // It reported that before it was told, in the same batch.
    let isOver = endings.contains(Ending(framework: framework, agent: agent, time: time))
    return update(task) { [life = life(agent)] stream in
      defer { if isOver { stream.isOver = true } }
      let isSameLife = stream.maker == agent && stream.life == life && !stream.isOver
      if stream.uuid == uuid {
        if isSameLife, !stream.isDoubtful, let taken = stream.taken, taken < time {
          return "was reported \(status.state.name) again after the agent had taken the acknowledgement"
        }
        return nil
      }
      let before = stream
      stream = Stream()
      (stream.maker, stream.life, stream.uuid) = (agent, life, uuid)
      (stream.state, stream.since) = (status.state, time)
      guard isSameLife, before.uuid != nil else { return nil }
      if before.state.isTerminal { return "was reported \(status.state.name) after \(before.state.name)" }
      if before.taken == nil {
        return "was reported \(status.state.name) before \(before.state.name) was acknowledged"
      }
      return nil
    }
  }

  /// A master hears of an update.
  mutating func arrived(_ status: TaskStatus, of task: Int) {
    _ = update(task) { stream in
      if stream.uuid == status.uuid { stream.arrivals += 1 }
      return nil
    }
  }

  /// A master passes an update on to a framework.
  mutating func passed(_ status: TaskStatus, of task: Int) -> String? {
    update(task) { stream in
      guard stream.uuid == status.uuid else { return nil }
      stream.passings += 1
      return stream.passings > stream.arrivals ? "was passed on more often than its agent reported it" : nil
    }
  }

  /// A framework is told an update.
  mutating func told(_ status: TaskStatus, of task: Int) {
    _ = update(task) { stream in
      if stream.uuid == status.uuid { stream.tellings += 1 }
      return nil
    }
  }

  // MARK: And back

  /// A framework acknowledges an update, once for each time that it was told.
  mutating func acknowledged(_ uuid: UUID, of task: Int) -> String? {
    update(task) { stream in
      guard stream.uuid == uuid else { return nil }
      stream.replies += 1
      return stream.replies > stream.tellings
        ? "was acknowledged more often than its framework was told of it" : nil
    }
  }

  /// A master hears of an acknowledgement.
  mutating func answered(_ uuid: UUID, of task: Int) {
    _ = update(task) { stream in
      if stream.uuid == uuid { stream.answers += 1 }
      return nil
    }
  }

  /// A master passes an acknowledgement on to an agent.
  mutating func returned(_ uuid: UUID, of task: Int) -> String? {
    update(task) { stream in
      guard stream.uuid == uuid else { return nil }
      stream.returns += 1
      return stream.returns > stream.answers
        ? "has an update acknowledged by the master that its framework has not acknowledged" : nil
    }
  }

  /// An agent takes an acknowledgement.
  mutating func taken(_ uuid: UUID, of task: Int, by agent: NodeID, at time: Instant) {
    _ = update(task) { [life = life(agent)] stream in
      if stream.uuid == uuid, stream.maker == agent, stream.life == life, stream.taken == nil {
        stream.taken = time
      }
      return nil
    }
  }

  /// An agent ends its session with the master, or crashes. What else came on it in the same batch it may have ignored.
  mutating func closed(_ agent: NodeID, at time: Instant) {
    for task in streams.indices where streams[task].maker == agent && streams[task].taken == time {
      streams[task].isDoubtful = true
    }
  }

  /// The machine of an agent has started again: which updates were acknowledged the agent may have forgotten.
  mutating func rebooted(_ agent: NodeID) {
    for task in streams.indices where streams[task].maker == agent && streams[task].taken != nil {
      streams[task].isDoubtful = true
    }
  }

  // MARK: Questions

  /// Whether an agent has reported the end of a task in this life of it.
  func hasEnded(_ task: Int, on agent: NodeID) -> Bool {
    guard task < streams.count else { return false }
    let stream = streams[task]
    return stream.maker == agent && stream.life == life(agent) && !stream.isOver && stream.state.isTerminal
  }

  /// The tasks whose newest update was not acknowledged for so long.
  func unacknowledged(for span: Span, at time: Instant) -> [(task: Int, agent: NodeID, state: TaskState)] {
    streams.indices.compactMap { task in
      let stream = streams[task]
      guard let maker = stream.maker, stream.taken == nil, !stream.isOver, stream.since + span <= time,
        stream.life == life(maker)
      else { return nil }
      return (task, maker, stream.state)
    }
  }

  private mutating func update(_ task: Int, _ change: (inout Stream) -> String?) -> String? {
    change(&streams[growing: task, filledWith: Stream()])
  }
}
