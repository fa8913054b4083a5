// Reservations and volumes on a real cluster: TCP, processes, files.

import Foundation
import MesetaAgent
import MesetaFramework
import MesetaHost
import MesetaModel
import MesetaProtocol
import Testing

@testable import MesetaService

/// Reserves disk space, makes a volume of it and uses it, one step a command.
private struct Keeper: Scheduler {
  enum Command: Hashable { case write, read, forget, teardown }
  enum Report: Equatable {
    case operation(OperationID, OperationState)
    case task(TaskState, String?)
  }

  private var command: Command?
  private var last: Command?
  var reports: [Report] = []

  private let need: Resources = "cpus:0.1;mem:32"

  mutating func handle(_ input: SchedulerInput<Command>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .command(.teardown): cluster.teardown()
    case .command(let command): (self.command, last) = (command, command)
    case .offers(let offers): for offer in offers { use(offer, &cluster) }
    case .operationUpdate(let status):
      if let id = status.operationID { reports.append(.operation(id, status.state)) }
    // The offer was taken back meanwhile: it is tried with the next.
    case .update(let update) where update.state == .dropped: command = last
    case .update(let update) where update.state.isTerminal:
      reports.append(.task(update.state, update.status.message))
    default: break
    }
    cluster.want(need, count: command == nil ? 0 : 1)
  }

  private mutating func use(_ offer: Offer, _ cluster: inout SchedulerCalls) {
    let known = offer.resources.persistentVolumes.first
    guard let command, (command == .write) == (known == nil) else { return }
    self.command = nil
    var use = cluster.accept(offer)
    switch command {
    case .write:
      use.reserve("disk:64", id: "reserve")
      guard let volume = use.createVolume("notes", size: Scalar(64), at: "data", id: "create") else { return }
      use.run(shell: "echo kept > data/file", resources: need + Resources([volume]))
    case .read:
      guard let volume = known else { return }
      use.run(shell: "test \"$(cat data/file)\" = kept", resources: need + Resources([volume]))
    case .forget:
      guard let volume = known else { return }
      use.destroyVolume(volume, id: "destroy")
      use.unreserve(Resources([volume.withoutVolume]), id: "unreserve")
    case .teardown: break
    }
  }
}

@Suite(.timeLimit(.minutes(2))) struct VolumeStoryTests {
  /// A framework reserves, makes a volume, writes to it in one task and reads it in another, and the agent restarts between
  /// the two.
  @Test func aVolumeOutlivesTheTaskThatWroteToItAndTheAgent() async throws {
    let cluster = try await StoryCluster("volumes")
    let first = try cluster.startAgent("cpus:1;mem:256;disk:128")
    let framework = cluster.startFramework(Keeper(), role: "notes")
    var reports = framework.reports.makeAsyncIterator()

    framework.send(.write)
    var written: [Keeper.Report] = []
    while written.count < 3, let report = await reports.next() { written.append(report) }
    #expect(written.contains(.operation("reserve", .finished)))
    #expect(written.contains(.operation("create", .finished)))
    #expect(written.contains { if case .task(.finished, _) = $0 { true } else { false } }, "\(written)")
    let directory = cluster.work + "/volumes/roles/notes/notes"
    #expect(try String(contentsOfFile: directory + "/file", encoding: .utf8) == "kept\n")

    await first.stop()
    let second = try cluster.startAgent("cpus:1;mem:256;disk:128")
    framework.send(.read)
    let read = await reports.next()
    #expect({ if case .task(.finished, _)? = read { true } else { false } }(), "\(String(describing: read))")

    framework.send(.forget)
    let (destroyed, unreserved) = (await reports.next(), await reports.next())
    #expect(destroyed == .operation("destroy", .finished))
    #expect(unreserved == .operation("unreserve", .finished))
    #expect(!FileManager.default.fileExists(atPath: directory))

    framework.send(.teardown)
    #expect(await framework.untilEnd() == .tornDown)
    await second.stop()
    try await cluster.stop()
  }

  /// An agent that is set up without the disk that a volume is on says so and does not start.
  @Test func anAgentWithoutItsVolumesDoesNotStart() async throws {
    let cluster = try await StoryCluster("volumes")
    let volume = Resource("disk", .scalar(Scalar(64)))
      .reserved(Reservation(.dynamic, role: "notes"))
      .volume(DiskInfo.Persistence(id: "v"), at: DiskInfo.Volume("data"))
    try FileAgentStorage(workDirectory: cluster.work).write(
      AgentCheckpoint(agentID: "S0", resources: Resources([volume])))
    #expect(throws: IncompatibleResources.self) { try cluster.startAgent("cpus:1;disk:32") }
    try await cluster.stop()
  }
}
