// A recorded state that goes on: the master is the recorded one, and everybody else a model of who was there.

package import MesetaMaster
package import MesetaModel
package import MesetaProtocol
package import MesetaRuntime

/// What is different in a fork.
package enum ForkChange: Sendable {
  /// An operator's call at the beginning.
  case call(OperatorCall)
  /// So many agents, those that came last, are lost for good.
  case loseAgents(Int)
  /// So many agents more; nil: like the first that there is.
  case addAgents(Int, Resources?)
}

/// Plays what a ``Demand`` wants on the master of a recording.
///
/// Agents run each task for as long as it ran in the recording and answer every ping. Frameworks launch what they want in the
/// order in which they wanted it, on the first offer of its role that has room for it; they decline the rest for as long as
/// they did in the recording, ask for offers again (REVIVE) when they want something new, and ask for none (SUPPRESS) while
/// they want nothing. A task that is lost with an agent is wanted again. Messages take a millisecond.
package struct Fork {
  private static let delay = Span.milliseconds(1)

  enum Event: Sendable {
    case message(SessionID, Message)
    case opens(SessionID, Peer, Message)
    case closes(SessionID)
    case stored(StorageToken)
    case wants(framework: Int)
    case ends(FrameworkTask)
    case change(Int)
  }

  struct Running: Sendable {
    var session: SessionID
    var framework: Int?
    /// Which of its framework's tasks it is; nil: one that ran before.
    var place: Int?
    var role: String
    var resources: Resources
    var info: TaskInfo
    var runTime: Span?
  }

  enum Party: Sendable {
    case agent(AgentID?)
    case framework(Int)
  }

  let demand: Demand
  let end: Instant
  private var master: Master
  var now: Instant
  var events = Deadlines<Event>()
  var parties: [SessionID: Party] = [:]
  /// The agents' sessions in the order they came, with what they have.
  var agents: [(session: SessionID, resources: Resources)] = []
  var frameworks: [ForkFramework]
  var running: [FrameworkTask: Running] = [:]
  private var lastSession: UInt64
  var lastNumber: UInt64 = 0
  package internal(set) var measures: ForkMeasures
  /// Why a change could not be made.
  package private(set) var refusals: [String] = []

  /// - Parameters:
  ///   - master: as it was when the demand begins.
  ///   - end: until when to go on; nil: until the recording ended.
  package init(_ master: Master, _ demand: Demand, _ changes: [ForkChange], until end: Instant? = nil) {
    self.master = master
    self.demand = demand
    self.end = end ?? demand.end
    now = demand.start.monotonic
    frameworks = demand.frameworks.map(ForkFramework.init)
    lastSession = 1 << 62
    measures = ForkMeasures(demand)
    join()
    for change in changes { make(change) }
  }

  /// Everybody who is there takes their place, and those who come are announced.
  private mutating func join() {
    let connections = master.connections
    for agent in connections.agents {
      parties[agent.session] = .agent(agent.info.id)
      agents.append((agent.session, agent.info.resources))
    }
    for framework in connections.frameworks {
      guard let number = frameworks.firstIndex(where: { $0.id == framework.info.id }) else { continue }
      parties[framework.session] = .framework(number)
      frameworks[number].session = framework.session
      if !framework.offers.isEmpty {
        say(.decline(offerIDs: framework.offers, filters: Filters(refuseSeconds: 0)), number)
      }
      beginWanting(number)
    }
    for task in demand.running {
      let key = FrameworkTask(task.framework, task.info.id)
      guard let agent = connections.agents.first(where: { $0.info.id == task.info.agentID }) else { continue }
      let number = frameworks.firstIndex { $0.id == task.framework }
      running[key] = Running(
        session: agent.session, framework: number, place: nil,
        role: task.info.resources.first?.allocationRole ?? Role.anyone, resources: task.info.resources,
        info: task.info,
        runTime: nil)
      measures.started(task.info.resources, role: running[key]?.role ?? "", framework: number)
      if let end = task.end { events.add(.ends(key), at: max(end, now)) }
    }
    for number in frameworks.indices {
      guard let time = frameworks[number].demand.joins else { continue }
      let session = newSession()
      var info = frameworks[number].demand.info
      info.id = nil
      parties[session] = .framework(number)
      frameworks[number].session = session
      frameworks[number].id = nil
      events.add(
        .opens(
          session, Peer(.framework, address: info.name),
          .schedulerCall(SchedulerCall(frameworkID: nil, .subscribe(.init(info))), request: 0)), at: time)
    }
    for (place, change) in demand.agents.enumerated() { events.add(.change(place), at: change.time) }
  }

  /// A framework wants something when its next task is wanted.
  private mutating func beginWanting(_ number: Int) {
    wants(number)
    // What it asked for before the fork counts no more.
    if !frameworks[number].wantsAny(at: now), frameworks[number].suppresses() {
      say(.suppress(roles: []), number)
    }
  }

  private mutating func newSession() -> SessionID {
    lastSession += 1
    return SessionID(lastSession)
  }

  // MARK: Changes

  private mutating func make(_ change: ForkChange) {
    switch change {
    case .call(let call): ask(call)
    case .loseAgents(let count):
      for agent in agents.suffix(count) {
        if case .agent(let id?) = parties[agent.session] { ask(.markAgentGone(id)) }
      }
    case .addAgents(let count, let resources):
      let model = resources ?? agents.first?.resources ?? Resources()
      for number in 0..<count {
        add(AgentInfo(hostname: "added-\(number + 1)", resources: model), at: now)
      }
    }
  }

  mutating func add(_ info: AgentInfo, at time: Instant) {
    var info = info
    info.id = nil
    let session = newSession()
    parties[session] = .agent(nil)
    agents.append((session, info.resources))
    events.add(
      .opens(
        session, Peer(.agent, address: info.hostname),
        .agentMessage(
          .register(
            AgentRegistration(
              info, version: Version.current,
              capabilities: [.multiRole, .hierarchicalRole, .reservationRefinement])))),
      at: time)
  }

  /// An operator's call, whose outcome counts if it is a refusal.
  private mutating func ask(_ call: OperatorCall) {
    let session = newSession()
    lastNumber += 1
    handle([
      .opened(session, Peer(.operator, address: "what-if")),
      .received(session, RequestID(1 << 62 | lastNumber), .operatorCall(call, request: 1)),
    ])
  }

  // MARK: Time

  /// Goes on until the end.
  package mutating func run() {
    while true {
      let next = max(now, min(events.next, master.nextWake))
      guard next <= end else { break }
      advance(to: next)
      var inputs: [MasterInput] = master.nextWake <= now ? [.wake] : []
      while let event = events.takeDue(now) { inputs += self.inputs(of: event) }
      handle(inputs)
    }
    advance(to: end)
    for number in frameworks.indices { measures.waiting(frameworks[number], number, at: end) }
  }

  private mutating func advance(to time: Instant) {
    measures.pass(time - now, total: agents.reduce(into: Resources()) { $0 += $1.resources })
    now = time
  }

  private mutating func inputs(of event: Event) -> [MasterInput] {
    switch event {
    case .message(let session, let message):
      return parties[session] == nil ? [] : [.received(session, .none, message)]
    case .opens(let session, let peer, let message):
      return [.opened(session, peer), .received(session, .none, message)]
    case .closes(let session):
      return parties.removeValue(forKey: session) == nil ? [] : [.closed(session, reason: "it is lost")]
    case .stored(let token): return [.local(.stored(token))]
    case .wants(let framework):
      wants(framework)
      return []
    case .ends(let task):
      end(task, .finished)
      return []
    case .change(let place):
      switch demand.agents[place].change {
      case .joins(let registration): add(registration.info, at: now)
      case .leaves(let id):
        if let session = agents.first(where: { isAgent($0.session, id) })?.session { return leave(session) }
      }
      return []
    }
  }

  /// One batch of the master.
  private mutating func handle(_ inputs: [MasterInput]) {
    let time = Time(
      monotonic: now, wall: demand.start.wall &+ (now - demand.start.monotonic).nanoseconds)
    var effects = ForkEffects()
    for input in inputs { master.handle(input, at: time, &effects) }
    master.handle(.endOfBatch, at: time, &effects)
    for token in effects.stored { events.add(.stored(token), at: now) }
    refusals += effects.refusals
    for (message, session) in effects.sent { deliver(message, to: session) }
    for session in effects.closed { parties[session] = nil }
  }

  /// Has a message reach the master.
  mutating func send(_ message: Message, from session: SessionID) {
    events.add(.message(session, message), at: now + Self.delay)
  }
}
