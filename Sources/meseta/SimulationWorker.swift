// The processes that run seeds: one that stops the program takes no other with it, and is known by name.

import Foundation
import MesetaSimulation

/// Runs a share of the seeds and says what comes of each, a line for the start and one for the end.
struct SimulationWorker {
  private let plan: SimulationPlan
  /// Every so many seeds, from that one on.
  private let stride: UInt64
  private let offset: UInt64

  /// - Parameter share: `2/4`: the third quarter.
  init(_ plan: SimulationPlan, share: String) throws {
    let parts = share.split(separator: "/").compactMap { UInt64($0) }
    guard parts.count == 2, parts[0] < parts[1] else {
      throw BadValue("--worker: \"\(share)\" is not a share")
    }
    self.plan = plan
    (offset, stride) = (parts[0], parts[1])
  }

  func run() throws {
    var (seed, isOver) = plan.seeds.lowerBound.addingReportingOverflow(offset)
    while !isOver, plan.seeds.contains(seed) {
      say("begin \(seed)")
      var trial = Trial(plan.shape(Seed(seed)))
      let data = try JSONEncoder().encode(trial.run())
      say("end \(String(decoding: data, as: UTF8.self))")
      (seed, isOver) = seed.addingReportingOverflow(stride)
    }
  }

  private func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
}

/// A process that runs `meseta simulate` as a worker.
struct WorkerProcess {
  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()

  init(_ arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["simulate"] + arguments
    var environment = ProcessInfo.processInfo.environment
    environment["SWIFT_BACKTRACE"] = "enable=no"  // what stopped it is found by the seed
    process.environment = environment
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  /// Hands over its lines until it ends. Returns why it ended too early; nil if it did not.
  func follow(_ line: (String) -> Void) -> String? {
    // What it says of its end is short: it fits the pipe.
    var rest: [UInt8] = []
    while true {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { break }
      rest += data
      while let end = rest.firstIndex(of: 10) {
        line(String(decoding: rest[..<end], as: UTF8.self))
        rest.removeSubrange(...end)
      }
    }
    process.waitUntilExit()
    if process.terminationReason == .exit, process.terminationStatus == 0 { return nil }
    let said = (try? errors.fileHandleForReading.readToEnd()).flatMap { $0 } ?? Data()
    let words = String(decoding: said, as: UTF8.self).split(separator: "\n").first.map { ": \($0)" } ?? ""
    let how = process.terminationReason == .exit ? "status" : "signal"
    return "the program stopped with \(how) \(process.terminationStatus)\(words)"
  }

  func end() { process.terminate() }
}
