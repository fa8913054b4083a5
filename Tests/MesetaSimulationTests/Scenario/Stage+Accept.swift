// ACCEPT in a script: which offers, what to do with them, and for how long to do without the rest.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaSimulation

extension Stage {
  private static let operations = resourceOperations.union(["launch", "group", "then"])

  /// `O1 O2 launch t1 cpus:1 launch t2 cpus:1 then launch t3 cpus:1 reserve cpus@web:1 id=op1 refuse=5`. Launches that
  /// follow each other are one operation, unless `then` is between them.
  mutating func accept(_ arguments: inout Arguments) throws -> SchedulerCall.Kind {
    let filters = try Self.filters(&arguments)
    let offers = arguments.words(upTo: Self.operations).map { OfferID(names.expand($0)) }
    var operations: [Operation] = []
    var isApart = true
    while !arguments.isEmpty {
      let kind = try arguments.next("the operation")
      if kind == "then" {
        isApart = true
        continue
      }
      var words = Arguments(arguments.words(upTo: Self.operations))
      let operation = try operation(kind, &words)
      if !isApart, let joined = operations.last?.joined(with: operation) {
        operations[operations.count - 1] = joined
      } else {
        operations.append(operation)
      }
      isApart = false
    }
    return .accept(.init(offers, operations, filters: filters))
  }

  static func filters(_ arguments: inout Arguments) throws -> Filters {
    guard let text = arguments.value("refuse") else { return Filters() }
    guard let seconds = Double(text) else { throw ScriptError("refuse=\(text) is no number of seconds") }
    return Filters(refuseSeconds: seconds)
  }

  private mutating func operation(_ kind: String, _ words: inout Arguments) throws -> Operation {
    let id = words.value("id").map { OperationID($0) }
    switch kind {
    case "launch": return Operation(.launch([try task(&words)]), id: id)
    case "group":
      let task = try task(&words)
      return Operation(.launchGroup(executor: ExecutorInfo(id: "group"), tasks: [task]), id: id)
    default:
      let operation = Operation(try resourceOperation(kind, &words), id: id)
      guard words.isEmpty else { throw ScriptError("not understood: \(words.rest())") }
      return operation
    }
  }

  /// `t1 cpus:1;mem:32` and, besides, `command="run 5s"`, `executor=e1` with `executor-resources=cpus:1` and
  /// `executor-command=hold`, `agent=S1`, `grace=1s`, `at-most=10s`, `both` or `nothing`.
  private mutating func task(_ words: inout Arguments) throws -> TaskInfo {
    let id = try words.next("the task's id")
    let resources = try words.next("the task's resources")
    let agent = words.value("agent") ?? firstAgent
    let text = words.value("command")
    let executor = words.value("executor")
    var fields = TaskInfo.Fields(
      name: id, id: TaskID(id), agentID: AgentID(names.expand(agent)),
      resources: resources == "none" ? Resources() : try Resources(script: resources))
    if words.flag("nothing") { return TaskInfo(fields) }
    if let executor {
      fields.data = Array((text ?? "hold").utf8)
      fields.executor = ExecutorInfo(
        id: ExecutorID(executor), command: .shell(words.value("executor-command") ?? "executor"),
        resources: try Resources(parsing: words.value("executor-resources") ?? ""))
      if words.flag("both") { fields.command = .shell("hold") }
    } else {
      fields.command = .shell(text ?? "hold")
    }
    fields.killGracePeriod = words.value("grace").flatMap { Span(parsing: $0) }?.nanoseconds
    fields.maxCompletionTime = words.value("at-most").flatMap { Span(parsing: $0) }?.nanoseconds
    guard words.isEmpty else { throw ScriptError("not understood: \(words.rest())") }
    return TaskInfo(fields)
  }

  /// The agent that tasks are for where the script does not say.
  private var firstAgent: String { "S0" }
}

extension Operation {
  /// One operation with the tasks of both, if both launch tasks in the same way.
  fileprivate func joined(with next: Operation) -> Operation? {
    switch (kind, next.kind) {
    case (.launch(let tasks), .launch(let more)): Operation(.launch(tasks + more), id: id ?? next.id)
    case (.launchGroup(let executor, let tasks), .launchGroup(_, let more)):
      Operation(.launchGroup(executor: executor, tasks: tasks + more), id: id ?? next.id)
    default: nil
    }
  }
}
