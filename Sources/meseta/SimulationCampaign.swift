// Many seeds, shared out to processes; the first that fails ends it.

import Foundation
import MesetaService
import MesetaSimulation

/// Runs the seeds of a plan.
struct SimulationCampaign {
  struct Failure: Sendable {
    var seed: UInt64
    var problem: String
    /// When, in nanoseconds of virtual time; nil where the program stopped.
    var time: Int64?
    /// What struck before.
    var faults: [FaultID] = []
  }

  struct Result: Sendable {
    var passed = 0
    var exercised = Tally()
    /// In nanoseconds of virtual time.
    var time: Int64 = 0
    var failure: Failure?
    /// In seconds on the wall.
    var elapsed = 0.0
  }

  /// What decides the shapes, for the command line.
  let arguments: [String]
  private let plan: SimulationPlan
  private let jobs: Int

  init(_ plan: SimulationPlan, arguments: [String], jobs: Int) {
    self.plan = plan
    self.arguments = arguments
    self.jobs = min(jobs, plan.seeds.count)
  }

  private enum News: Sendable {
    case begun(worker: Int, UInt64)
    case ended(TrialOutcome)
    /// With what stopped it, if that was not the last of its seeds.
    case over(worker: Int, String?)
  }

  func run() async throws -> Result {
    let start = Date()
    var progress = SimulationProgress(total: plan.seeds.count)
    var result = Result()
    var current = [UInt64?](repeating: nil, count: jobs)
    let workers = try (0..<jobs).map { number in
      try WorkerProcess(workerArguments(plan.seeds, plan.reduction, share: "\(number)/\(jobs)"))
    }
    defer { for worker in workers { worker.end() } }
    var open = jobs
    for await news in news(of: workers) {
      switch news {
      case .begun(let worker, let seed): current[worker] = seed
      case .ended(let outcome):
        current = current.map { $0 == outcome.seed ? nil : $0 }
        if let problem = outcome.problem {
          result.failure = Failure(
            seed: outcome.seed, problem: problem, time: outcome.time,
            faults: outcome.faults.compactMap { FaultID($0) })
        } else {
          result.passed += 1
        }
        result.exercised.add(outcome.exercised)
        result.time += outcome.time
        progress.show(result.passed)
      case .over(let worker, let reason):
        open -= 1
        if let reason {
          let seed = current[worker] ?? plan.seeds.lowerBound
          result.failure = Failure(seed: seed, problem: "seed \(Seed(seed)) · \(reason)")
        }
      }
      if open == 0 || result.failure != nil { break }
    }
    progress.end()
    result.elapsed = Date().timeIntervalSince(start)
    return result
  }

  private func news(of workers: [WorkerProcess]) -> AsyncStream<News> {
    AsyncStream { continuation in
      for (number, worker) in workers.enumerated() {
        Thread.detachNewThread {
          let reason = worker.follow { line in
            if line.hasPrefix("begin "), let seed = UInt64(line.dropFirst(6)) {
              continuation.yield(.begun(worker: number, seed))
            } else if line.hasPrefix("end "),
              let outcome = try? JSONDecoder().decode(TrialOutcome.self, from: Data(line.dropFirst(4).utf8))
            {
              continuation.yield(.ended(outcome))
            }
          }
          continuation.yield(.over(worker: number, reason))
        }
      }
    }
  }

  private func workerArguments(_ seeds: ClosedRange<UInt64>, _ reduction: Reduction, share: String)
    -> [String]
  {
    let reduce = reduction == Reduction() ? [] : ["--reduce", reduction.description]
    return ["--seeds", "\(seeds.lowerBound)..\(seeds.upperBound)", "--worker", share] + arguments + reduce
  }

  // MARK: A failure

  /// Runs one seed in a process of its own; returns what was wrong, and the last lines of its trace if so many are wanted.
  func runOne(
    _ seed: UInt64, _ reduction: Reduction, lines: Int = 0
  ) throws -> (problem: String?, time: Int64?, lines: [String]) {
    let reduce = reduction == Reduction() ? [] : ["--reduce", reduction.description]
    let words = lines > 0 ? ["--seed", "\(seed)", "--trace"] + arguments + reduce : nil
    let process = try WorkerProcess(words ?? workerArguments(seed...seed, reduction, share: "0/1"))
    var (outcome, last): (TrialOutcome?, [String]) = (nil, [])
    let reason = process.follow { line in
      if line.hasPrefix("end ") {
        outcome = try? JSONDecoder().decode(TrialOutcome.self, from: Data(line.dropFirst(4).utf8))
      }
      last.append(line)
      if last.count > lines { last.removeFirst() }
    }
    return (outcome?.problem ?? (outcome == nil ? reason : nil), outcome?.time, last)
  }

  /// Looks for the least that fails alike.
  func shrink(_ failure: Failure, _ plan: SimulationPlan, within seconds: Double) -> Shrinking {
    let end = Date().addingTimeInterval(seconds)
    let kind = TrialOutcome.kind(of: failure.problem)
    var shrinking = Shrinking(
      plan.base(Seed(failure.seed)), from: plan.reduction, faults: failure.faults
    ) { reduction in
      if Date() > end { return nil }
      guard let result = try? runOne(failure.seed, reduction), let problem = result.problem else {
        return false
      }
      let full = result.time == nil ? "seed \(Seed(failure.seed)) · \(problem)" : problem
      return TrialOutcome.kind(of: full) == kind
    }
    shrinking.run()
    return shrinking
  }
}
