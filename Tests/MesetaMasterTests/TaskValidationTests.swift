import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster

/// A task that is good but for one thing.
struct TaskCase: CustomTestStringConvertible, Sendable {
  var testDescription: String
  /// Nil: nothing is wrong.
  var problem: String?
  var task: TaskInfo

  init(_ name: String, _ problem: String?, _ change: (inout TaskInfo.Fields) -> Void) {
    var fields = TaskInfo.Fields(
      name: "t", id: "t", agentID: "S0", resources: allocated("cpus:1;mem:64"), command: .shell("true"))
    change(&fields)
    self.testDescription = name
    self.problem = problem
    self.task = TaskInfo(fields)
  }

  /// A task with an executor instead of a command.
  static func custom(
    _ name: String, _ problem: String?, _ change: (inout TaskInfo.Fields, inout ExecutorInfo) -> Void
  ) -> TaskCase {
    TaskCase(name, problem) { fields in
      var executor = ExecutorInfo(
        id: "e", command: .shell("executor"), resources: allocated("cpus:0.5;ports:[2-3]"))
      executor.frameworkID = "F0"
      fields.command = nil
      change(&fields, &executor)
      fields.executor = executor
    }
  }
}

private func allocated(_ resources: Resources) -> Resources { resources.allocated(to: "web") }

private func revocable(_ resources: Resources) -> Resources {
  allocated(resources).map { $0.traits.isRevocable = true }
}

private let cases: [TaskCase] = [
  TaskCase("a command", nil) { _ in },
  TaskCase("no id", "ID must not be empty") { $0.id = "" },
  TaskCase("a long id", "ID must not be greater than 255 characters") {
    $0.id = TaskID(String(repeating: "x", count: 256))
  },
  TaskCase("the longest id", nil) { $0.id = TaskID(String(repeating: "x", count: 255)) },
  TaskCase("the id of a folder", "'..' is disallowed") { $0.id = ".." },
  TaskCase("an id with a slash", "'a/b' contains invalid characters") { $0.id = "a/b" },
  TaskCase("a duplicate id", "Task has duplicate ID: known") { $0.id = "known" },
  TaskCase("the id of an unreachable task", "Task reuses the ID of an unreachable task: away") {
    $0.id = "away"
  },
  TaskCase("another agent", "Task uses invalid agent S1 while agent S0 is expected") { $0.agentID = "S1" },
  TaskCase("a negative grace period", "Task's 'kill_policy.grace_period' must be non-negative") {
    $0.killGracePeriod = -1
  },
  TaskCase("a negative time", "Task's `max_completion_time` must be non-negative") {
    $0.maxCompletionTime = -1
  },
  TaskCase(
    "a health check",
    "Health checks are not supported by this version: remove 'health_check' and 'check' from the task"
  ) { $0.healthCheck = EncodedMessage([]) },
  TaskCase("no resources", "Task uses no resources") { $0.resources = Resources() },
  TaskCase("a negative amount", "Task uses invalid resources: Invalid scalar resource: value < 0") {
    $0.resources = allocated(Resources(["cpus": Scalar(milli: -5)]))
  },
  TaskCase(
    "half a GPU", "Task uses invalid resources: The 'gpus' resource must be an unsigned integer"
  ) { $0.resources += allocated("gpus:0.5") },
  TaskCase("a GPU", nil) { $0.resources += allocated("gpus:1") },
  TaskCase(
    "another role", "The resource cpus(allocated: dev):1 is not allocated to the role 'web' of the offers"
  ) { $0.resources = $0.resources.allocated(to: "dev") },
  TaskCase(
    "revocable and permanent",
    "Task mixes revocable and non-revocable resources: Cannot use both revocable and non-revocable 'cpus' at the "
      + "same time"
  ) { $0.resources += revocable("cpus:1") },
  TaskCase("limits", "Agent is not capable of handling task resource limits") {
    $0.limits = [ResourceLimit("cpus", .infinite)]
  },
  TaskCase(
    "nothing to run",
    "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present"
  ) { $0.command = nil },
  TaskCase(
    "more than there is",
    "Total resources cpus(allocated: web):5 required by task and its executor is more than available "
      + "cpus(allocated: web):4; mem(allocated: web):1024; gpus(allocated: web):2; ports(allocated: web):[1-9]"
  ) { $0.resources = allocated("cpus:5") },
  .custom("an executor", nil) { _, _ in },
  .custom("both", "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present") {
    task, _ in
    task.command = .shell("true")
  },
  .custom("an executor's id with a slash", "'a/b' contains invalid characters") { $1.id = "a/b" },
  .custom(
    "an executor's negative grace period", "ExecutorInfo's 'shutdown_grace_period' must be non-negative"
  ) {
    $1.shutdownGracePeriod = -1
  },
  .custom("another framework", "ExecutorInfo has an invalid FrameworkID (Actual: F1 vs Expected: F0)") {
    $1.frameworkID = "F1"
  },
  .custom(
    "an executor's negative amount", "Executor uses invalid resources: Invalid scalar resource: value < 0"
  ) { $1.resources = allocated(Resources(["cpus": Scalar(milli: -5)])) },
  .custom(
    "another executor of the id",
    "ExecutorInfo is not compatible with existing ExecutorInfo with same ExecutorID 'r'"
  ) { $1.id = "r" },
  .custom("a default executor", "'ExecutorInfo.type' must be 'CUSTOM'") { $1.kind = .default },
  .custom("no command", "'ExecutorInfo.command' must be set for 'CUSTOM' executor") { $1.command = nil },
  .custom(
    "a port twice",
    "There are overlapping resources in the task resources cpus(allocated: web):1; ports(allocated: web):[1-2] and "
      + "executor resources cpus(allocated: web):0.5; ports(allocated: web):[2-3]"
  ) { task, _ in task.resources = allocated("cpus:1;ports:[1-2]") },
  .custom("other ports", nil) { task, _ in task.resources = allocated("cpus:1;ports:[1-1,4-9]") },
  .custom(
    "revocable and permanent together",
    "Task and its executor mix revocable and non-revocable resources: Cannot use both revocable and non-revocable "
      + "'cpus' at the same time"
  ) { $1.resources = revocable("cpus:1") },
  .custom(
    "more together than there is",
    "Total resources cpus(allocated: web):4.5; ports(allocated: web):[2-3] required by task and its executor is "
      + "more than available cpus(allocated: web):4; mem(allocated: web):1024; gpus(allocated: web):2; "
      + "ports(allocated: web):[1-9]"
  ) { task, _ in task.resources = allocated("cpus:4") },
]

@Suite struct TaskValidationTests {
  private let key = FrameworkKey(index: 0, generation: 1)
  private let agent: AgentEntry
  private let namesakes: [TaskID: TaskValidation.Namesake] = ["known": .known, "away": .unreachable]

  init() {
    let info = AgentInfo(hostname: "host", resources: "cpus:4", id: "S0")
    var agent = AgentEntry(
      registration: AgentRegistration(info, version: "1"), id: "S0", registeredTime: 0,
      slot: .init(index: 0, generation: 1), pings: PingMonitor(limit: 5),
      machine: MachineID(hostname: "host"))
    agent.executors.insert(
      ExecutorEntry(framework: key, info: ExecutorInfo(id: "r", resources: Resources()), role: nil))
    self.agent = agent
  }

  @Test(arguments: cases)
  func theMasterSaysWhatIsWrong(_ item: TaskCase) {
    let executor = item.task.executor?.resources ?? Resources()
    let problem = TaskValidation.problem(
      with: item.task, needed: (item.task.resources + executor).allocated(to: nil),
      available: "cpus:4;mem:1024;gpus:2;ports:[1-9]", role: "web", of: "F0",
      namesake: namesakes[item.task.id], on: "S0", running: agent.executor(of: item.task, key))
    #expect(problem == item.problem)
  }
}
