// An agent that does not keep to the rules.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Speaks to the master before it has registered, registers with what cannot be, and reports what does not exist. What it offers is
/// of no use to anybody. After some turns it is never heard of again.
struct UnrulyAgent: Machine {
  static let hostname = "unruly"

  private var random: SeededGenerator
  private var session: SessionID?
  private var isConnecting = false
  private var nextTurn = Instant.zero
  private var turnsLeft = 40
  private var id: AgentID?

  var isScripted: Bool { true }

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  var nextWake: Instant { isConnecting || turnsLeft == 0 ? .never : nextTurn }

  mutating func handle(_ input: consuming NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    switch input {
    case .opened(let opened, _):
      session = opened
      isConnecting = false
    case .connectFailed: lost()
    case .closed(let closed, _): if closed == session { lost() }
    case .received(_, _, .masterMessage(let message)): hear(message, &effects)
    case .wake: if nextTurn <= time.monotonic { takeTurn(time, &effects) }
    case .endOfBatch, .received, .local: break
    }
  }

  private mutating func lost() {
    session = nil
    isConnecting = false
  }

  private mutating func hear(_ message: MasterMessage, _ effects: inout Outbox) {
    switch message {
    case .registered(let given, _), .reregistered(let given, _, _): id = given
    case .ping: if !random.oneIn(4) { say(.pong, &effects) }
    case .shutdown: id = nil
    default: break
    }
  }

  private mutating func takeTurn(_ time: Time, _ effects: inout Outbox) {
    nextTurn = time.monotonic + .milliseconds(Int(50 + random.below(4000)))
    guard turnsLeft > 0 else { return }
    guard let session else {
      isConnecting = true
      return effects.connect()
    }
    turnsLeft -= 1
    if turnsLeft == 0 || random.oneIn(20) {
      effects.close(session, reason: "the agent has had enough")
      return lost()
    }
    if random.oneIn(10) {
      return effects.send(.operatorCall(.getAgents, request: random.below(2)), to: session)
    }
    let messages = random.oneIn(3) ? registrations : reports
    say(messages[Int(random.below(UInt64(messages.count)))], &effects)
  }

  private func say(_ message: AgentMessage, _ effects: inout Outbox) {
    if let session { effects.send(.agentMessage(message), to: session) }
  }

  // MARK: What it says

  private static let junk = Resources(["junk": Scalar(4)])

  private var info: AgentInfo {
    var info = AgentInfo(hostname: Self.hostname, resources: Self.junk)
    info.id = id
    return info
  }

  private var registrations: [AgentMessage] {
    func registration(_ change: (inout AgentRegistration) -> Void = { _ in }) -> AgentRegistration {
      var registration = AgentRegistration(info, version: "0")
      change(&registration)
      return registration
    }
    func back(_ registration: AgentRegistration, _ tasks: [TaskRecord] = []) -> AgentMessage {
      let ghost = FrameworkInfo(name: "ghost", id: "ghost", failoverTimeout: 1)
      let executor = ExecutorInfo(id: "e", command: .shell("e"), frameworkID: "ghost")
      return .reregister(
        AgentReregistration(registration, tasks: tasks, executors: [executor], frameworks: [ghost]))
    }
    let task = TaskInfo(
      name: "t", id: "t", agentID: id ?? "nowhere", resources: Self.junk.allocated(to: "*"),
      command: .shell("t"))
    let plain = registration()
    return [
      .register(plain), .register(plain), .register(plain), back(plain),
      back(
        plain, [TaskRecord("ghost", task, state: .running), TaskRecord("stranger", task, state: .failed)]),
      back(registration { $0.info.id = "a/b" }),
      back(registration { if $0.info.id != nil { $0.info.id = "unheard" } }),
      .register(registration { $0.info.resources = Self.junk.allocated(to: "*") }),
      .register(registration { $0.checkpointedResources = Self.reserved(Scalar(9)) }),
      .register(registration { $0.info.id = "a b/c" }),
    ]
  }

  private static func reserved(_ amount: Scalar) -> Resources {
    Resources(["junk": amount]).map { $0 = $0.reserved(Reservation(.dynamic, role: "eng")) }
  }

  private var reports: [AgentMessage] {
    let own: AgentID = id ?? "nowhere"
    // The names that the master gives are easy to guess.
    let prefix = own.value.split(separator: "-").dropLast().joined(separator: "-")
    let frameworks = [FrameworkID("ghost"), FrameworkID("\(prefix)-0000"), FrameworkID("\(prefix)-0001")]
    return frameworks.flatMap { framework -> [AgentMessage] in
      let status = TaskStatus(taskID: "never", state: .running, source: .executor, agentID: own, timestamp: 1)
      let operation = OperationStatus(
        operationID: "never", state: .finished, message: nil, uuid: UUID(random: 1, 2), agentID: own)
      return [
        .statusUpdate(StatusUpdate(framework, status, latestState: .finished)),
        .exitedExecutor(own, framework, "e", status: 9),
        .executorMessage(own, framework, "e", data: [1, 2, 3]),
        .updateOperationStatus(OperationUpdate(UUID(random: 3, 4), frameworkID: framework, operation)),
      ]
    } + [
      .pong, .updateResources(checkpointed: Self.reserved(Scalar(9)), version: UUID(random: 5, 6)),
      .updateResources(checkpointed: Self.reserved(Scalar(2)), version: UUID(random: 7, 8)),
      .updateOversubscribed(Self.junk), .updateOversubscribed(Self.junk.madeRevocable), .unregister(own),
    ]
  }
}
