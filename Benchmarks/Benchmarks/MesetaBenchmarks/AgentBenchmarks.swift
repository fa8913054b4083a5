// An agent's part in the life of a task: to launch it, and to see three updates through.

import Benchmark
import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime

func agentBenchmarks() {
  Benchmark("one task on an agent") { benchmark in
    var node = MeasuredAgent()
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { node.runTask() }
    benchmark.stopMeasurement()
    precondition(node.sink.unacknowledged.isEmpty)
  }
}

/// An agent that a master has registered, with a host that does nothing but note what has to be answered.
private struct MeasuredAgent {
  private static let master = SessionID(1)
  private static let time = Time(monotonic: .zero, wall: 0)
  private static let framework = FrameworkInfo(
    user: "root", name: "framework", id: "6f1d9c7e-9d9a-4cf8-a1a5-3f0a5cbd2f10-0000", roles: ["role-1"],
    capabilities: [.multiRole, .partitionAware])
  private static let task = TaskInfo(
    name: "task", id: "task-123456", agentID: "6f1d9c7e-9d9a-4cf8-a1a5-3f0a5cbd2f10-S0",
    resources: ("cpus:0.1;mem:64" as Resources).allocated(to: "role-1"),
    command: .program("/bin/true", ["/bin/true"]))

  private var agent: Agent
  var sink = NotingSink()

  init() {
    let info = AgentInfo(
      hostname: "agent.example", resources: "cpus:4;mem:8192;disk:16384;ports:[31000-32000]")
    let configuration = AgentConfiguration(info: info, workDirectory: "/var/lib/meseta")
    do throws(IncompatibleResources) {
      agent = try Agent(configuration: configuration, seed: 1, checkpoint: nil)
    } catch {
      preconditionFailure("\(error)")
    }
    give(.wake)
    give(.opened(Self.master, Peer(.master, address: "master.example:5052")))
    tell(.registered(Self.task.agentID, pingTimeout: Span.minutes(1).nanoseconds))
    give(.local(.stored(StorageToken(1))))
  }

  private mutating func give(_ input: AgentInput) { agent.handle(input, at: Self.time, &sink) }

  private mutating func tell(_ message: MasterMessage) {
    give(.received(Self.master, .none, .masterMessage(message)))
  }

  /// STARTING, RUNNING and FINISHED, each acknowledged before the next is sent.
  mutating func runTask() {
    tell(.runTask(Self.framework, Self.task))
    give(.local(.container(.started(containerID: sink.container, pid: 2))))
    give(.local(.container(.exited(containerID: sink.container, .exited(0)))))
    while let uuid = sink.unacknowledged.popLast() {
      tell(.acknowledge(Self.framework.id ?? "", Self.task.id, uuid))
    }
  }
}

private struct NotingSink: AgentEffects {
  var container = ""
  var unacknowledged: [UUID] = []

  mutating func launch(_ container: ContainerLaunch) { self.container = container.containerID }
  mutating func send(_ message: Message, to session: SessionID) {
    if case .agentMessage(.statusUpdate(let update)) = message, let uuid = update.status.uuid {
      unacknowledged.append(uuid)
    }
  }

  mutating func respond(_ request: RequestID, _ outcome: Outcome) {}
  mutating func close(_ session: SessionID, reason: String) {}
  mutating func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
  mutating func connect() {}
  mutating func kill(containerID: String, grace: Span) {}
  mutating func forget(containerID: String) {}
  mutating func measureDisk(listsSandboxes: Bool) {}
  mutating func removeSandboxes(_ paths: [String]) {}
  mutating func record(_ records: [AgentRecord], synchronized token: StorageToken?) {}
  mutating func measureUsage(of containerIDs: [String]) {}
  mutating func checkpoint(_ token: StorageToken, _ checkpoint: AgentCheckpoint) {}
  mutating func listFiles(_ request: RequestID, path: String, root: String) {}
  mutating func readFile(
    _ request: RequestID, path: String, offset: UInt64, length: UInt64?, root: String
  ) {}
  mutating func exit() {}
}
