// A thread for what may take a while, so that nobody has to wait for it who waits for containers.

import CMesetaProcess
import Glibc
import Synchronization

/// Runs jobs one after another on a thread of its own, which ends with the last reference.
final class ContainerWorker: Sendable {
  private let queue: JobQueue

  init() throws(SystemError) {
    let queue = try JobQueue()
    self.queue = queue
    try startThread(named: "containers-run") {
      while queue.runAll() {}
    }
  }

  deinit { queue.stop() }

  func run(_ job: @escaping @Sendable () -> Void) { queue.add(job) }
}

private final class JobQueue: Sendable {
  private struct State {
    var jobs: [@Sendable () -> Void] = []
    var isStopped = false
  }

  private let state = Mutex(State())
  private let wakeup: Descriptor

  init() throws(SystemError) {
    wakeup = try Descriptor(meseta_eventfd(0), "create an eventfd")
  }

  func add(_ job: @escaping @Sendable () -> Void) {
    let isFirst = state.withLock { state in
      state.jobs.append(job)
      return state.jobs.count == 1
    }
    if isFirst { wake() }
  }

  func stop() {
    state.withLock { $0.isStopped = true }
    wake()
  }

  /// Waits for jobs and runs them; false when there will be no more.
  func runAll() -> Bool {
    var count: UInt64 = 0
    read(wakeup.number, &count, 8)
    let (jobs, isStopped) = state.withLock { state in
      defer { state.jobs = [] }
      return (state.jobs, state.isStopped)
    }
    for job in jobs { job() }
    return !isStopped
  }

  private func wake() {
    var one: UInt64 = 1
    write(wakeup.number, &one, 8)
  }
}

/// Starts a detached thread.
///
/// - Parameter name: for those who look at the process; 15 bytes at most.
func startThread(named name: StaticString, _ body: sending @escaping () -> Void) throws(SystemError) {
  var thread = pthread_t()
  let context = Unmanaged.passRetained(ThreadBody(name: name, body: body))
  let code = pthread_create(
    &thread, nil,
    { context in
      guard let context else { return nil }
      let body = Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue()
      meseta_name_thread(body.name.description)
      body.body()
      return nil
    }, context.toOpaque())
  guard code == 0 else {
    context.release()
    throw SystemError("start the thread \"\(name)\"", code: code)
  }
  pthread_detach(thread)
}

private final class ThreadBody {
  let name: StaticString
  let body: () -> Void

  init(name: StaticString, body: sending @escaping () -> Void) {
    self.name = name
    self.body = body
  }
}
