// Operations on an agent: what is remembered when, and who is told.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct OperationTests {
  private let reservation = Reservation(.dynamic, role: "web")
  private var space: Resource { Resource("disk", .scalar(Scalar(64))).reserved(reservation) }
  private var volume: Resource { space.volume(DiskInfo.Persistence(id: "v"), at: DiskInfo.Volume("data")) }

  /// An agent that is registered, and the version of its resources.
  private func registered(
    checkpoint: AgentCheckpoint? = nil
  ) throws -> (story: AgentStory, version: UUID) {
    var story = AgentStory(resources: "cpus:4;disk:64", checkpoint: checkpoint)
    story.give(.wake)
    story.give(.opened(AgentStory.master, Peer(.master, address: "master:5060")))
    let sent = story.takeSent()
    let version = sent.lazy.compactMap { message -> UUID? in
      switch message {
      case .register(let registration): registration.resourceVersion
      case .reregister(let returning): returning.registration.resourceVersion
      default: nil
      }
    }.first
    if checkpoint == nil {
      story.tell(.registered(AgentStory.id, pingTimeout: Span.seconds(75).nanoseconds))
      story.give(.local(.stored(StorageToken(1))))
      _ = story.take()
    }
    return (story, try #require(version))
  }

  private func apply(
    _ kind: Operation.Kind, _ number: UInt64, _ version: UUID, id: OperationID? = nil
  ) -> MasterMessage {
    .applyOperation(
      ApplyOperation(
        UUID(high: 0, low: number), frameworkID: "F", Operation(kind, id: id), resourceVersion: version))
  }

  private var reserve: Operation.Kind { .reserve(resources: Resources([space]), source: Resources()) }
  private var create: Operation.Kind { .create(volumes: Resources([volume])) }

  private func checkpoints(_ effects: [AgentEffect]) -> [AgentCheckpoint] {
    effects.compactMap { if case .checkpoint(_, let checkpoint) = $0 { checkpoint } else { nil } }
  }

  private func updates(_ messages: [AgentMessage]) -> [OperationUpdate] {
    messages.compactMap { if case .updateOperationStatus(let update) = $0 { update } else { nil } }
  }

  @Test func nobodyIsToldBeforeItIsWrittenDown() throws {
    var (story, version) = try registered()
    story.tell(apply(reserve, 1, version))
    story.tell(apply(create, 2, version, id: "op"))
    #expect(story.take().isEmpty, "both go into one checkpoint")
    story.give(.endOfBatch)
    let written = try #require(checkpoints(story.take()).first)
    #expect(written.resources == Resources([volume]))
    #expect(written.operations.map(\.uuid) == [UUID(high: 0, low: 1), UUID(high: 0, low: 2)])
    story.give(.local(.stored(StorageToken(2))))
    let told = updates(story.takeSent())
    #expect(told.map(\.status.state) == [.finished, .finished])
    #expect(told.map(\.status.operationID) == [nil, "op"])
    #expect(told.allSatisfy { $0.status.uuid != nil })
  }

  @Test func aStatusIsSentAgainUntilItIsAcknowledged() throws {
    var (story, version) = try registered()
    story.tell(apply(reserve, 1, version))
    story.give(.endOfBatch)
    story.give(.local(.stored(StorageToken(2))))
    let uuid = try #require(updates(story.takeSent()).first?.status.uuid)
    story.advance(.seconds(31))
    #expect(updates(story.takeSent()).count == 2)
    story.tell(.acknowledgeOperation(UUID(high: 0, low: 1), status: UUID(high: 9, low: 9)))
    story.tell(.acknowledgeOperation(UUID(high: 0, low: 1), status: uuid))
    story.give(.endOfBatch)
    #expect(checkpoints(story.take()).map(\.operations.count) == [0])
    story.advance(.seconds(45))
    #expect(updates(story.takeSent()).isEmpty)
  }

  @Test func aContainerFindsTheVolumeThatWasMadeForIt() throws {
    var (story, version) = try registered()
    story.tell(apply(reserve, 1, version))
    story.tell(apply(create, 2, version))
    let task = TaskInfo.command("t", resources: ("cpus:1" as Resources) + Resources([volume]))
    story.tell(.runTask(.test(), task))
    let effects = story.take()
    let written = try #require(effects.firstIndex { if case .checkpoint = $0 { true } else { false } })
    let launched = try #require(effects.firstIndex { $0.launch != nil })
    #expect(written < launched, "the directory is made before the container starts")
    #expect(
      effects[launched].launch?.volumes == [
        VolumeLink(path: "/srv/volumes/roles/web/v", containerPath: "data")
      ])
  }

  @Test func anOperationForAnEarlierStateIsDropped() throws {
    var (story, _) = try registered()
    story.tell(apply(reserve, 1, UUID(high: 7, low: 7), id: "op"))
    let sent = story.takeSent()
    #expect(updates(sent).map(\.status.state) == [.dropped])
    #expect(sent.count == 1, "the master has been told of the present state, or will be")
  }

  @Test func whatTheMasterWronglyCountsOnIsTakenBack() throws {
    var (story, version) = try registered()
    story.tell(apply(create, 1, version, id: "op"))
    let sent = story.takeSent()
    guard case .updateResources(let checkpointed, let changed)? = sent.first else {
      return #expect(Bool(false), "\(sent)")
    }
    #expect(checkpointed.isEmpty && changed != version)
    #expect(updates(sent).first?.status.state == .dropped)
    #expect(updates(sent).first?.status.message?.contains("does not contain") == true)
    story.tell(apply(reserve, 2, version))
    #expect(updates(story.takeSent()).map(\.status.state) == [.dropped], "it was sent before the master knew")
    story.tell(apply(reserve, 3, changed))
    story.give(.endOfBatch)
    #expect(checkpoints(story.take()).map(\.resources) == [Resources([space])])
  }

  @Test func anOperationThatComesTwiceIsDoneOnce() throws {
    var (story, version) = try registered()
    story.tell(apply(reserve, 1, version))
    story.tell(apply(reserve, 1, version))
    story.give(.endOfBatch)
    #expect(checkpoints(story.take()).map(\.operations.count) == [1])
  }

  @Test func aVolumeThatATaskUsesIsNotDestroyed() throws {
    let shared = space.volume(DiskInfo.Persistence(id: "v"), at: DiskInfo.Volume("data"), isShared: true)
    var (story, version) = try registered()
    story.tell(apply(reserve, 1, version))
    story.tell(apply(.create(volumes: Resources([shared])), 2, version))
    let needs = ("cpus:1" as Resources) + Resources([shared])
    for id in ["t", "u"] as [TaskID] { story.tell(.runTask(.test(), .command(id, resources: needs))) }
    #expect(story.take().compactMap(\.launch).map(\.volumes.count) == [1, 1])
    story.tell(apply(.destroy(volumes: Resources([shared])), 3, version))
    #expect(updates(story.takeSent()).map(\.status.state) == [.failed])
  }

  @Test func aVolumeThatAnExecutorUsesIsNotDestroyed() throws {
    let shared = space.volume(DiskInfo.Persistence(id: "v"), at: DiskInfo.Volume("data"), isShared: true)
    var (story, version) = try registered()
    story.tell(apply(reserve, 1, version))
    story.tell(apply(.create(volumes: Resources([shared])), 2, version))
    let executor = ExecutorInfo(
      id: "e", command: .shell("run"), resources: Resources([shared]).allocated(to: "web"))
    story.tell(.runTask(.test(), .custom("t", under: executor)))
    #expect(story.take().compactMap(\.launch).map(\.volumes.count) == [1])
    story.tell(apply(.destroy(volumes: Resources([shared])), 3, version))
    #expect(updates(story.takeSent()).map(\.status.state) == [.failed])
  }

  @Test func aVolumeThatIsMadeAgainIsEmpty() throws {
    var (story, version) = try registered()
    for (number, kind) in [reserve, create, .destroy(volumes: Resources([volume])), create].enumerated() {
      story.tell(apply(kind, UInt64(number), version))
    }
    story.give(.endOfBatch)
    let written = checkpoints(story.take())
    #expect(written.map(\.removedVolumes) == [Resources([volume]), Resources()])
    #expect(written.map(\.resources) == [Resources([space]), Resources([volume])])
  }

  @Test func anAgentThatRestartsHasAndTellsWhatItWroteDown() throws {
    var (first, version) = try registered()
    first.tell(apply(reserve, 1, version))
    first.tell(apply(create, 2, version, id: "op"))
    first.give(.endOfBatch)
    let written = try #require(checkpoints(first.take()).last)
    var story = AgentStory(resources: "cpus:4;disk:64", checkpoint: written, seed: 8)
    story.give(.wake)
    story.give(.opened(AgentStory.master, Peer(.master, address: "master:5060")))
    guard case .reregister(let returning)? = story.takeSent().first else {
      return #expect(Bool(false), "it does not come back")
    }
    #expect(returning.registration.checkpointedResources == Resources([volume]))
    #expect(returning.registration.resourceVersion != version)
    #expect(returning.operations == written.operations)
    story.tell(
      .reregistered(
        AgentStory.id, pingTimeout: Span.seconds(75).nanoseconds,
        reconcile: AgentReconciliation(operations: [UUID(high: 0, low: 2), UUID(high: 0, low: 3)])))
    let told = updates(story.takeSent())
    #expect(told.prefix(2).map(\.status) == written.operations.map(\.status))
    #expect(told.dropFirst(2).map(\.operationUUID) == [UUID(high: 0, low: 3)])
    #expect(told.last?.status.state == .dropped && told.last?.status.uuid == nil)
  }
}
