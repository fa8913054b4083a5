// Sandboxes of runs that have ended are removed in time, and no others.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct GarbageTests {
  private func story() -> AgentStory {
    var story = AgentStory.registered { configuration in
      configuration.diskWatchInterval = .minutes(1)
      configuration.gcDelay = .minutes(60)
    }
    story.give(.wake)
    story.give(.local(.disk(DiskSample(usage: 0))))
    _ = story.take()
    return story
  }

  /// Runs a command to its end, and tells its sandbox.
  private func run(_ id: TaskID, _ story: inout AgentStory) -> String {
    story.tell(.runTask(.test(), .command(id)))
    let launch = story.take().compactMap(\.launch).first
    let container = launch?.containerID ?? ""
    story.give(.local(.container(.started(containerID: container, pid: 1))))
    story.give(.local(.container(.exited(containerID: container, .exited(0)))))
    _ = story.drainUpdates()
    return launch?.sandbox ?? ""
  }

  /// The next look at the disk, which is so full; what is removed.
  private func look(_ usage: Double, _ story: inout AgentStory, _ left: [LeftSandbox] = []) -> [String] {
    story.advance(.minutes(1))
    #expect(story.take().contains { if case .measureDisk = $0 { true } else { false } })
    story.give(.local(.disk(DiskSample(usage: usage, sandboxes: left))))
    return story.take().flatMap { effect in
      guard case .removeSandboxes(let paths) = effect else { return [String]() }
      return paths
    }
  }

  /// The host has removed what it was told to, but for some.
  private func removed(_ story: inout AgentStory, but problems: [String] = []) {
    story.give(.local(.removedSandboxes(problems: problems)))
  }

  @Test func aSandboxIsRemovedAfterTheDelay() {
    var story = story()
    let sandbox = run("t", &story)
    #expect(look(0, &story).isEmpty)
    story.advance(.minutes(51))
    _ = story.take()
    #expect(look(0, &story).isEmpty, "53 minutes")
    #expect(look(0, &story) == [sandbox], "a tenth of the disk is to be free: 54 minutes")
    #expect(story.agent.allowedSandboxAge == .minutes(54))
  }

  @Test(arguments: [
    (0.0, 54), (0.4, 30), (0.8, 6), (0.9, 0), (1.0, 0),
  ])
  func theFullerTheDiskTheSoonerItIs(_ usage: Double, _ minutes: Int) {
    let age = SandboxGarbage.age(delay: .minutes(60), headroom: 0.1, usage: usage)
    #expect(abs(age.nanoseconds - Span.minutes(minutes).nanoseconds) < 1000)
  }

  @Test func theLongestDelayIsOne() {
    let delay = Span(nanoseconds: .max)
    #expect(SandboxGarbage.age(delay: delay, headroom: 0, usage: 0) == delay)
    #expect(SandboxGarbage.age(delay: delay, headroom: 0, usage: 1) == .zero)
  }

  @Test func whatCannotBeRemovedIsToldToTheOperator() {
    var story = story()
    removed(&story, but: ["/srv/old: Permission denied"])
    #expect(story.sink.logLines.contains { $0.contains("/srv/old: Permission denied") })
  }

  @Test func whatIsRemovedIsCounted() {
    var story = story()
    let ended = ["t", "u"].map { run($0, &story) }
    #expect(story.agent.pendingPathRemovals == 2)
    #expect(look(1, &story) == ended)
    #expect(story.agent.pendingPathRemovals == 2, "they are being removed")
    let later = run("v", &story)
    #expect(look(1, &story).isEmpty, "one after the other")
    removed(&story, but: ["\(ended[0]): Permission denied"])
    #expect(story.agent.pendingPathRemovals == 1)
    #expect(story.agent.metrics.pathRemovalsSucceeded == 1)
    #expect(story.agent.metrics.pathRemovalsFailed == 1)
    #expect(look(1, &story) == [later])
    removed(&story)
    #expect(story.agent.pendingPathRemovals == 0)
    #expect(story.agent.metrics.pathRemovalsSucceeded == 2)
  }

  @Test func aFullDiskTakesWhatHasEndedAndLeavesWhatRuns() {
    var story = story()
    let ended = run("t", &story)
    story.tell(.runTask(.test(), .command("u")))
    _ = story.take()
    #expect(look(0.95, &story) == [ended])
    #expect(look(0.95, &story).isEmpty)
  }

  @Test func sandboxesOfEarlierLivesAreFoundAndThoseInUseLeft() {
    var story = AgentStory.registered { configuration in
      configuration.diskWatchInterval = .minutes(1)
      configuration.gcDelay = .minutes(60)
    }
    story.tell(.runTask(.test(), .command("t")))
    let launch = story.take().compactMap(\.launch).first
    let left = [
      LeftSandbox(path: "/srv/new", containerID: "new", age: .minutes(5)),
      LeftSandbox(path: "/srv/used", containerID: launch?.containerID ?? "", age: .minutes(300)),
      LeftSandbox(path: "/srv/old", containerID: "old", age: .minutes(200)),
    ]
    #expect(look(0, &story, left) == ["/srv/old"])
    removed(&story)
    #expect(look(0.95, &story) == ["/srv/new"])
  }
}
