// Taking resources out of accepted offers.

public import MesetaModel
public import MesetaRuntime

/// Offers that are being accepted: what is launched is taken from their resources, what is left is declined.
///
/// Everything takes effect as it is said; there is nothing to commit. If nothing is launched, the offers are declined.
public struct OfferUse: ~Copyable {
  private let buffer: CallBuffer
  private let index: Int

  init(_ buffer: CallBuffer, _ index: Int) {
    self.buffer = buffer
    self.index = index
  }

  /// What is left of the offers. Empty if they were gone: rescinded, or lost with the connection.
  public var remaining: Resources { buffer.said.uses[index].remaining }

  /// The agent that offers; nil if the offers were gone.
  public var agentID: AgentID? { buffer.said.uses[index].offers.first?.agentID }

  /// Whether so much is left, under whatever reservation.
  public func fits(_ resources: Resources) -> Bool {
    if buffer.said.uses[index].offers.isEmpty { return false }
    if resources.allSatisfy(\.isPlain) { return buffer.said.uses[index].remaining.canFind(resources) }
    return remaining.contains(resources.allocated(to: role))
  }

  /// Launches a task that runs a line with the shell.
  ///
  /// Returns its id: the one given, or one that is unique over all incarnations of the framework. Returns nil, launches
  /// nothing and warns if `resources` are not left.
  @discardableResult
  public mutating func run(
    shell line: String, resources: Resources, name: String? = nil, id: TaskID? = nil,
    environment: [EnvironmentVariable] = []
  ) -> TaskID? {
    run(.shell(line, environment: environment), resources: resources, name: name, id: id)
  }

  /// Launches a task that runs a command; otherwise as ``run(shell:resources:name:id:environment:)``.
  @discardableResult
  public mutating func run(
    _ command: CommandInfo, resources: Resources, name: String? = nil, id: TaskID? = nil
  ) -> TaskID? {
    launch(resources, name: name, id: id) { $0.command = command }
  }

  /// Launches a task under a custom executor, whose own resources are taken too if it does not run on the agent yet.
  /// Otherwise as ``run(shell:resources:name:id:environment:)``.
  ///
  /// All tasks of an executor have to describe it as it was launched, or end with `TASK_ERROR`. What it took of the agent is
  /// remembered; after a restart of the scheduler, when it is not, give the resources as they were taken, or shut the
  /// executor down.
  @discardableResult
  public mutating func run(
    under executor: ExecutorInfo, resources: Resources, data: [UInt8]? = nil, name: String? = nil,
    id: TaskID? = nil
  ) -> TaskID? {
    launch(resources, name: name, id: id) {
      $0.executor = executor
      $0.data = data
    }
  }

  /// Launches a task that was described before; nil, with nothing launched and without a warning, if its resources are
  /// not left.
  @discardableResult
  public mutating func run(_ request: TaskRequest) -> TaskID? {
    launchIfFits(request.resources, name: request.name, id: request.id) {
      switch request.work {
      case .command(let command): $0.command = command
      case .executor(let executor, let data):
        $0.executor = executor
        $0.data = data
      }
    }
  }

  /// Launches a task whose other fields `fill` sets; its agent and resources are set here.
  @discardableResult
  public mutating func launch(
    _ resources: Resources, name: String? = nil, id: TaskID? = nil, _ fill: (inout TaskInfo.Fields) -> Void
  ) -> TaskID? {
    let launched = launchIfFits(resources, name: name, id: id, fill)
    if launched == nil { warn(resources) }
    return launched
  }

  private mutating func launchIfFits(
    _ resources: Resources, name: String?, id: TaskID?, _ fill: (inout TaskInfo.Fields) -> Void
  ) -> TaskID? {
    guard let agentID else { return nil }
    // Moved out, so that what is taken is taken in place.
    var rest = Resources()
    swap(&rest, &buffer.said.uses[index].remaining)
    guard let taken = Self.take(resources, from: &rest, role: role) else {
      buffer.said.uses[index].remaining = rest
      return nil
    }
    let id = id ?? buffer.said.names.next()
    var fields = TaskInfo.Fields(name: name ?? id.value, id: id, agentID: agentID, resources: taken)
    fill(&fields)
    fields.agentID = agentID
    fields.resources = taken
    guard takeExecutor(of: &fields, from: rest) else {
      buffer.said.uses[index].remaining = rest + taken
      return nil
    }
    buffer.said.uses[index].tasks.append(TaskInfo(fields))
    return id
  }

  /// Takes what a new executor needs from `rest`, which becomes what remains; false if it is too little.
  private func takeExecutor(of fields: inout TaskInfo.Fields, from rest: Resources) -> Bool {
    guard var executor = fields.executor else {
      buffer.said.uses[index].remaining = rest
      return true
    }
    // An executor is launched once, and named by all its tasks exactly as it was launched.
    if let launched = buffer.said.uses[index].executors.first(where: { $0.id == executor.id }) {
      fields.executor = launched
      buffer.said.uses[index].remaining = rest
      return true
    }
    if buffer.said.uses[index].offers.contains(where: { $0.executorIDs.contains(executor.id) }) {
      let launched = buffer.said.executors.resources(of: executor.id, on: fields.agentID)
      executor.resources = launched ?? executor.resources.allocated(to: role)
      buffer.said.uses[index].remaining = rest
    } else {
      var rest = rest
      guard let needs = Self.take(executor.resources, from: &rest, role: role) else { return false }
      executor.resources = needs
      buffer.said.executors.add(executor.id, on: fields.agentID, needs)
      buffer.said.uses[index].remaining = rest
    }
    fields.executor = executor
    buffer.said.uses[index].executors.append(executor)
    return true
  }

  /// Performs an operation on what is left of the offers, with resources as they stand in ``remaining``, which then holds
  /// what they became. Tasks that are launched come after all operations.
  ///
  /// Returns false, with nothing done, if something that the operation needs is not left. Otherwise the master says whether
  /// it is right: to a scheduler that gives the operation an id, as ``SchedulerInput/operationUpdate(_:)``.
  @discardableResult
  public mutating func perform(_ operation: Operation.Kind, id: OperationID? = nil) -> Bool {
    guard let role else { return false }
    let operation = Operation(operation, id: id).allocatedByDefault(to: role)
    if let conversions = operation.conversions {
      guard let rest = try? remaining.applying(conversions) else { return false }
      buffer.said.uses[index].remaining = rest
    }
    buffer.said.uses[index].operations.append(operation)
    return true
  }

  /// For how long what is not used is not to be offered again, in place of the driver's choice.
  public mutating func refuseRest(for span: Span) { buffer.said.uses[index].refusal = span }

  /// The role that the offers are for.
  var role: String? { buffer.said.uses[index].offers.first?.allocationRole }

  /// Who the framework is, as reservations and volumes have to name it.
  var principal: String? { buffer.said.principal }

  /// Takes what meets a wish: the resources named exactly, such as a volume, or any of those names and amounts.
  private static func take(_ wanted: Resources, from offered: inout Resources, role: String?) -> Resources? {
    if wanted.allSatisfy(\.isPlain) { return offered.take(wanted) }
    let exact = Resources(wanted.filter { !$0.isPlain }).allocated(to: role)
    guard offered.contains(exact) else { return nil }
    var rest = offered
    // A shared volume is there for the next task too.
    rest -= Resources(exact.filter { !$0.isShared })
    guard let others = rest.take(Resources(wanted.filter(\.isPlain))) else { return nil }
    offered = rest
    return exact + others
  }

  private func warn(_ wanted: Resources) {
    let offer = buffer.said.uses[index].offers.first
    let reason = offer.map { "the offer of \($0.hostname) has \(remaining) left" } ?? "the offer is gone"
    buffer.said.entries.append(.log(.warning, "A task that needs \(wanted) was not launched: \(reason)"))
  }
}
