// The verbs of a script that are calls of a framework, or messages of some other peer.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaSimulation

extension Stage {
  mutating func call(_ verb: String, _ arguments: inout Arguments) throws {
    let name = try arguments.next("who calls")
    switch verb {
    case "subscribe": try subscribe(name, &arguments)
    case "peer": try addPeer(name, &arguments)
    case "operator": try askOperator(name, &arguments)
    case "send": try sendWrong(name, &arguments)
    case "register", "reregister", "unregister": try agentCall(verb, name, &arguments)
    case "acks":
      let node = try peer(name)
      let acknowledges = try arguments.next("on or off") == "on"
      withWorld { $0.setAcknowledging(node, acknowledges) }
    case "disconnect":
      let node = try peer(name)
      withWorld { $0.hangUp(node) }
    default:
      let kind = try schedulerCall(verb, &arguments)
      let framework = arguments.value("as").map { names.expand($0) } ?? infos[name]?.id?.value
      try say(
        .schedulerCall(SchedulerCall(frameworkID: id(framework, of: name), kind), request: request()), name)
    }
  }

  mutating func request() -> UInt64 {
    requests += 1
    return requests
  }

  func peer(_ name: String) throws -> NodeID {
    guard let node = nodes[name] else { throw ScriptError("there is no \(name)") }
    return node
  }

  mutating func say(_ message: Message, _ name: String) throws {
    let node = try peer(name)
    withWorld { $0.say(message, from: node) }
  }

  /// The framework's id, from where it is said or from what the master gave it.
  private mutating func id(_ text: String?, of name: String) -> FrameworkID? {
    if let text { return FrameworkID(text) }
    guard let node = nodes[name] else { return nil }
    return withWorld { $0.frameworkID(of: node) }
  }

  // MARK: Frameworks

  private mutating func subscribe(_ name: String, _ arguments: inout Arguments) throws {
    if nodes[name] == nil {
      let acknowledges = !arguments.flag("no-acks")
      nodes[name] = withWorld { $0.add(peer: name, .framework, acknowledges: acknowledges) }
    }
    let caller = arguments.value("as").map { FrameworkID(names.expand($0)) }
    let constraints = try Self.constraints(&arguments)
    let (info, suppressed) = try framework(name, &arguments)
    infos[name] = info
    let call = SchedulerCall(
      frameworkID: caller ?? info.id,
      .subscribe(.init(info, suppressedRoles: suppressed, offerConstraints: constraints)))
    try say(.schedulerCall(call, request: request()), name)
  }

  private static let capabilities: KeyValuePairs<String, FrameworkInfo.Capability> = [
    "partition-aware": .partitionAware, "task-killing": .taskKillingState, "gpus": .gpuResources,
    "shared": .sharedResources, "refinement": .reservationRefinement,
    "revocable": .revocableResources,
  ]

  private mutating func framework(
    _ name: String, _ arguments: inout Arguments
  ) throws -> (FrameworkInfo, suppressed: [String]) {
    var info = FrameworkInfo(user: arguments.value("user") ?? "nobody", name: name)
    if let role = arguments.value("role") { info.role = role }
    if let roles = arguments.value("roles") {
      info.roles = roles.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      info.capabilities.append(.multiRole)
    }
    for (flag, capability) in Self.capabilities where arguments.flag(flag) {
      info.capabilities.append(capability)
    }
    if let text = arguments.value("failover") {
      guard let span = Span(parsing: text) else { throw ScriptError("\"\(text)\" is no time") }
      info.failoverTimeout = span.inSeconds
    }
    info.principal = arguments.value("principal")
    info.id = arguments.value("id").map { FrameworkID(names.expand($0)) }
    let suppressed = arguments.value("suppressed").map { $0.split(separator: ",").map(String.init) } ?? []
    return (info, suppressed)
  }

  private mutating func schedulerCall(
    _ verb: String, _ arguments: inout Arguments
  ) throws -> SchedulerCall.Kind {
    switch verb {
    case "accept": return try accept(&arguments)
    case "decline":
      let filters = try Self.filters(&arguments)
      return .decline(offerIDs: arguments.rest().map { OfferID(names.expand($0)) }, filters: filters)
    case "accept-inverse":
      let filters = try Self.filters(&arguments)
      return .acceptInverseOffers(
        inverseOfferIDs: arguments.rest().map { OfferID(names.expand($0)) }, filters: filters)
    case "decline-inverse":
      let filters = try Self.filters(&arguments)
      return .declineInverseOffers(
        inverseOfferIDs: arguments.rest().map { OfferID(names.expand($0)) }, filters: filters)
    case "revive": return .revive(roles: arguments.rest())
    case "suppress": return .suppress(roles: arguments.rest())
    case "kill":
      let task = try arguments.next("the task")
      let agent = arguments.value("agent").map { AgentID(names.expand($0)) }
      let grace = arguments.value("grace").flatMap { Span(parsing: $0) }
      return .kill(.init(TaskID(task), agentID: agent, gracePeriod: grace?.nanoseconds))
    case "shutdown":
      let executor = try arguments.next("the executor")
      return .shutdown(executorID: ExecutorID(executor), agentID: try agent(&arguments))
    case "acknowledge":
      let task = try arguments.next("the task")
      let agent = try agent(&arguments)
      guard let uuid = UUID(text: names.expand(try arguments.next("the uuid"))) else {
        throw ScriptError("that is no UUID")
      }
      return .acknowledge(.init(agentID: agent, taskID: TaskID(task), uuid: uuid))
    case "reconcile":
      return .reconcile(
        arguments.rest().map { word in
          let parts = word.split(separator: "@").map(String.init)
          return .init(TaskID(parts[0]), agentID: parts.count > 1 ? AgentID(names.expand(parts[1])) : nil)
        })
    case "acknowledge-operation": return try acknowledgeOperation(&arguments)
    case "reconcile-operations": return reconcileOperations(&arguments)
    case "message":
      let agent = try agent(&arguments)
      let executor = try arguments.next("the executor")
      return .message(
        agentID: agent, executorID: ExecutorID(executor),
        data: Array(try arguments.next("the text").utf8))
    case "request":
      return .request([.init(resources: try Resources(parsing: try arguments.next("the resources")))])
    case "demand": return .demand(try Self.demand(&arguments))
    case "withdraw": return .withdraw(DemandID(try arguments.next("the demand's id")))
    case "teardown": return .teardown
    case "unknown-call": return .unknown(type: 99)
    case "update-framework":
      let constraints = try Self.constraints(&arguments)
      let (info, suppressed) = try framework(try arguments.next("the name"), &arguments)
      return .updateFramework(.init(info, suppressedRoles: suppressed, offerConstraints: constraints))
    default: throw ScriptError("there is no verb \(verb)")
    }
  }

  private mutating func agent(_ arguments: inout Arguments) throws -> AgentID {
    AgentID(names.expand(try arguments.next("the agent's id")))
  }

  // MARK: Others

  private mutating func addPeer(_ name: String, _ arguments: inout Arguments) throws {
    let roles: [String: PeerRole] = [
      "agent": .agent, "framework": .framework, "operator": .operator, "executor": .executor,
    ]
    guard let role = roles[try arguments.next("the role")] else { throw ScriptError("there is no such role") }
    nodes[name] = withWorld { $0.add(peer: name, role) }
  }

  private mutating func askOperator(_ call: String, _ arguments: inout Arguments) throws {
    if nodes["operator"] == nil { nodes["operator"] = withWorld { $0.add(peer: "operator", .operator) } }
    let calls: [String: OperatorCall] = [
      "agents": .getAgents, "frameworks": .getFrameworks, "tasks": .getTasks, "files": .listFiles(path: ""),
      "operations": .getOperations,
    ]
    if call == "teardown" {
      let id = FrameworkID(names.expand(try arguments.next("the framework's id")))
      return try say(.operatorCall(.teardown(id), request: request()), "operator")
    }
    if Self.resourceOperations.contains(call) {
      return try say(.operatorCall(try operatorOperation(call, &arguments), request: request()), "operator")
    }
    if let known = try roleCall(call, &arguments) {
      return try say(.operatorCall(known, request: request()), "operator")
    }
    if let known = try maintenanceCall(call, &arguments) {
      return try say(.operatorCall(known, request: request()), "operator")
    }
    guard let known = calls[call] else { throw ScriptError("there is no operator call \(call)") }
    try say(.operatorCall(known, request: request()), "operator")
  }

  /// Messages that the peer must not send.
  private mutating func sendWrong(_ name: String, _ arguments: inout Arguments) throws {
    let what = try arguments.next("the message")
    switch what {
    case "pong": try say(.agentMessage(.pong), name)
    case "ping": try say(.masterMessage(.ping(isConnected: true)), name)
    case "offers": try say(.schedulerEvent(.offers([])), name)
    case "heartbeat": try say(.heartbeat, name)
    default: throw ScriptError("there is no message \(what)")
    }
  }

  /// What an agent says, from a peer that is none of ours.
  private mutating func agentCall(_ verb: String, _ name: String, _ arguments: inout Arguments) throws {
    if verb == "unregister" {
      return try say(.agentMessage(.unregister(AgentID(names.expand(try arguments.next("the id"))))), name)
    }
    let id = verb == "reregister" ? AgentID(names.expand(try arguments.next("the id"))) : nil
    let attributes = try Attribute.parse(arguments.value("attributes") ?? "")
    let info = AgentInfo(
      hostname: name, resources: try Resources(parsing: try arguments.next("the resources")),
      attributes: attributes, id: id)
    let registration = AgentRegistration(info, version: Version.current)
    if verb == "register" { return try say(.agentMessage(.register(registration)), name) }
    let returning = AgentReregistration(registration, tasks: [], executors: [], frameworks: [])
    try say(.agentMessage(.reregister(returning)), name)
  }
}

extension UUID {
  /// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.
  init?(text: String) {
    let digits = text.filter { $0 != "-" }
    guard digits.utf8.count == 32, let high = UInt64(digits.prefix(16), radix: 16),
      let low = UInt64(digits.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }
}
