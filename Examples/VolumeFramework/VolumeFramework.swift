// Keeps a diary in a persistent volume: `swift run VolumeFramework write|read|forget [MASTER] [LINE]`.
//
// Each run is a framework of its own in the role "diary". The first one reserves disk space for the role and makes a volume
// of it; the volume, and what tasks wrote there, is offered to the role's later frameworks, also after the agent restarted.

import Foundation
import Logging
import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaService

/// Does one thing with the diary, and ends.
struct Diary: Scheduler {
  enum Wish {
    case write(String)
    case read
    /// The volume is destroyed, and its space given back to all.
    case forget
  }

  let wish: Wish
  var isDone = false
  var reports: [String] = []

  private let need: Resources = "cpus:0.1;mem:32"
  private let size = Scalar(16)

  init(_ wish: Wish) { self.wish = wish }

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .offers(let offers):
      for offer in offers where !isDone { use(offer, &cluster) }
    case .operationUpdate(let status) where status.state != .finished:
      end("the operation failed: \(status.state.name) \(status.message ?? "")", &cluster)
    case .operationUpdate: end("forgotten", &cluster)
    case .update(let update) where update.state.isTerminal:
      end(update.state == .finished ? "done" : "the task failed: \(update.status.message ?? "")", &cluster)
    default: break
    }
    cluster.want(need, count: isDone ? 0 : 1)
  }

  private mutating func use(_ offer: Offer, _ cluster: inout SchedulerCalls) {
    let known = offer.resources.persistentVolumes.first { $0.disk?.persistence?.id == "diary" }
    var use = cluster.accept(offer)
    switch wish {
    case .write(let line):
      if known == nil { use.reserve("disk:16") }
      guard let volume = known ?? use.createVolume("diary", size: size, at: "diary") else { return }
      isDone = use.run(shell: "echo '\(line)' >> diary/lines", resources: need + Resources([volume])) != nil
    case .read:
      guard let volume = known else { return }
      isDone = use.run(shell: "cat diary/lines", resources: need + Resources([volume])) != nil
    case .forget:
      guard let volume = known else { return }
      isDone = use.destroyVolume(volume) && use.unreserve(Resources([volume.withoutVolume]), id: "forget")
    }
  }

  private mutating func end(_ report: String, _ cluster: inout SchedulerCalls) {
    reports.append(report)
    cluster.teardown()
  }
}

@main
struct VolumeFramework {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    let wishes: [String: Diary.Wish] = [
      "write": .write(arguments.dropFirst(2).first ?? "hello"), "read": .read, "forget": .forget,
    ]
    guard let wish = arguments.first.flatMap({ wishes[$0] }) else {
      print("usage: VolumeFramework write|read|forget [MASTER] [LINE]")
      exit(64)
    }
    let master = try HostPort(parsing: arguments.dropFirst().first ?? "127.0.0.1:5052", defaultPort: 5052)
    var logger = Logger(label: "example.volume")
    logger.logLevel = .warning
    let framework = FrameworkService(
      Diary(wish),
      framework: FrameworkInfo(
        user: NSUserName(), name: "diary", roles: ["diary"], capabilities: [.multiRole, .partitionAware]),
      master: master, logger: logger)
    async let ended: Void = framework.run()
    var isWell = false
    for await report in framework.reports {
      print(report)
      isWell = report == "done" || report == "forgotten"
    }
    try await ended
    exit(isWell ? 0 : 1)
  }
}
