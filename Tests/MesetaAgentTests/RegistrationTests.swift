// Stories of an agent and its master: getting to know each other, losing each other, and coming back.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct RegistrationTests {
  let master = AgentStory.master
  let peer = Peer(.master, address: "master:5060")
  let second = SessionID(2)

  @Test func anAgentConnectsRegistersAndWritesItsIDDown() {
    var story = AgentStory()
    #expect(story.agent.nextWake == .zero)
    story.give(.wake)
    #expect(story.take() == [.connect])
    story.give(.opened(master, peer))
    let sent = story.takeSent()
    guard case .register(let registration) = sent.first else { return #expect(Bool(false), "\(sent)") }
    #expect(registration.info.id == nil && registration.info.hostname == "machine")
    #expect(registration.nativeAddress == "machine:5061" && registration.version == Version.current)

    story.tell(.registered("S0", pingTimeout: 75_000_000_000))
    let info = AgentInfo(hostname: "machine", resources: story.agent.describeContents().total, id: "S0")
    #expect(story.take() == [.checkpoint(StorageToken(1), AgentCheckpoint(agentID: "S0", info: info))])
    #expect(story.agent.id == "S0")
    // Until the id is on disk, what the master wants is kept, in order.
    story.tell(.runTask(.test(), .command("t1")))
    story.tell(.runTask(.test(), .command("t2")))
    story.tell(.ping(isConnected: true))
    #expect(story.take() == [.send(.agentMessage(.pong), to: master)])
    story.give(.local(.stored(StorageToken(1))))
    #expect(story.takeUpdates().map(\.taskID) == ["t1", "t2"])
  }

  @Test func withACheckpointItReregistersUnderItsID() {
    var story = AgentStory(checkpoint: AgentCheckpoint(agentID: "S7"))
    story.give(.wake)
    story.give(.opened(master, peer))
    guard case .reregister(let message) = story.takeSent().first else { return #expect(Bool(false)) }
    #expect(message.registration.info.id == "S7" && message.tasks.isEmpty && message.executors.isEmpty)
    story.tell(.reregistered("S7", pingTimeout: 0, reconcile: AgentReconciliation()))
    story.tell(.runTask(.test(), .command("t").with { $0.agentID = "S7" }))
    #expect(story.takeUpdates().map(\.state) == [.starting])
  }

  @Test func theRegistrationIsRepeatedUntilTheMasterAnswers() {
    var story = AgentStory()
    story.give(.wake)
    story.give(.opened(master, peer))
    story.advance(.minutes(5))
    let sent = story.takeSent()
    #expect(sent.count > 4)
    #expect(sent.allSatisfy { if case .register = $0 { true } else { false } })
  }

  @Test func itReportsWhatRunsWithTheUpdateThatIsNotAcknowledged() {
    var story = AgentStory.registered()
    story.tell(.runTask(.test(), .command("a")))
    let starting = story.takeUpdates()[0]
    story.give(.local(.container(.started(containerID: containerID("a", story), pid: 1))))
    let executor = ExecutorInfo(id: "e", command: .shell("run"))
    story.tell(.runTask(.test("G"), .custom("b", under: executor)))
    story.give(.closed(master, reason: "reset"))
    _ = story.take()
    story.advance(.seconds(1))
    #expect(story.take() == [.connect])
    story.give(.opened(second, peer))
    guard case .reregister(let message) = story.takeSent().first else { return #expect(Bool(false)) }
    #expect(message.tasks.map(\.info.id) == ["a", "b"])
    #expect(message.tasks.map(\.state) == [.running, .staging])
    #expect(message.tasks.map(\.statusUpdateState) == [.starting, nil])
    #expect(message.tasks[0].statusUpdateUUID == starting.uuid)
    #expect(message.executors.map(\.id) == ["e"] && message.executors[0].frameworkID == "G")
    #expect(message.frameworks.map(\.id) == ["F", "G"])

    // Nothing is sent before the master has the agent; then everything is, at once.
    story.tell(
      .reregistered("S0", pingTimeout: 75_000_000_000, reconcile: AgentReconciliation()), through: second)
    #expect(story.takeUpdates().map(\.uuid) == [starting.uuid])
  }

  /// The container of a command that runs.
  private func containerID(_ task: TaskID, _ story: AgentStory) -> String {
    story.sink.launches[task.value] ?? ""
  }

  @Test func tasksThatTheMasterExpectsAndTheAgentDoesNotKnowAreReported() {
    var story = AgentStory.registered()
    story.tell(.runTask(.test("P", [.partitionAware]), .command("known")))
    _ = story.drainUpdates(of: "P")
    story.tell(.ping(isConnected: false))
    story.tell(
      .reregistered(
        "S0", pingTimeout: 0,
        reconcile: AgentReconciliation(
          tasks: [
            FrameworkTask("P", "known"), FrameworkTask("P", "gone"), FrameworkTask("Q", "gone"),
            FrameworkTask("R", "gone"),
          ], frameworks: [.test("P", [.partitionAware]), .test("R", [.partitionAware])])))
    let updates = story.takeUpdates()
    #expect(updates.map(\.taskID) == ["gone", "gone", "gone"])
    #expect(updates.map(\.state) == [.dropped, .lost, .dropped])
    #expect(updates.allSatisfy { $0.source == .agent && $0.reason == .reconciliation && $0.uuid != nil })
    // They are reliable like all others.
    story.advance(.seconds(10))
    #expect(story.takeUpdates().map(\.state) == [.dropped, .lost, .dropped])
    story.tell(.acknowledge("P", "gone", updates[0].uuid ?? UUID(high: 0, low: 0)))
    story.tell(.acknowledge("Q", "gone", updates[1].uuid ?? UUID(high: 0, low: 0)))
    story.tell(.acknowledge("R", "gone", updates[2].uuid ?? UUID(high: 0, low: 0)))
    story.advance(.seconds(74))
    #expect(story.takeUpdates().isEmpty)
  }

  @Test func aPingThatSaysDisconnectedIsAnsweredWithAReregistration() {
    var story = AgentStory.registered()
    story.tell(.ping(isConnected: false))
    let sent = story.takeSent()
    #expect(sent.first == .pong)
    guard case .reregister = sent.last else { return #expect(Bool(false), "\(sent)") }
  }

  @Test func aSilentMasterIsLeftAndLookedForAnew() {
    var story = AgentStory.registered()
    story.advance(.seconds(74))
    #expect(story.take().isEmpty)
    story.advance(.seconds(3))
    #expect(story.take() == [.close(master), .connect])
    story.give(.connectFailed(reason: "refused"))
    story.advance(.seconds(4))
    #expect(story.take() == [.connect])
    // What the old session still brings is void.
    story.tell(.runTask(.test(), .command("t")))
    #expect(story.take().isEmpty)
  }

  @Test func anotherIDThanItsOwnMakesTheAgentExit() {
    var story = AgentStory.registered()
    story.tell(.registered("S9", pingTimeout: 1))
    #expect(story.take() == [.exit])
    #expect(story.agent.nextWake == .never)
    var other = AgentStory(checkpoint: AgentCheckpoint(agentID: "S7"))
    other.give(.wake)
    other.give(.opened(master, peer))
    _ = other.take()
    other.tell(.reregistered("S8", pingTimeout: 1, reconcile: AgentReconciliation()))
    #expect(other.take() == [.exit])
  }

  @Test func aMasterThatRefusesTheRegistrationIsAskedAgainLater() {
    var story = AgentStory()
    story.give(.wake)
    story.give(.opened(master, peer))
    _ = story.take()
    story.give(.received(master, .none, .failed(CallError(.forbidden, "not you"), request: 0)))
    #expect(story.take() == [.close(master)])
    story.advance(.seconds(4))
    #expect(story.take() == [.connect])
    #expect(story.sink.logLines.contains { $0.contains("not you") })
  }

  @Test func theSameSeedGivesTheSameEffects() {
    func run(_ seed: UInt64) -> [AgentEffect] {
      var story = AgentStory(seed: seed)
      story.give(.wake)
      story.give(.opened(master, peer))
      story.tell(.registered("S0", pingTimeout: 75_000_000_000))
      story.give(.local(.stored(StorageToken(1))))
      for number in 0..<4 { story.tell(.runTask(.test(), .command(TaskID("t\(number)")))) }
      story.give(.closed(master, reason: "gone"))
      story.advance(.seconds(30))
      return story.take()
    }
    #expect(run(3) == run(3))
    #expect(run(3) != run(4))
  }
}
