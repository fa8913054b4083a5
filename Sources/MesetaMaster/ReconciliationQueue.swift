internal import DequeModule
import MesetaProtocol
import MesetaRuntime

/// What frameworks have asked of their tasks and not been told yet. An answer is many times longer than its question,
/// so that the answers are given in slices: else one call would fill the memory of a master.
struct ReconciliationQueue: Codable, Sendable {
  enum Question: Codable, Sendable {
    /// The framework named the task.
    case named(SchedulerCall.ReconciledTask)
    /// The framework named none: this is one of those that the master knows.
    case known(TaskKey)
  }

  private struct Call: Codable, Sendable {
    var framework: FrameworkKey
    var questions: [Question]
    var next = 0
    var isForAll: Bool
  }

  private var calls: Deque<Call> = []
  /// How many named questions of a framework wait. Look-up only.
  private var waiting: [FrameworkKey: Int] = [:]

  var isEmpty: Bool { calls.isEmpty }

  /// How many tasks that the framework named wait for their answers.
  func waiting(of framework: FrameworkKey) -> Int { waiting[framework] ?? 0 }

  mutating func add(_ tasks: [SchedulerCall.ReconciledTask], of framework: FrameworkKey) {
    guard !tasks.isEmpty else { return }
    waiting[framework, default: 0] += tasks.count
    calls.append(Call(framework: framework, questions: tasks.map(Question.named), isForAll: false))
  }

  /// Asks for all tasks of a framework. If that is being answered already, it starts again.
  mutating func addAll(_ tasks: [TaskKey], of framework: FrameworkKey) {
    calls.removeAll { $0.isForAll && $0.framework == framework }
    guard !tasks.isEmpty else { return }
    calls.append(Call(framework: framework, questions: tasks.map(Question.known), isForAll: true))
  }

  /// The question that has waited longest.
  mutating func next() -> (framework: FrameworkKey, question: Question)? {
    guard let first = calls.first else { return nil }
    let (framework, question) = (first.framework, first.questions[first.next])
    calls[0].next += 1
    if calls[0].next == calls[0].questions.count { calls.removeFirst() }
    if case .named = question, let count = waiting[framework] {
      waiting[framework] = count > 1 ? count - 1 : nil
    }
    return (framework, question)
  }

  /// Forgets what a framework asked on a session that is over.
  mutating func removeAll(of framework: FrameworkKey) {
    calls.removeAll { $0.framework == framework }
    waiting[framework] = nil
  }
}
