// The verbs of a script that say what happens to the cluster.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaSimulation

extension Stage {
  /// - Throws: ``ScriptError`` for what the script says wrongly.
  mutating func act(_ verb: String, _ arguments: inout Arguments) throws {
    switch verb {
    case "agent": try addAgent(&arguments)
    case "partition":
      let name = try target(&arguments)
      let blockage: Blockage =
        arguments.flag("incoming") ? .incoming : arguments.flag("outgoing") ? .outgoing : .bothWays
      withWorld { $0.partition(name, .master, blockage) }
    case "heal":
      let name = try target(&arguments)
      withWorld { $0.heal(name, .master) }
    case "break":
      let name = try target(&arguments)
      withWorld { $0.breakSessions(of: name) }
    case "crash":
      let name = try target(&arguments)
      let isLost = arguments.flag("lost")
      withWorld { $0.crash(name, disk: isLost ? .lost : .kept) }
    case "start":
      let name = try target(&arguments)
      withWorld { $0.start(name) }
    case "restart":
      let name = try target(&arguments)
      withWorld { $0.restart(name) }
    case "stop":
      let name = try target(&arguments)
      withWorld { $0.stop(name) }
    case "finish":
      let task = try arguments.next("the task")
      try endProcess(task, status: 0)
    case "fail":
      let task = try arguments.next("the task")
      guard let status = Int32(try arguments.next("the exit status")) else {
        throw ScriptError("the exit status is no number")
      }
      try endProcess(task, status: status)
    case "load": try setLoad(&arguments)
    case "oversubscribe":
      let name = try arguments.next("the agent")
      try say(
        .agentMessage(
          .updateOversubscribed(try Resources(parsing: try arguments.next("the resources")))), name)
    case "show":
      showsPings = arguments.flag("pings")
    default:
      try call(verb, &arguments)
    }
  }

  private mutating func addAgent(_ arguments: inout Arguments) throws {
    let name = try arguments.next("the agent's name")
    let resources = try Resources(script: try arguments.next("the agent's resources"))
    let attributes = try Attribute.parse(arguments.value("attributes") ?? "")
    let oversubscribe = try Self.oversubscription(&arguments)
    nodes[name] = withWorld { world in
      world.add(agent: name, AgentInfo(hostname: name, resources: resources, attributes: attributes)) {
        $0.registrationBackoffFactor = .milliseconds(10)
        oversubscribe(&$0)
      }
    }
  }

  private mutating func endProcess(_ task: String, status: Int32) throws {
    guard withWorld({ $0.endProcess(ExecutorID(task), status: status) }) else {
      throw ScriptError("nothing of the name \(task) runs")
    }
  }

  private func target(_ arguments: inout Arguments) throws -> NodeName {
    let name = try arguments.next("the node")
    if name == "master" { return .master }
    guard let node = nodes[name] else { throw ScriptError("there is no node \(name)") }
    return .node(node)
  }
}
