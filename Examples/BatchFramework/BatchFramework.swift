// Runs a file of jobs to the end: `swift run BatchFramework JOBS [MASTER [RECORD]]`. A master of Mesos is named as
// http://HOST:PORT. With a file for its record, a batch that is killed goes on where it was when it is started again.
//
// A job is a line of JSON: {"name": "a", "command": "sleep 1", "resources": "cpus:0.5;mem:64", "retries": 3}

import Foundation
import Logging
import MesetaFramework
import MesetaModel
import MesetaProtocol
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
  static func main() async {
    do {
      try await run()
    } catch {
      FileHandle.standardError.write(Data("error: \(error)\n".utf8))
      exit(1)
    }
  }

  static func run() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let path = arguments.first else {
      print("usage: BatchFramework JOBS [MASTER [RECORD]]")
      exit(64)
    }
    let jobs = try readJobs(path)
    let master = try MasterAddress(parsing: arguments.dropFirst().first ?? "127.0.0.1:5052")
    var logger = Logger(label: "example.batch")
    logger.logLevel = .warning
    let record = arguments.dropFirst(2).first.map { FrameworkRecordFile(path: $0) }
    let framework = FrameworkService(
      BatchScheduler(jobs, isPersistent: record != nil),
      framework: FrameworkInfo(
        user: NSUserName(), name: "batch", failoverTimeout: 600, roles: ["batch"],
        capabilities: [.multiRole, .partitionAware]),
      master: master, record: try record?.read(), logger: logger, persist: { try record?.write($0) })

    async let ended: Void = framework.run()
    var summary = Summary(jobs)
    var progress = ProgressLine(total: jobs.count)
    await summary.learnAgents(of: master)
    for await transition in framework.reports {
      if let failure = summary.count(transition) { progress.say(failure) }
      progress.show(done: summary.finished + summary.failed, retried: summary.retried)
    }
    progress.end()
    try await ended
    // Agents that came later.
    await summary.learnAgents(of: master)
    for line in summary.lines { print(line) }
    exit(summary.finished == jobs.count ? 0 : 1)
  }

  static func readJobs(_ path: String) throws -> [BatchJob] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw BadJob(description: "there is no file of jobs \(path) that can be read")
    }
    let text = String(decoding: data, as: UTF8.self)
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
