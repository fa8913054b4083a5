// Operations in a script: of frameworks in ACCEPT, of operators, and what frameworks say of them afterwards.

import MesetaModel
import MesetaProtocol
import MesetaSimulation

extension Stage {
  /// The operations on resources, with what follows each of them.
  static let resourceOperations: Set = ["reserve", "unreserve", "create", "destroy", "grow", "shrink"]

  /// `reserve cpus@web:1`, with `source=cpus@eng:1` for what was reserved otherwise before; `unreserve cpus@web:1`;
  /// `create disk@web[v1:data]:64`; `destroy` likewise; `grow disk@web[v1:data]:64 disk@web:8`; `shrink
  /// disk@web[v1:data]:64 8`.
  func resourceOperation(_ verb: String, _ words: inout Arguments) throws -> Operation.Kind {
    let source = try Resources(script: words.value("source") ?? "")
    let resources = try Resources(script: try words.next("the resources"))
    switch verb {
    case "reserve": return .reserve(resources: resources, source: source)
    case "unreserve": return .unreserve(resources)
    case "create": return .create(volumes: resources)
    case "destroy": return .destroy(volumes: resources)
    case "grow":
      let addition = try Resources(script: try words.next("what is added"))
      guard let volume = resources.first, let more = addition.first else { throw ScriptError("no volume") }
      return .growVolume(volume: volume, addition: more)
    case "shrink":
      let amount = try words.next("how much is taken away")
      guard let volume = resources.first, let scalar = Double(amount).flatMap({ Scalar(checking: $0) }) else {
        throw ScriptError("\"\(amount)\" is no amount")
      }
      return .shrinkVolume(volume: volume, subtract: scalar)
    default: throw ScriptError("there is no operation \(verb)")
    }
  }

  /// `operator create S0 disk@web[v1:data]:64`.
  func operatorOperation(_ verb: String, _ arguments: inout Arguments) throws -> OperatorCall {
    let agent = AgentID(names.expand(try arguments.next("the agent")))
    let operation: OperatorOperation =
      switch try resourceOperation(verb, &arguments) {
      case .reserve(let resources, let source): .reserveResources(resources, source: source)
      case .unreserve(let resources): .unreserveResources(resources)
      case .create(let volumes): .createVolumes(volumes)
      case .destroy(let volumes): .destroyVolumes(volumes)
      case .growVolume(let volume, let addition): .growVolume(volume, addition: addition)
      case .shrinkVolume(let volume, let subtract): .shrinkVolume(volume, subtract: subtract)
      default: throw ScriptError("operators do not \(verb)")
      }
    return .operate(agent, operation)
  }

  /// `acknowledge-operation f1 op1 S0 u1`.
  func acknowledgeOperation(_ arguments: inout Arguments) throws -> SchedulerCall.Kind {
    let id = OperationID(try arguments.next("the operation"))
    let agent = AgentID(names.expand(try arguments.next("the agent")))
    let name = try arguments.next("the UUID of the status")
    guard let uuid = UUID(text: names.expand(name)) else { throw ScriptError("\(name) is no UUID") }
    return .acknowledgeOperationStatus(
      .init(agentID: agent, resourceProviderID: nil, uuid: uuid, operationID: id))
  }

  /// `reconcile-operations f1 op1@S0 op2`; none named: all.
  func reconcileOperations(_ arguments: inout Arguments) -> SchedulerCall.Kind {
    .reconcileOperations(
      arguments.rest().map { word in
        let parts = word.split(separator: "@").map(String.init)
        return .init(OperationID(parts[0]), agentID: parts.count > 1 ? AgentID(names.expand(parts[1])) : nil)
      })
  }
}
