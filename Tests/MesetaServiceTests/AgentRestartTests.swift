// An agent is killed with SIGKILL while tasks run, and started again: processes, TCP and files as they are.

import Foundation
import MesetaFramework
import MesetaHost
import MesetaModel
import MesetaProtocol
import Testing

@testable import MesetaService

/// Runs tasks that wait for a file of their group, and tells all updates.
private struct Waiting: Scheduler {
  typealias Command = Never
  var reports: [TaskStatus] = []
  let work: String
  var left: Int
  private var running: Set<TaskID> = []

  init(_ count: Int, _ work: String) {
    self.left = count
    self.work = work
  }

  private let need: Resources = "cpus:0.01;mem:4"

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .offers(let offers):
      for offer in offers {
        var use = cluster.accept(offer)
        while left > 0, use.fits(need) {
          let line =
            "echo start >> \(work)/runs-\(left); "
            + "while [ ! -e \(work)/go-\(left % 2) ]; do sleep 0.05; done; exit \(left % 5 == 0 ? 3 : 0)"
          guard let id = use.run(shell: line, resources: need, id: TaskID("t\(left)")) else { break }
          running.insert(id)
          left -= 1
        }
      }
    case .update(let update):
      reports.append(update.status)
      if update.state.isTerminal, running.remove(update.taskID) != nil, running.isEmpty { cluster.teardown() }
    default: break
    }
    cluster.want(need, count: left)
  }
}

/// Runs tasks one after the other under the executor of the example.
private struct OneByOne: Scheduler {
  typealias Command = Never
  var reports: [TaskStatus] = []
  let program: String
  var left: Int
  private var running: TaskID?
  private let need: Resources = "cpus:0.1;mem:16"

  init(_ count: Int, _ program: String) {
    self.left = count
    self.program = program
  }

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .offers(let offers):
      for offer in offers where running == nil && left > 0 {
        let executor = ExecutorInfo(
          id: "primes", kind: .custom, command: .program(program, [program, "executor"]), resources: need)
        var use = cluster.accept(offer)
        running = use.run(
          under: executor, resources: need, data: Array("1000000".utf8), id: TaskID("t\(left)"))
      }
    case .update(let update):
      reports.append(update.status)
      guard update.state.isTerminal, update.taskID == running else { break }
      (running, left) = (nil, left - 1)
      if left == 0 { cluster.teardown() }
    default: break
    }
    cluster.want(need + need, count: running == nil ? min(left, 1) : 0)
  }
}

@Suite(.timeLimit(.minutes(3)), .serialized) struct AgentRestartTests {
  private static let resources = "cpus:4;mem:4096;disk:64;ports:[31000-31010]"

  private func release(_ group: Int, _ work: String) {
    _ = FileManager.default.createFile(atPath: "\(work)/go-\(group)", contents: nil)
  }

  @Test func fiftyTasksOutliveTheAgent() async throws {
    let cluster = try await StoryCluster("restart")
    let agent = try AgentProcess(master: cluster.address, work: cluster.work, resources: Self.resources)
    try agent.start()
    let framework = cluster.startFramework(Waiting(50, cluster.work), role: "batch")
    var reports = framework.reports.makeAsyncIterator()
    var states: [TaskID: [TaskState]] = [:]
    func follow(until isDone: () -> Bool) async {
      while !isDone(), let status = await reports.next() {
        states[status.taskID, default: []].append(status.state)
      }
    }
    await follow { states.values.filter { $0.contains(.running) }.count == 50 }

    agent.kill()
    release(0, cluster.work)  // A half ends while no agent is there.
    try await waitUntilEnded(25, cluster.work)
    try agent.start()
    await follow { states.values.filter { $0.last?.isTerminal == true }.count == 25 }
    agent.kill()
    try agent.start()
    release(1, cluster.work)
    await follow { states.values.filter { $0.last?.isTerminal == true }.count == 50 }

    for number in 1...50 {
      let seen = states[TaskID("t\(number)")] ?? []
      let end = number % 5 == 0 ? TaskState.failed : .finished
      #expect(seen.filter(\.isTerminal) == [end], "task \(number): \(seen)")
      #expect(seen.filter { $0 == .running }.count == 1, "task \(number): \(seen)")
      let runs = try String(contentsOfFile: "\(cluster.work)/runs-\(number)", encoding: .utf8)
      #expect(runs == "start\n", "task \(number) ran once")
    }
    #expect(await framework.untilEnd() == .tornDown)
    agent.stop()
    try await cluster.stop()
  }

  /// Waits until so many supervisors have written down how their container ended.
  private func waitUntilEnded(_ count: Int, _ work: String) async throws {
    while true {
      let containers = try FileManager.default.contentsOfDirectory(atPath: work + "/run")
      let ended = containers.filter { FileManager.default.fileExists(atPath: "\(work)/run/\($0)/status") }
      if ended.count >= count { return }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  @Test func anExecutorComesBackToTheAgent() async throws {
    let cluster = try await StoryCluster("executor")
    let agent = try AgentProcess(master: cluster.address, work: cluster.work, resources: Self.resources)
    try agent.start()
    let program = AgentProcess.products.appendingPathComponent("CustomExecutor").path
    let framework = cluster.startFramework(OneByOne(9, program), role: "batch", checkpoint: true)
    var ends: [TaskID: [TaskState]] = [:]
    for await status in framework.reports {
      if status.state.isTerminal {
        ends[status.taskID, default: []].append(status.state)
      } else if ends.count == 3 || ends.count == 6 {
        // The executor has the task: it says how that ends to an agent that is not there, or to the next.
        agent.kill()
        try agent.start()
      }
    }
    #expect(ends.count == 9)
    // This test may hear of a task late: then the agent is killed while the next one is on its way to the executor.
    let dropped = ends.values.filter { $0 == [.dropped] }
    #expect(ends.values.allSatisfy { $0 == [.finished] || $0 == [.dropped] }, "\(ends)")
    #expect(dropped.count <= 2)
    #expect(await framework.untilEnd() == .tornDown)
    let runs = FileManager.default.enumerator(atPath: cluster.work + "/slaves")?.compactMap { $0 as? String }
    let executors = runs?.filter { $0.hasSuffix("/stdout") && !$0.contains("/latest/") } ?? []
    #expect(executors.count == 1, "one executor ran them all: \(executors)")
    agent.stop()
    try await cluster.stop()
  }

  @Test func cleaningUpEndsWhatRunsAndTheAgent() async throws {
    let cluster = try await StoryCluster("cleanup")
    let agent = try AgentProcess(master: cluster.address, work: cluster.work, resources: Self.resources)
    try agent.start()
    let framework = cluster.startFramework(Waiting(2, cluster.work), role: "batch")
    var reports = framework.reports.makeAsyncIterator()
    var states: [TaskState] = []
    while states.filter({ $0 == .running }).count < 2, let status = await reports.next() {
      states.append(status.state)
    }
    agent.kill()
    try agent.start(["--recover", "cleanup"])
    #expect(await agent.untilExit() == 0)
    try agent.start()
    var ends: [TaskState] = []
    while ends.count < 2, let status = await reports.next() {
      if status.state.isTerminal { ends.append(status.state) }
    }
    #expect(ends == [.killed, .killed])
    #expect(await framework.untilEnd() == .tornDown)
    agent.stop()
    try await cluster.stop()
  }
}
