// Reading off a recording what its frameworks wanted.

package import MesetaMaster
import MesetaModel
import MesetaProtocol
package import MesetaRecording
package import MesetaRuntime

/// Follows a master's recording from a point in time on, and finds out what its frameworks wanted.
///
/// A recording tells when a task was launched, not since when it was wanted. It counts as wanted since the last time at which
/// its framework declined an offer of the role that had room for it, for then it did not want it; or else since the framework
/// last asked for offers (REVIVE, or its subscription), or since the point in time.
package struct DemandReader {
  /// How many declines of a framework are looked at.
  private static let memory = 1000

  private struct Known {
    var demand: Demand.Framework
    var declines: [(time: Instant, role: String, resources: Resources)] = []
    var revived: Instant
  }

  private struct Launch {
    var framework: Int
    var place: Int
    var started: Instant
  }

  private var demand: Demand
  private var known: [Known] = []
  /// Look-up only, as the other tables.
  private var byID: [FrameworkID: Int] = [:]
  private var bySession: [SessionID: Int] = [:]
  private var subscribing: [SessionID: FrameworkInfo] = [:]
  private var offers: [OfferID: (role: String, resources: Resources)] = [:]
  private var launches: [FrameworkTask: Launch] = [:]
  private var running: [FrameworkTask: Int] = [:]
  private var agentsBySession: [SessionID: AgentID] = [:]
  private var registering: [SessionID: AgentRegistration] = [:]
  /// Agents whose sessions closed and that may be back: since when.
  private var away: [(id: AgentID, since: Instant)] = []

  /// Begins with a master as it was at the point in time.
  package init(_ master: Master, at time: Time) {
    demand = Demand(start: time, end: time.monotonic)
    let connections = master.connections
    for framework in connections.frameworks {
      enter(framework.info, framework.session, joins: nil, at: time.monotonic)
    }
    for agent in connections.agents { agentsBySession[agent.session] = agent.info.id }
    for task in master.describeTasks() where !task.isCompleted && !task.record.state.isTerminal {
      running[FrameworkTask(task.record.frameworkID, task.record.info.id)] = demand.running.count
      demand.running.append(
        Demand.Running(framework: task.record.frameworkID, info: task.record.info, end: nil))
    }
  }

  private mutating func enter(_ info: FrameworkInfo, _ session: SessionID, joins: Instant?, at time: Instant)
  {
    guard let id = info.id else { return }
    bySession[session] = known.count
    byID[id] = known.count
    known.append(Known(demand: Demand.Framework(info: info, joins: joins), revived: time))
  }

  // MARK: What the master was told

  package mutating func take(_ step: Replay<Master>.Step, at time: Time) {
    let now = time.monotonic
    demand.end = max(demand.end, now)
    switch step {
    case .input(.received(let session, _, .schedulerCall(let call, _))): take(call, session, now)
    case .input(.received(let session, _, .agentMessage(let message))): take(message, session, now)
    case .input(.closed(let session, _)):
      if let id = agentsBySession.removeValue(forKey: session) { away.append((id, now)) }
    case .input: break
    case .batch(let effects):
      for case .send(let message, let session) in effects { take(sent: message, session, now) }
    case .gap, .end: break
    }
  }

  private mutating func take(_ call: SchedulerCall, _ session: SessionID, _ now: Instant) {
    if case .subscribe(let subscribe) = call.kind { subscribing[session] = subscribe.framework }
    guard let number = bySession[session] else { return }
    switch call.kind {
    case .revive: known[number].revived = now
    case .decline(let ids, let filters):
      known[number].demand.refuseSeconds = filters.refuseSeconds
      for id in ids {
        if let offer = offers.removeValue(forKey: id) {
          known[number].declines.append((now, offer.role, offer.resources))
        }
      }
      let excess = known[number].declines.count - 2 * Self.memory
      if excess > 0 { known[number].declines.removeFirst(excess + Self.memory) }
    case .accept(let accept): take(accept, of: number, now)
    default: break
    }
  }

  private mutating func take(_ accept: SchedulerCall.Accept, of number: Int, _ now: Instant) {
    let accepted = accept.offerIDs.compactMap { offers.removeValue(forKey: $0) }
    guard let role = accepted.first?.role else { return }
    for operation in accept.operations {
      switch operation.kind {
      case .launch(let tasks): for task in tasks { launch(task, role, of: number, now) }
      case .launchGroup(let executor, let tasks):
        for task in tasks {
          launch(task.with { $0.executor = $0.executor ?? executor }, role, of: number, now)
        }
      default: break
      }
    }
  }

  private mutating func launch(_ task: TaskInfo, _ role: String, of number: Int, _ now: Instant) {
    let need = task.resources.allocated(to: nil)
    let refused = known[number].declines.last {
      $0.role == role && $0.time < now && $0.resources.allocated(to: nil).canFind(need)
    }
    let wanted = max(refused?.time ?? demand.start.monotonic, known[number].revived)
    guard let id = known[number].demand.info.id else { return }
    launches[FrameworkTask(id, task.id)] = Launch(
      framework: number, place: known[number].demand.tasks.count, started: now)
    known[number].demand.tasks.append(Demand.Task(info: task, role: role, wanted: wanted, runTime: nil))
  }

  private mutating func take(_ message: AgentMessage, _ session: SessionID, _ now: Instant) {
    switch message {
    case .register(let registration): registering[session] = registration
    case .reregister(let again):
      guard let id = again.registration.info.id else { return }
      agentsBySession[session] = id
      away.removeAll { $0.id == id }
    default: break
    }
  }

  // MARK: What it said

  private mutating func take(sent message: Message, _ session: SessionID, _ now: Instant) {
    switch message {
    case .schedulerEvent(.subscribed(let id, _, _)):
      guard var info = subscribing.removeValue(forKey: session) else { return }
      info.id = id
      if let number = byID[id] {
        bySession[session] = number
        known[number].revived = now
      } else {
        enter(info, session, joins: now, at: now)
      }
    case .schedulerEvent(.offers(let made)):
      for offer in made { offers[offer.id] = (offer.allocationRole, offer.resources) }
    case .schedulerEvent(.rescind(let id)): offers[id] = nil
    case .schedulerEvent(.update(let status)): take(status, session, now)
    case .masterMessage(.registered(let id, _)):
      agentsBySession[session] = id
      if let registration = registering.removeValue(forKey: session) {
        demand.agents.append((now, .joins(registration)))
      }
    default: break
    }
  }

  private mutating func take(_ status: TaskStatus, _ session: SessionID, _ now: Instant) {
    guard let number = bySession[session], let id = known[number].demand.info.id else { return }
    let task = FrameworkTask(id, status.taskID)
    if let launch = launches[task] {
      if status.state == .running { launches[task]?.started = now }
      if status.state.isTerminal {
        known[launch.framework].demand.tasks[launch.place].runTime = now - launch.started
        launches[task] = nil
      }
    } else if status.state.isTerminal, let place = running.removeValue(forKey: task) {
      demand.running[place].end = now
    }
  }

  /// What was wanted, when all has been taken.
  package func finish() -> Demand {
    var demand = demand
    demand.frameworks = known.map { known in
      var framework = known.demand
      framework.tasks.sort { $0.wanted < $1.wanted }
      return framework
    }
    for agent in away { demand.agents.append((agent.since, .leaves(agent.id))) }
    demand.agents.sort { $0.time < $1.time }
    return demand
  }
}
