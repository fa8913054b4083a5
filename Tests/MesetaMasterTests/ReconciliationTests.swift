import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct ReconciliationTests {
  private var lone: LoneMaster
  private let session: SessionID
  private let id: FrameworkID

  init() throws {
    var configuration = MasterConfiguration()
    configuration.agentReregisterTimeout = .zero
    configuration.maxReconciledTasksPerFramework = 2500
    var lone = LoneMaster(configuration)
    session = lone.open(.framework)
    id = try lone.subscribed(FrameworkInfo(name: "f"), on: session)
    self.lone = lone
  }

  private func updates(_ effects: [MasterEffect]) -> [String] {
    effects.compactMap {
      if case .update(let status) = $0.event(to: session) { status.taskID.value } else { nil }
    }
  }

  private func tasks(_ numbers: Range<Int>) -> SchedulerCall.Kind {
    .reconcile(numbers.map { .init(TaskID("t\($0)")) })
  }

  @Test mutating func answersComeInSlices() {
    var told: [[String]] = [updates(lone.call(tasks(0..<2500), of: id, on: session))]
    while lone.master.nextWake == .zero { told.append(updates(lone.handle(.wake))) }
    #expect(told.map(\.count) == [1000, 1000, 500])
    #expect(told.joined().elementsEqual((0..<2500).map { "t\($0)" }))
  }

  @Test mutating func moreThanMayWaitIsRefused() {
    func outcome(_ effects: [MasterEffect]) -> Outcome? {
      for case .respond(_, let outcome) in effects { return outcome }
      return nil
    }
    #expect(outcome(lone.call(tasks(0..<2000), of: id, on: session)) == .accepted)
    let refused = lone.call(tasks(0..<1501), of: id, on: session)
    #expect(
      outcome(refused)
        == .failed(
          CallError(
            .badRequest,
            "RECONCILE names 1501 tasks while 1000 wait for their answers: 2500 may wait at a time; name fewer in "
              + "one call, or none to hear of all")))
    #expect(updates(refused).count == 1000, "those of the first call")
    #expect(outcome(lone.call(tasks(0..<2500), of: id, on: session)) == .accepted)
  }

  @Test mutating func whatAnEarlierSessionAskedIsNotAnswered() {
    lone.call(tasks(0..<2500), of: id, on: session)
    lone.call(.subscribe(.init(FrameworkInfo(name: "f", id: id))), of: id, on: session)
    #expect(updates(lone.handle(.wake)).isEmpty)
    #expect(lone.master.nextWake > .zero)
  }
}

@Suite struct ReconciliationQueueTests {
  private let one = FrameworkKey(index: 0, generation: 1)
  private let other = FrameworkKey(index: 1, generation: 1)

  private func task(_ index: UInt32) -> TaskKey { TaskKey(index: index, generation: 1) }

  private func rest(_ queue: inout ReconciliationQueue) -> [String] {
    var names: [String] = []
    while let (framework, question) = queue.next() {
      switch question {
      case .named(let task): names.append("\(framework.index) \(task.taskID)")
      case .known(let task): names.append("\(framework.index) \(task.index)")
      }
    }
    return names
  }

  @Test func whoAskedFirstIsAnsweredFirst() {
    var queue = ReconciliationQueue()
    queue.add([.init("a"), .init("b")], of: one)
    queue.addAll([task(7)], of: other)
    queue.add([.init("c")], of: one)
    #expect(queue.waiting(of: one) == 3 && queue.waiting(of: other) == 0)
    #expect(rest(&queue) == ["0 a", "0 b", "1 7", "0 c"])
    #expect(queue.isEmpty && queue.waiting(of: one) == 0)
  }

  @Test func askingForAllAgainStartsAgain() {
    var queue = ReconciliationQueue()
    queue.addAll([task(1), task(2)], of: one)
    queue.addAll([task(3)], of: other)
    _ = queue.next()
    queue.addAll([task(1), task(2)], of: one)
    #expect(rest(&queue) == ["1 3", "0 1", "0 2"])
  }

  @Test func whatAFrameworkAskedIsForgottenWithIt() {
    var queue = ReconciliationQueue()
    queue.add([.init("a")], of: one)
    queue.add([.init("b")], of: other)
    queue.removeAll(of: one)
    #expect(queue.waiting(of: one) == 0)
    #expect(rest(&queue) == ["1 b"])
  }
}
