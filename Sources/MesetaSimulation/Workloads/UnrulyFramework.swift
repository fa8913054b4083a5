// A framework that does not keep to the rules.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Speaks to the master without a driver: calls before it subscribes, calls that are wrong in one way or another, floods of
/// calls that are right, and silence. What it says by accident as a good framework would is carried out.
struct UnrulyFramework: Machine {
  let info: FrameworkInfo
  private var random: SeededGenerator
  private var session: SessionID?
  private var isConnecting = false
  private var isSubscribed = false
  private var nextTurn = Instant.zero
  private(set) var frameworkID: FrameworkID?
  private var offers: [Offer] = []
  private var updates: [TaskStatus] = []
  private var launched = 0
  /// Tells its tasks from those of its earlier lives.
  private let incarnation: String
  private var turns = 0
  /// It falls silent after so many turns: what it started has to be over in the end.
  private let lastTurn: Int

  var isScripted: Bool { true }

  init(_ shape: Shape.Framework, seed: UInt64) {
    random = SeededGenerator(seed: seed)
    incarnation = String(random.next(), radix: 16)
    lastTurn = 5 * shape.tasks
    var info = FrameworkInfo(name: shape.name, failoverTimeout: shape.failoverTimeout, principal: shape.name)
    info.roles = shape.roles
    info.capabilities = [.multiRole] + (shape.isPartitionAware ? [.partitionAware] : [])
    self.info = info
  }

  var nextWake: Instant {
    if session == nil, isConnecting { return .never }
    return turns < lastTurn || session == nil ? nextTurn : .never
  }

  mutating func handle(_ input: consuming NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    switch input {
    case .opened(let opened, _):
      session = opened
      isConnecting = false
      if !random.oneIn(4) { subscribe(&effects) }
    case .connectFailed: lost(time)
    case .closed(let closed, _): if closed == session { lost(time) }
    case .received(_, _, .schedulerEvent(let event)): hear(event, &effects)
    case .local(.stop(let teardown)):
      turns = lastTurn
      // It would hold its offers for ever otherwise.
      if teardown { call(.teardown, &effects) } else { settle(&effects) }
    case .wake: if nextTurn <= time.monotonic { takeTurn(time, &effects) }
    case .endOfBatch, .received, .local: break
    }
  }

  private mutating func lost(_ time: Time) {
    session = nil
    isConnecting = false
    isSubscribed = false
    offers = []
    nextTurn = time.monotonic + .milliseconds(Int(200 + random.below(5000)))
  }

  private mutating func takeTurn(_ time: Time, _ effects: inout Outbox) {
    nextTurn = time.monotonic + .milliseconds(Int(50 + random.below(4000)))
    guard session != nil else {
      isConnecting = true
      return effects.connect()
    }
    turns += 1
    if turns >= lastTurn { return settle(&effects) }
    switch random.below(12) {
    case 0: if !isSubscribed || random.oneIn(4) { subscribe(&effects) }
    case 1: flood(&effects)
    case 2: if random.oneIn(6) { hangUp(time, &effects) }
    case 3, 4: useOffers(&effects)
    case 5: acknowledge(&effects)
    default: say(badCall(), &effects)
    }
  }

  /// In the end it only declines and acknowledges.
  private mutating func settle(_ effects: inout Outbox) {
    if !isSubscribed { subscribe(&effects) }
    call(.suppress(roles: []), &effects)
    for status in updates { acknowledge(status, &effects) }
    updates = []
    if !offers.isEmpty { call(.decline(offerIDs: offers.map(\.id), filters: Filters()), &effects) }
    offers = []
  }

  private var hasSettled: Bool { turns >= lastTurn }

  private mutating func hear(_ event: SchedulerEvent, _ effects: inout Outbox) {
    switch event {
    case .subscribed(let id, _, _):
      frameworkID = id
      isSubscribed = true
    case .offers(let new), .demandMet(_, let new):
      if hasSettled { return call(.decline(offerIDs: new.map(\.id), filters: Filters()), &effects) }
      offers = Array((offers + new).suffix(50))
    case .update(let status):
      // A kill of what is not there is answered with the state: that is not answered again.
      if hasSettled, !status.state.isTerminal, status.uuid != nil {
        call(.kill(.init(status.taskID, agentID: status.agentID)), &effects)
      }
      if hasSettled { return acknowledge(status, &effects) }
      updates = Array((updates + [status]).suffix(50))
    case .error: frameworkID = nil
    default: break
    }
  }

  private mutating func hangUp(_ time: Time, _ effects: inout Outbox) {
    if let session { effects.close(session, reason: "the framework has had enough") }
    lost(time)
  }

  private mutating func subscribe(_ effects: inout Outbox) {
    var own = info
    own.id = frameworkID
    call(.subscribe(.init(own)), &effects)
  }

  // MARK: What is right

  private mutating func flood(_ effects: inout Outbox) {
    let kinds: [SchedulerCall.Kind] = [
      .revive(roles: []), .suppress(roles: []), .reconcile([]), .reconcileOperations([]), .request([]),
      .decline(offerIDs: offers.map(\.id), filters: Filters(refuseSeconds: 0)),
      .reconcile((0..<20).map { .init(TaskID("task\($0)")) }),
    ]
    let kind = kinds[Int(random.below(UInt64(kinds.count)))]
    for _ in 0..<(1 + random.below(30)) { call(kind, &effects) }
    if random.oneIn(2) { call(.revive(roles: []), &effects) }
  }

  private mutating func acknowledge(_ effects: inout Outbox) {
    guard let status = updates.popLast() else { return }
    acknowledge(status, &effects)
    if random.oneIn(3) { acknowledge(status, &effects) }
    if random.oneIn(2) { call(.kill(.init(status.taskID, agentID: status.agentID)), &effects) }
  }

  private func acknowledge(_ status: TaskStatus, _ effects: inout Outbox) {
    guard let agent = status.agentID, let uuid = status.uuid else { return }
    call(.acknowledge(.init(agentID: agent, taskID: status.taskID, uuid: uuid)), &effects)
  }

  private mutating func useOffers(_ effects: inout Outbox) {
    guard let offer = offers.popLast() else { return }
    launched += 1
    let id = TaskID("\(incarnation)-\(launched)")
    let resources = Resources(["cpus": Scalar(milli: 100)]).allocated(to: offer.allocationRole)
    let task = TaskInfo(
      name: "t", id: id, agentID: offer.agentID, resources: resources, command: .shell("run 2s"))
    var ids = [offer.id]
    if random.oneIn(4), let other = offers.popLast() { ids.append(other.id) }
    if random.oneIn(10) { ids.append(offer.id) }
    var tasks = [task]
    if random.oneIn(2) { tasks.append(badTask(like: task)) }
    var operations = [Operation(.launch(tasks))]
    if random.oneIn(3) { operations.append(badOperation(offer)) }
    call(.accept(.init(ids, operations, filters: Filters(refuseSeconds: random.oneIn(3) ? -1 : 1))), &effects)
    if random.oneIn(3) { call(.kill(.init(id)), &effects) }
  }

  // MARK: What is wrong

  private func say(_ call: SchedulerCall, _ effects: inout Outbox) {
    guard let session else { return }
    effects.send(.schedulerCall(call, request: 1), to: session)
  }

  private func call(_ kind: SchedulerCall.Kind, _ effects: inout Outbox) {
    say(SchedulerCall(frameworkID: frameworkID, kind), &effects)
  }

  private mutating func badCall() -> SchedulerCall {
    let calls = BadCalls(framework: frameworkID, info: info, offer: offers.last, status: updates.last).all
    return calls[Int(random.below(UInt64(calls.count)))]
  }

  private mutating func badTask(like task: TaskInfo) -> TaskInfo {
    let tasks = BadCalls.tasks(like: task)
    return tasks[Int(random.below(UInt64(tasks.count)))]
  }

  private mutating func badOperation(_ offer: Offer) -> Operation {
    let operations = BadCalls.operations(offer)
    return operations[Int(random.below(UInt64(operations.count)))]
  }
}
