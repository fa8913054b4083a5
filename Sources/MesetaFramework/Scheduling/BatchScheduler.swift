// The ready-made framework that runs a list of jobs to their end.

public import MesetaModel
import MesetaRuntime

/// One command of a batch.
public struct BatchJob: Hashable, Sendable {
  /// What the job is called; the name of its tasks.
  public var name: String
  /// What is run.
  public var command: CommandInfo
  /// What a task of the job needs.
  public var resources: Resources
  /// How often the job is run again after a failure of its own or of the cluster's.
  public var maxRetries: Int

  /// A job that is run once, and again so many times if it fails.
  public init(_ name: String, _ command: CommandInfo, resources: Resources, maxRetries: Int = 0) {
    self.name = name
    self.command = command
    self.resources = resources
    self.maxRetries = maxRetries
  }
}

/// Runs every job wherever there is room, again if it fails, and ends when all are done.
///
/// Jobs are numbered in the order they are added. A job that is lost, dropped or unreachable, or that fails, is run
/// again up to its `maxRetries`. What happens to each is told by ``Transition``s.
public struct BatchScheduler: Scheduler {
  /// What the application may tell the batch.
  public enum Command: Hashable, Sendable {
    case add([BatchJob])
    /// No jobs will be added any more: the framework ends when all are done.
    case close
    /// Kills what runs, runs nothing more, and ends.
    case cancel
  }

  /// A step in the life of a job.
  public struct Transition: Hashable, Sendable {
    /// What happened to a job.
    public enum Kind: Hashable, Sendable {
      /// A task was launched for it.
      case launched
      case running
      case finished
      /// It will be run again; the attempts that are left.
      case retrying(left: Int)
      /// It has failed for the last time.
      case failed
      /// It was killed, or never begun, because the batch was cancelled.
      case cancelled
    }

    /// The number of the job.
    public var job: Int
    /// What happened to it.
    public var kind: Kind
    /// The task that was run for it; nil if there was none.
    public var taskID: TaskID?
    /// Where the task is; nil if there is none, or nobody knows.
    public var agentID: AgentID?
    /// The executor, to find the sandbox by.
    public var executorID: ExecutorID?
    /// The update that caused the step.
    public var status: TaskStatus?
  }

  /// How far the batch is.
  public struct Progress: Hashable, Sendable {
    /// To be launched.
    public var waiting = 0
    /// Launched, whether or not it is known to run.
    public var active = 0
    /// Ended well.
    public var finished = 0
    /// Failed for the last time.
    public var failed = 0
    /// Killed, or never begun.
    public var cancelled = 0
    /// How many times a job was run again.
    public var retried = 0
    /// How many tasks finished on each agent.
    public var finishedByAgent: [AgentID: Int] = [:]

    /// All jobs.
    public var total: Int { waiting + active + finished + failed + cancelled }
    /// Whether nothing is left to be run.
    public var isDone: Bool { waiting == 0 && active == 0 }
  }

  /// The jobs by their numbers.
  public private(set) var jobs: [BatchJob] = []
  /// How far the batch is.
  public internal(set) var progress = Progress()
  /// The steps that the application has not taken yet.
  public var reports: [Transition] = []

  /// The jobs to run, the next at the end.
  var waiting: [Int] = []
  var retriesLeft: [Int] = []
  /// How each job has ended, if it has.
  var outcomes: [Outcome?] = []
  /// The sizes that jobs have, with how many wait of each; and the size of each job.
  var sizes: [Demand] = []
  private var sizeOfJob: [Int] = []
  /// The job of each task that runs; for look-up only.
  var active: [TaskID: Active] = [:]
  /// The tasks that were given up as unreachable: they are killed if they turn up again.
  private var abandoned: Set<TaskID> = []
  private var isClosed: Bool
  private var isCancelled = false
  let isPersistent: Bool
  /// Whether something has changed that is to be written down.
  var hasChanged = false
  /// The tasks of an earlier incarnation of which nobody has told yet, and where they are; for look-up only.
  var unheard: [TaskID: AgentID] = [:]

  enum Outcome: Hashable, Sendable {
    case finished
    case failed
  }

  /// A task that runs.
  struct Active: Hashable, Sendable {
    var job: Int
    var agentID: AgentID
  }

  /// - Parameters:
  ///   - isClosed: Whether the batch ends with these jobs; if not, or if there are none, it
  ///     goes on until ``Command/close``.
  ///   - isPersistent: Whether the next incarnation, made with the same jobs, goes on where this one was. All of how the jobs
  ///     stand is written down whenever something changes, so that this is for thousands of jobs, not for millions.
  public init(_ jobs: [BatchJob] = [], isClosed: Bool = true, isPersistent: Bool = false) {
    self.isPersistent = isPersistent
    self.isClosed = isClosed && !jobs.isEmpty
    add(jobs)
  }

  /// Runs what waits, and counts what ends.
  public mutating func handle(_ input: SchedulerInput<Command>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .command(.add(let jobs)): add(jobs)
    case .command(.close): isClosed = true
    case .command(.cancel): cancel(&cluster)
    case .offers(let offers): for offer in Self.lastingFirst(offers) { use(offer, &cluster) }
    case .update(let update): self.update(update, &cluster)
    case .inverseOffers(let offers): for offer in offers { answer(offer, &cluster) }
    case .restored(let state): restore(state, &cluster)
    case .subscribed: askForRestored(&cluster)
    case .disconnected, .rescinded, .inverseOfferRescinded, .operationUpdate,
      .message, .agentLost, .executorLost, .accepted, .rejected, .demandMet, .demandFailed, .failed, .wake:
      break
    }
    persistIfChanged(&cluster)
    cluster.want(demand)
    if isClosed || isCancelled, progress.isDone { cluster.teardown() }
  }

  /// The tasks that run now, in the order of their ids.
  public var activeTasks: [(taskID: TaskID, job: Int)] {
    active.map { (taskID: $0.key, job: $0.value.job) }.sorted { $0.taskID < $1.taskID }
  }

  private mutating func add(_ new: [BatchJob]) {
    if isCancelled { return }
    let first = jobs.count
    jobs += new
    retriesLeft += new.map { max($0.maxRetries, 0) }
    outcomes += new.map { _ in nil }
    for job in new { sizeOfJob.append(size(of: job.resources)) }
    // The oldest job is the next, so that jobs start in the order they came.
    waiting.insert(contentsOf: (first..<jobs.count).reversed(), at: 0)
    for job in first..<jobs.count { wait(job) }
  }

  /// What the waiting jobs need. A few sizes are enough to know which offers are of use.
  private var demand: [Demand] { Array(sizes.lazy.filter { $0.count > 0 }.prefix(16)) }

  /// The index of the need among the sizes.
  private mutating func size(of need: Resources) -> Int {
    // Jobs of one size mostly follow each other.
    if let last = sizeOfJob.last, sizes[last].need == need { return last }
    if let index = sizes.firstIndex(where: { $0.need == need }) { return index }
    sizes.append(Demand(need, count: 0))
    return sizes.count - 1
  }

  mutating func wait(_ job: Int) {
    sizes[sizeOfJob[job]].count += 1
    progress.waiting += 1
  }

  /// Those of agents that are not to go down come first, so that little is lost.
  private static func lastingFirst(_ offers: [Offer]) -> [Offer] {
    guard offers.contains(where: { $0.unavailability != nil }) else { return offers }
    return offers.filter { $0.unavailability == nil } + offers.filter { $0.unavailability != nil }
  }

  /// Lets an agent go if whatever is lost with it can be run again.
  private func answer(_ offer: InverseOffer, _ cluster: inout SchedulerCalls) {
    if active.values.allSatisfy({ retriesLeft[$0.job] > 0 }) {
      cluster.accept(offer)
    } else {
      cluster.decline(offer)
    }
  }

  private mutating func use(_ offer: Offer, _ cluster: inout SchedulerCalls) {
    if waiting.isEmpty { return }
    var launch = cluster.accept(offer)
    var passedOver: [Int] = []
    // A job that does not fit does not keep a smaller one waiting, within reason.
    while let job = waiting.last, passedOver.count < 64 {
      waiting.removeLast()
      guard launch.fits(jobs[job].resources),
        let id = launch.run(jobs[job].command, resources: jobs[job].resources, name: jobs[job].name)
      else {
        passedOver.append(job)
        continue
      }
      active[id] = Active(job: job, agentID: offer.agentID)
      hasChanged = true
      sizes[sizeOfJob[job]].count -= 1
      progress.waiting -= 1
      progress.active += 1
      reports.append(
        Transition(
          job: job, kind: .launched, taskID: id, agentID: offer.agentID, executorID: ExecutorID(id.value)))
    }
    waiting += passedOver.reversed()
  }

  private mutating func update(_ update: TaskUpdate, _ cluster: inout SchedulerCalls) {
    let state = update.state
    unheard[update.taskID] = nil
    guard let job = active[update.taskID]?.job else {
      // A task of an earlier incarnation, or one that was given up: nobody waits for it.
      if state.isTerminal {
        abandoned.remove(update.taskID)
      } else if abandoned.contains(update.taskID) || update.task == nil, state != .unreachable,
        state != .unknown
      {
        cluster.kill(update.taskID)
      }
      return
    }
    switch state {
    case .staging, .starting, .killing: break
    case .running: report(job, .running, update)
    case .finished: end(job, .finished, update)
    case .failed, .error, .lost, .dropped, .unreachable, .gone, .goneByOperator, .unknown, .killed:
      if !state.isTerminal { abandoned.insert(update.taskID) }
      if isCancelled {
        end(job, .cancelled, update)
      } else if retriesLeft[job] > 0, state != .error {
        retry(job, update)
      } else {
        end(job, .failed, update)
      }
    }
  }

  private mutating func retry(_ job: Int, _ update: TaskUpdate) {
    retriesLeft[job] -= 1
    hasChanged = true
    active[update.taskID] = nil
    progress.active -= 1
    progress.retried += 1
    waiting.append(job)
    wait(job)
    report(job, .retrying(left: retriesLeft[job]), update)
  }

  private mutating func end(_ job: Int, _ kind: Transition.Kind, _ update: TaskUpdate) {
    active[update.taskID] = nil
    hasChanged = true
    outcomes[job] = kind == .finished ? .finished : .failed
    progress.active -= 1
    switch kind {
    case .finished:
      progress.finished += 1
      if let agentID = update.status.agentID ?? update.task?.agentID {
        progress.finishedByAgent[agentID, default: 0] += 1
      }
    case .cancelled: progress.cancelled += 1
    default: progress.failed += 1
    }
    report(job, kind, update)
  }

  private mutating func report(_ job: Int, _ kind: Transition.Kind, _ update: TaskUpdate) {
    reports.append(
      Transition(
        job: job, kind: kind, taskID: update.taskID, agentID: update.status.agentID ?? update.task?.agentID,
        executorID: update.status.executorID ?? update.task?.executorID, status: update.status))
  }

  private mutating func cancel(_ cluster: inout SchedulerCalls) {
    if isCancelled { return }
    isCancelled = true
    for job in waiting.reversed() { reports.append(Transition(job: job, kind: .cancelled)) }
    progress.cancelled += waiting.count
    progress.waiting = 0
    waiting = []
    for index in sizes.indices { sizes[index].count = 0 }
    for (taskID, _) in activeTasks { cluster.kill(taskID) }
  }
}
