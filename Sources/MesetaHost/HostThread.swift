// Threads that are not those of Swift's tasks, and how one waits there.

import Glibc

package enum HostThread {
  /// Runs the body on a thread of its own.
  package static func start(_ body: @escaping @Sendable () -> Void) {
    final class Body: Sendable {
      let run: @Sendable () -> Void
      init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Body(body))
    let result = pthread_create(
      &thread, nil,
      { @Sendable context in
        if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, context.toOpaque())
    // tidy: at the start of a process; without a thread nothing of it can run
    precondition(result == 0, "no thread can be started: \(String(cString: strerror(result)))")
    pthread_detach(thread)
  }
}

/// Counts wake-ups that are due.
final class Semaphore: Sendable {
  // tidy: the semaphore's memory is only ever handed to sem_wait and sem_post, which any thread may call
  private nonisolated(unsafe) let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { sem_init(semaphore, 0, 0) }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func signal() { sem_post(semaphore) }

  func wait() {
    while sem_wait(semaphore) != 0 {}  // interrupted by a signal
  }
}
