// Runs a file of jobs to the end: `swift run BatchFramework JOBS [MASTER]`.
//
// A job is a line of JSON: {"name": "a", "command": "sleep 1", "resources": "cpus:0.5;mem:64", "retries": 3}

import Foundation
import Logging
import MesetaFramework
import MesetaModel
import MesetaService

/// A line of the job file.
struct JobLine: Codable {
  var name: String
  var command: String
  var resources: String
  var retries: Int?
}

@main
struct BatchFramework {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let path = arguments.first else {
      print("usage: BatchFramework JOBS [MASTER]")
      exit(64)
    }
    let jobs = try readJobs(path)
    let master = try HostPort(parsing: arguments.dropFirst().first ?? "127.0.0.1:5052", defaultPort: 5052)
    var logger = Logger(label: "example.batch")
    logger.logLevel = .warning
    let framework = FrameworkService(
      BatchScheduler(jobs),
      framework: FrameworkInfo(
        user: NSUserName(), name: "batch", failoverTimeout: 600, roles: ["batch"],
        capabilities: [.multiRole, .partitionAware]),
      master: master, logger: logger)

    let start = ContinuousClock.now
    async let ended: Void = framework.run()
    var summary = Summary(total: jobs.count)
    for await transition in framework.reports { summary.count(transition) }
    try await ended
    summary.print(seconds: (ContinuousClock.now - start) / .seconds(1))
    exit(summary.finished == jobs.count ? 0 : 1)
  }

  static func readJobs(_ path: String) throws -> [BatchJob] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return try text.split(separator: "\n").enumerated().map { number, line in
      do {
        let job = try JSONDecoder().decode(JobLine.self, from: Data(line.utf8))
        return BatchJob(
          job.name, .shell(job.command), resources: try Resources(parsing: job.resources),
          maxRetries: job.retries ?? 0)
      } catch {
        throw BadJob(description: "\(path):\(number + 1): \(error)")
      }
    }
  }
}

struct BadJob: Error, CustomStringConvertible {
  let description: String
}

/// What became of the jobs.
struct Summary {
  let total: Int
  var finished = 0
  var failed = 0
  var retried = 0
  var finishedByAgent: [AgentID: Int] = [:]

  init(total: Int) { self.total = total }

  mutating func count(_ transition: BatchScheduler.Transition) {
    switch transition.kind {
    case .launched, .running, .cancelled: break
    case .finished:
      finished += 1
      if let agent = transition.agentID { finishedByAgent[agent, default: 0] += 1 }
    case .retrying: retried += 1
    case .failed:
      failed += 1
      Swift.print("failed: job \(transition.job): \(transition.status?.message ?? "no reason given")")
    }
    let done = finished + failed
    if done > 0, done % 100 == 0, transition.kind == .finished { Swift.print("\(done)/\(total)") }
  }

  func print(seconds: Double) {
    Swift.print(
      "\(finished) of \(total) finished, \(failed) failed, \(retried) retried, "
        + "\(ProgressBar.rate(Double(finished) / seconds)) tasks/s")
    var table = TextTable([
      .init("AGENT"), .init("FINISHED", isNumeric: true), .init("SHARE", isNumeric: true),
    ])
    for (agent, count) in finishedByAgent.sorted(by: { $0.key < $1.key }) {
      table.add([agent.value, "\(count)", "\(count * 100 / max(1, finished)) %"])
    }
    for line in table.lines(width: nil) { Swift.print(line) }
  }
}
