// The containerizer's thread: it waits for all supervisors at once and reports what they say.

import CMesetaProcess
import Glibc
import MesetaAgent

/// Lives on one thread and is never shared.
struct ContainerLoop {
  /// What is known of a container that has not ended.
  private struct Container {
    /// The connection to its supervisor, and that in ``connections``; nil while there is none.
    var connection: Descriptor?
    /// Its supervisor, if this process started it and must reap it.
    var supervisor: Int32?
    /// Its main process, once reported.
    var pid: Int32?
    /// A kill that waits for the connection.
    var pendingGrace: Int64?
    var isRecovered = false
  }

  private struct Connection {
    var containerID: String
    var descriptor: Descriptor
    /// An unfinished line.
    var partial: [UInt8] = []
  }

  private let mailbox: ContainerMailbox
  private let start: ContainerStart
  private let observer: @Sendable (ContainerEvent) -> Void
  private let epoll: Descriptor
  private let worker: ContainerWorker

  private var containers: [String: Container] = [:]
  private var connections: [UInt64: Connection] = [:]
  private var nextToken: UInt64 = 1
  /// Containers whose supervisor is alive but could not be reached yet.
  private var undecided: [String] = []
  /// Supervisors that said their last word and will exit at once.
  private var exiting: [Int32] = []

  /// How long to wait before looking again at what is about to change, in milliseconds.
  private static let retryInterval: Int32 = 5

  init(
    mailbox: ContainerMailbox, start: ContainerStart, observer: @escaping @Sendable (ContainerEvent) -> Void
  ) throws(SystemError) {
    self.mailbox = mailbox
    self.start = start
    self.observer = observer
    worker = try ContainerWorker()
    epoll = try Descriptor(meseta_epoll_create(), "create an epoll")
    guard meseta_epoll_watch(epoll.number, mailbox.wakeup.number, 0) == 0 else {
      throw SystemError("watch an eventfd")
    }
  }

  /// Runs until told to stop.
  mutating func run() {
    var tokens = [UInt64](repeating: 0, count: 128)
    while true {
      let timeout = undecided.isEmpty && exiting.isEmpty ? -1 : Self.retryInterval
      let count = meseta_epoll_wait(epoll.number, &tokens, Int32(tokens.count), timeout)
      for token in tokens.prefix(Int(max(0, count))) where token != 0 { hear(token) }
      // After what was heard, so that a kill reaches a container that is still there.
      for command in mailbox.take() {
        if case .stop = command { return mailbox.stop() }
        obey(command)
      }
      reap()
      let again = undecided
      undecided = []
      for id in again where containers[id] != nil { resolve(id) }
    }
  }

  // MARK: Commands

  private mutating func obey(_ command: ContainerCommand) {
    switch command {
    case .launch(let launch): self.launch(launch)
    case .kill(let id, let grace): kill(id, grace: grace)
    case .recover(let id): recover(id)
    case .forget(let id):
      let runtime = start.runtime
      if containers[id] == nil { worker.run { runtime.remove(id) } }
    case .started(let id, let started): connect(id, to: started)
    case .failed(let id, let reason):
      containers[id] = nil
      observer(.launchFailed(containerID: id, reason: reason))
    case .lost(let id, let reason):
      containers[id] = nil
      observer(.exited(containerID: id, .lost(reason)))
    case .stop: break
    }
  }

  private mutating func launch(_ launch: ContainerLaunch) {
    let id = launch.containerID
    guard containers[id] == nil else {
      return observer(.launchFailed(containerID: id, reason: "a container with this id is running already"))
    }
    containers[id] = Container()
    let (start, mailbox) = (start, mailbox)
    worker.run {
      do {
        mailbox.post(.started(id, try start.start(launch)))
      } catch {
        mailbox.post(.failed(id, reason: "\(error)"))
      }
    }
  }

  private mutating func connect(_ id: String, to started: ContainerStart.Started) {
    containers[id]?.supervisor = started.supervisor
    watch(started.connection, of: id)
  }

  private mutating func watch(_ descriptor: Descriptor, of id: String) {
    let token = nextToken
    nextToken += 1
    guard meseta_epoll_watch(epoll.number, descriptor.number, token) == 0 else {
      // Out of kernel memory: look again.
      undecided.append(id)
      return
    }
    connections[token] = Connection(containerID: id, descriptor: descriptor)
    containers[id]?.connection = descriptor
    if let grace = containers[id]?.pendingGrace {
      containers[id]?.pendingGrace = nil
      kill(id, grace: grace)
    }
  }

  private mutating func kill(_ id: String, grace: Int64) {
    guard let container = containers[id] else { return }
    guard let connection = container.connection else {
      containers[id]?.pendingGrace = min(grace, container.pendingGrace ?? .max)
      return
    }
    // A supervisor that cannot take this short line any more is gone, and its connection's end will tell.
    let line = Array("kill \(max(0, grace))\n".utf8)
    _ = send(connection.number, line, line.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
  }

  // MARK: Supervisors

  private mutating func hear(_ token: UInt64) {
    guard var connection = connections[token] else { return }
    let length = withUnsafeTemporaryAllocation(byteCount: 2048, alignment: 1) { buffer -> Int in
      let length = recv(
        connection.descriptor.number, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
      if length > 0 { connection.partial += buffer[..<length] }
      return length
    }
    if length < 0, errno == EAGAIN || errno == EINTR { return }
    let id = connection.containerID
    while let end = connection.partial.firstIndex(of: UInt8(ascii: "\n")) {
      let line = SupervisorLine(connection.partial[..<end])
      connection.partial.removeSubrange(...end)
      if let line { report(id, line) }
    }
    // Nothing that a supervisor says is that long: what is at the other end is none.
    if length > 0, connection.partial.count < 4096, containers[id] != nil {
      connections[token] = connection
    } else {
      // Closing would not do: while the worker starts a supervisor, the child has a copy of each descriptor, and
      // the epoll would go on telling that this one has ended.
      meseta_epoll_forget(epoll.number, connection.descriptor.number)
      connections[token] = nil
      containers[id]?.connection = nil
      if containers[id] != nil { resolve(id) }
    }
  }

  private mutating func report(_ id: String, _ line: SupervisorLine) {
    guard let container = containers[id] else { return }
    switch line {
    case .started(let pid):
      guard container.pid == nil else { return }
      containers[id]?.pid = pid
      observer(.started(containerID: id, pid: pid))
    case .failed(let reason):
      end(id)
      observer(.launchFailed(containerID: id, reason: reason))
    case .ended(let exit):
      end(id)
      observer(.exited(containerID: id, exit))
    }
  }

  private mutating func end(_ id: String) {
    if let supervisor = containers[id]?.supervisor { exiting.append(supervisor) }
    containers[id] = nil
  }

  private mutating func reap() {
    exiting.removeAll { waitpid($0, nil, WNOHANG) != 0 }
  }

  // MARK: Recovery

  private mutating func recover(_ id: String) {
    guard containers[id] == nil else { return }
    containers[id] = Container(isRecovered: true)
    resolve(id)
  }

  /// Finds out about a container that nobody is connected to.
  private mutating func resolve(_ id: String) {
    // The lock of a supervisor's directory is its own: a descendant cannot hold it. So this always ends.
    switch start.runtime.inspect(id) {
    case .ended(let line): report(id, line)
    case .alive(let connection): watch(connection, of: id)
    case .undecided: undecided.append(id)
    case .dead: lose(id, reason: "its supervisor was killed")
    case .unknown: lose(id, reason: "its runtime directory was removed")
    }
  }

  private mutating func lose(_ id: String, reason: String) {
    guard let container = containers[id] else { return }
    if let supervisor = container.supervisor { exiting.append(supervisor) }
    // Nobody reaps the main process but its new parent, so its group's number is still its own for a while; after
    // a restart of the agent it may be another's.
    if let pid = container.pid, !container.isRecovered { Glibc.kill(-pid, SIGKILL) }
    let (runtime, mailbox) = (start.runtime, mailbox)
    worker.run {
      if let sandbox = runtime.sandbox(of: id) { LostContainer.killRemains(sandbox: sandbox) }
      mailbox.post(.lost(id, reason: reason))
    }
  }
}
