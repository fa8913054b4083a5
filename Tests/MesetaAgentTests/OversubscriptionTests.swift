// Stories of resources that an agent gives away besides its own, and takes back.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

/// Gives away a processor for each executor, and another for each whose use it knows.
private struct CountingEstimator: ResourceEstimator {
  func oversubscribable(_ usage: ResourceUsage) -> Resources {
    let known = usage.executors.filter { $0.used != nil }.count
    return Resources(["cpus": Scalar(usage.executors.count + known)])
  }
}

/// Ends everything that uses more than a processor.
private struct StrictController: QoSController {
  func corrections(_ usage: ResourceUsage) -> [QoSCorrection] {
    usage.executors.filter { $0.used.map { $0.scalar("cpus") > Scalar(1) } ?? false }.map {
      .kill($0.frameworkID, $0.executorID, containerID: $0.containerID)
    }
  }
}

/// Ends what it was told to.
private struct BlindController: QoSController {
  var correction: QoSCorrection
  func corrections(_ usage: ResourceUsage) -> [QoSCorrection] { [correction] }
}

extension AgentEffect {
  fileprivate var measured: [String]? { if case .measure(let containers) = self { containers } else { nil } }
}

extension AgentStory {
  /// What the agent says that it oversubscribes.
  fileprivate mutating func takeEstimates() -> [Resources] {
    takeSent().compactMap { if case .updateOversubscribed(let resources) = $0 { resources } else { nil } }
  }

  fileprivate mutating func measure(_ load: LoadAverages? = nil, _ usage: KeyValuePairs<String, Span> = [:]) {
    let containers = usage.map {
      MachineUsage.Container(containerID: $0.key, processorTime: $0.value, memoryBytes: 3 << 20)
    }
    give(.local(.usage(MachineUsage(load: load, containers: containers))))
  }

  fileprivate mutating func run(_ task: TaskInfo, of framework: FrameworkInfo = .test()) -> String {
    tell(.runTask(framework, task))
    return sink.launches[task.executorID.value] ?? "none"
  }
}

@Suite struct EstimateTests {
  @Test func theUseOfEachExecutorReachesTheEstimator() {
    var story = AgentStory.registered { $0.resourceEstimator = CountingEstimator() }
    story.measure()
    #expect(story.takeEstimates() == [Resources()], "the first estimate is told even if it is nothing")
    let command = story.run(.command("t"))
    let executor = story.run(
      .custom("u", under: ExecutorInfo(id: "e", command: .shell("executor"), resources: "mem:32")))
    _ = story.take()
    story.advance(.seconds(15))
    #expect(story.take().compactMap(\.measured) == [[command, executor]])
    story.measure(nil, [command: .zero])
    #expect(story.takeEstimates() == ["cpus{REV}:2"])
    story.advance(.seconds(15))
    story.measure(nil, [command: .seconds(3), executor: .zero])
    #expect(story.takeEstimates() == ["cpus{REV}:3"])
  }

  @Test func anEstimateIsToldIfItIsNew() {
    var story = AgentStory.registered { $0.resourceEstimator = FixedResourceEstimator("cpus:2") }
    story.measure()
    #expect(story.takeEstimates() == ["cpus{REV}:2"])
    for _ in 0..<3 {
      story.advance(.seconds(15))
      story.measure()
    }
    #expect(story.takeEstimates() == [])
  }

  @Test func nothingIsMeasuredForNobody() {
    var story = AgentStory.registered()
    story.advance(.minutes(1))
    #expect(story.take().compactMap(\.measured).isEmpty)
  }

  @Test func theNextEstimateWaitsForTheMeasurementOfTheLast() {
    var story = AgentStory { $0.resourceEstimator = FixedResourceEstimator("cpus:2") }
    story.give(.wake)
    story.give(.opened(AgentStory.master, Peer(.master, address: "master:5060")))
    story.tell(.registered(AgentStory.id, pingTimeout: Span.minutes(10).nanoseconds))
    story.give(.local(.stored(StorageToken(1))))
    story.advance(.minutes(5))
    #expect(story.take().compactMap(\.measured).count == 1)
  }

  @Test func whatIsOversubscribedStaysTheSameWhileItIsUsed() {
    var story = AgentStory.registered { $0.resourceEstimator = FixedResourceEstimator("cpus:2") }
    story.measure()
    let container = story.run(.command("t", resources: "cpus{REV}:1"))
    #expect(container != "none", "though the agent has no such resources of its own")
    story.advance(.seconds(15))
    story.measure()
    #expect(story.takeEstimates() == ["cpus{REV}:2"])
    // Used up beyond the estimate, it counts as it is.
    _ = story.run(.command("u", resources: "cpus{REV}:3"))
    story.advance(.seconds(15))
    story.measure()
    #expect(story.takeEstimates() == ["cpus{REV}:4"])
    story.give(.local(.container(.exited(containerID: container, .exited(0)))))
    story.advance(.seconds(15))
    story.measure()
    #expect(story.takeEstimates() == ["cpus{REV}:3"])
  }

  @Test func theMasterIsToldAgainWhenItHasTheAgentBack() {
    var story = AgentStory.registered { $0.resourceEstimator = FixedResourceEstimator("cpus:2") }
    story.measure()
    _ = story.take()
    story.tell(.ping(isConnected: false))
    story.advance(.seconds(15))
    story.measure()
    #expect(story.takeEstimates() == [], "the master does not have the agent")
    story.tell(.reregistered(AgentStory.id, pingTimeout: 0, reconcile: AgentReconciliation()))
    #expect(story.takeEstimates() == ["cpus{REV}:2"])
  }

  @Test func whatIsGivenAwayIsRevocableWhateverTheEstimatorSays() {
    var story = AgentStory.registered { $0.resourceEstimator = CountingEstimator() }
    _ = story.run(.command("t"))
    story.measure()
    #expect(story.takeEstimates() == ["cpus{REV}:1"])
  }

  @Test func processorsThatAreNotUsedAreLentLessAMargin() {
    func executor(_ allocated: Resources, used: Resources?) -> ResourceUsage.Executor {
      ResourceUsage.Executor(
        frameworkID: "F", executorID: "e", containerID: "c", allocated: allocated, used: used)
    }
    let estimator = LoadResourceEstimator(margin: Scalar(milli: 250))
    func estimate(_ executors: ResourceUsage.Executor...) -> Resources {
      estimator.oversubscribable(ResourceUsage(total: "cpus:16", executors: executors))
    }
    #expect(estimate() == Resources())
    #expect(estimate(executor("cpus:4;mem:64", used: "cpus:0.5")) == "cpus{REV}:2.5")
    #expect(estimate(executor("cpus:4", used: nil)) == Resources(), "nobody knows yet")
    #expect(estimate(executor("cpus:4", used: "cpus:6")) == Resources())
    let busy = executor("cpus:1", used: "cpus:3")
    #expect(
      estimate(executor("cpus:4", used: "cpus:1"), busy) == "cpus{REV}:2", "not balanced against others")
    // What is lent already counts once.
    let borrower = executor("cpus{REV}:1.5", used: "cpus:0.1")
    #expect(estimate(executor("cpus:4", used: "cpus:1"), borrower) == "cpus{REV}:0.5")
    #expect(estimate(borrower) == Resources())
  }
}

@Suite struct CorrectionTests {
  private func executor(_ id: ExecutorID, _ allocated: Resources, used: Resources? = nil)
    -> ResourceUsage.Executor
  {
    ResourceUsage.Executor(
      frameworkID: "F", executorID: id, containerID: "c-\(id)", allocated: allocated, used: used)
  }

  private func ended(_ ids: ExecutorID...) -> [QoSCorrection] {
    ids.map { .kill("F", $0, containerID: "c-\($0)") }
  }

  @Test func aLoadAboveAThresholdEndsAllThatIsRevocable() {
    func load(_ one: Int, _ five: Int, _ fifteen: Int) -> LoadAverages {
      LoadAverages(oneMinute: Scalar(one), fiveMinutes: Scalar(five), fifteenMinutes: Scalar(fifteen))
    }
    let executors = [
      executor("a", "cpus{REV}:1"), executor("b", "cpus:1"), executor("c", "mem:1;cpus{REV}:2"),
    ]
    func corrections(_ controller: LoadQoSController, _ load: LoadAverages?) -> [QoSCorrection] {
      controller.corrections(ResourceUsage(total: "cpus:4", executors: executors, load: load))
    }
    let both = LoadQoSController(fiveMinutes: Scalar(7), fifteenMinutes: Scalar(8))
    #expect(corrections(both, load(100, 7, 8)) == [])
    #expect(corrections(both, load(0, 8, 0)) == ended("a", "c"))
    #expect(corrections(both, load(0, 0, 9)) == ended("a", "c"))
    #expect(corrections(both, nil) == [])
    #expect(corrections(LoadQoSController(fifteenMinutes: Scalar(8)), load(9, 99, 8)) == [])
    #expect(corrections(LoadQoSController(), load(9, 99, 99)) == [])
  }

  @Test func theOwnersOfProcessorsGetThemBack() {
    let borrowers = [
      executor("a", "cpus{REV}:1"), executor("b", "cpus{REV}:2"), executor("c", "cpus{REV}:1"),
    ]
    func corrections(used: Resources?) -> [QoSCorrection] {
      UsageQoSController().corrections(
        ResourceUsage(total: "cpus:8", executors: [executor("owner", "cpus:8", used: used)] + borrowers))
    }
    #expect(corrections(used: nil) == [])
    #expect(corrections(used: "cpus:4") == [])
    #expect(corrections(used: "cpus:4.1") == ended("b"), "the largest alone is enough")
    #expect(corrections(used: "cpus:6.5") == ended("b", "c"))
    #expect(corrections(used: "cpus:9") == ended("b", "c", "a"))
  }

  @Test(arguments: [(false, TaskState.lost), (true, .gone)])
  func aCommandThatIsEndedIsGone(isPartitionAware: Bool, state: TaskState) {
    var story = AgentStory.registered { $0.qosController = StrictController() }
    story.measure()
    let container = story.run(
      .command("t", resources: "cpus{REV}:1"), of: .test("F", isPartitionAware ? [.partitionAware] : []))
    story.give(.local(.container(.started(containerID: container, pid: 4))))
    _ = story.drainUpdates()
    story.advance(.seconds(1))
    story.measure(nil, [container: .seconds(1)])
    story.advance(.seconds(1))
    _ = story.take()
    story.measure(nil, [container: .seconds(3)])
    #expect(story.take().contains(.kill(container, grace: .zero)))
    #expect(story.agent.metrics.executorsPreempted == 1)
    story.give(.local(.container(.exited(containerID: container, .signaled(9)))))
    let updates = story.drainUpdates()
    #expect(updates.map(\.state) == [state])
    #expect(updates.first?.reason == .containerPreempted)
    #expect(updates.first?.source == .agent)
    #expect(updates.first?.message == "Container preempted by QoS correction")
  }

  @Test func anExecutorIsEndedWithItsTasks() {
    var story = AgentStory.registered { $0.qosController = StrictController() }
    story.measure()
    let info = ExecutorInfo(id: "e", command: .shell("executor"), resources: "cpus{REV}:1")
    let container = story.run(
      .custom("t", under: info, resources: "cpus{REV}:1"), of: .test("F", [.partitionAware]))
    story.advance(.seconds(1))
    story.measure(nil, [container: .zero])
    story.advance(.seconds(1))
    _ = story.take()
    story.measure(nil, [container: .seconds(2)])
    #expect(story.take().contains(.kill(container, grace: .zero)))
    // Told again, it is on its way already.
    story.advance(.seconds(1))
    story.measure(nil, [container: .seconds(5)])
    #expect(!story.take().contains(.kill(container, grace: .zero)))
    #expect(story.agent.metrics.executorsPreempted == 1)
    story.give(.local(.container(.exited(containerID: container, .signaled(9)))))
    let updates = story.takeUpdates()
    #expect(updates.map(\.state) == [.gone])
    #expect(updates.first?.reason == .containerPreempted)
  }

  @Test func whatEndsByItselfEndsAsItDid() {
    var story = AgentStory.registered { $0.qosController = StrictController() }
    story.measure()
    let container = story.run(.command("t", resources: "cpus{REV}:1"))
    story.give(.local(.container(.started(containerID: container, pid: 4))))
    _ = story.drainUpdates()
    story.advance(.seconds(1))
    story.measure(nil, [container: .zero])
    story.advance(.seconds(1))
    story.measure(nil, [container: .seconds(2)])
    story.give(.local(.container(.exited(containerID: container, .exited(0)))))
    #expect(story.drainUpdates().map(\.state) == [.finished])
  }

  @Test func nothingElseIsEndedThatHasTheSameName() {
    var story = AgentStory.registered {
      $0.qosController = BlindController(correction: .kill("F", "t", containerID: "an earlier one"))
    }
    let container = story.run(.command("t", resources: "cpus{REV}:1"))
    _ = story.take()
    story.measure()
    #expect(!story.take().contains(.kill(container, grace: .zero)))
    #expect(story.agent.metrics.executorsPreempted == 0)
    #expect(story.sink.logLines.contains { $0.contains("not ending executor t of framework F") })
  }

  @Test func correctionsComeAtTheirInterval() {
    var story = AgentStory.registered {
      $0.qosController = UsageQoSController()
      $0.qosCorrectionInterval = .seconds(20)
    }
    for _ in 0..<6 {
      story.measure()
      story.advance(.seconds(10))
    }
    #expect(story.take().compactMap(\.measured).count == 3)
  }
}
