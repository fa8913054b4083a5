// A framework with an executor of its own: `swift run CustomExecutor [MASTER [HOW-MANY]]`.
//
// Run so, the program is the framework; the agents start the same program with the argument `executor`. The executor
// counts the primes of a range without starting a process for each task, and hands the count back with its update.

import Foundation
import Logging
import MesetaFramework
import MesetaModel
import MesetaService

@main
struct CustomExecutor {
  static func main() async throws {
    var logger = Logger(label: "example.primes")
    logger.logLevel = .warning
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == "executor" {
      try await ExecutorService(PrimesExecutor(), logger: logger).run()
      return
    }
    let master = try HostPort(parsing: arguments.first ?? "127.0.0.1:5052", defaultPort: 5052)
    let count = arguments.dropFirst().first.flatMap { Int($0) } ?? 8
    let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
    let framework = FrameworkService(
      PrimesScheduler(ranges: count, program: program),
      framework: FrameworkInfo(user: NSUserName(), name: "primes"), master: master, logger: logger)
    async let ended: Void = framework.run()
    for await line in framework.reports { print(line) }
    try await ended
  }
}

/// Runs inside the container: a task is a range of numbers.
struct PrimesExecutor: Executor {
  mutating func handle(_ input: ExecutorInput<Never>, _ agent: inout ExecutorCalls) {
    switch input {
    case .launch(let task):
      agent.update(task.id, .running)
      let text = String(decoding: task.data ?? [], as: UTF8.self)
      guard let start = Int(text), start >= 0, start < 1_000_000_000 else {
        agent.update(task.id, .failed, message: "the task's data is not the start of a range: \"\(text)\"")
        return
      }
      agent.update(task.id, .finished, data: Array(String(primes(from: start, count: 10_000)).utf8))
    case .shutdown: agent.stop()
    default: break
    }
  }

  private func primes(from start: Int, count: Int) -> Int {
    (max(2, start)..<start + count).count { number in
      var divisor = 2
      while divisor * divisor <= number {
        if number % divisor == 0 { return false }
        divisor += 1
      }
      return true
    }
  }
}

/// Gives out the ranges and adds up what comes back.
struct PrimesScheduler: Scheduler {
  var reports: [String] = []
  private let program: String
  private var waiting: [Int]
  private var running: Set<TaskID> = []
  private var primes = 0
  private let need: Resources = "cpus:0.1;mem:16"
  private let executorNeed: Resources = "cpus:0.1;mem:64"

  init(ranges: Int, program: String) {
    self.program = program
    self.waiting = (0..<ranges).map { $0 * 10_000 }
  }

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .offers(let offers):
      for offer in offers {
        var launch = cluster.accept(offer)
        while let start = waiting.last, launch.fits(need + executorNeed) {
          let executor = ExecutorInfo(
            id: "primes", kind: .custom,
            command: .program(program, [program, "executor"]), resources: executorNeed)
          guard
            let id = launch.run(
              under: executor, resources: need, data: Array(String(start).utf8), name: "primes from \(start)")
          else { break }
          waiting.removeLast()
          running.insert(id)
        }
      }
    case .update(let update) where update.state == .finished:
      guard running.remove(update.taskID) != nil else { break }
      let count = Int(String(decoding: update.status.data ?? [], as: UTF8.self)) ?? 0
      primes += count
      reports.append("\(update.task?.name ?? update.taskID.value): \(count)")
    case .update(let update) where update.state.isTerminal:
      guard running.remove(update.taskID) != nil else { break }
      if let start = update.task?.data.flatMap({ Int(String(decoding: $0, as: UTF8.self)) }) {
        waiting.append(start)
      }
    default: break
    }
    cluster.want(need + executorNeed, count: waiting.count)
    if waiting.isEmpty, running.isEmpty {
      reports.append("primes in all: \(primes)")
      cluster.teardown()
    }
  }
}
