// Runs one machine on the real clock.

package import Logging
package import MesetaProtocol
package import MesetaRuntime
import Synchronization

/// Who a machine is to those it connects to.
package struct HostIdentity: Sendable {
  var role: PeerRole
  var name: String
  var principal: Principal?

  package init(_ role: PeerRole, name: String, principal: Principal? = nil) {
    self.role = role
    self.name = name
    self.principal = principal
  }
}

/// Owns a machine and feeds it: inputs in batches with one reading of the clock, then the end of the batch; then it
/// performs what the machine asked for. The machine is never entered twice at once, on whatever threads its
/// executor may run it.
///
/// A message's way: a transport calls ``received(_:_:)``, which puts it into the mailbox and announces a run to the
/// executor; ``run()`` takes the mailbox and hands it to the machine; the ``Outbox`` collects what it says and gives
/// each session's link one batch.
package final class MachineHost<Logic: MachineLogic>: CallHandler, HostJob {
  let executor: any HostExecutor
  let connector: (any Connector)?
  let identity: HostIdentity
  let mailbox = Mutex(Mailbox())
  /// The inputs that the mailbox says are there. Taken within the lock of the mailbox only.
  let locals = Mutex<[Logic.Local]>([])
  let core: Mutex<HostCore<Logic>>

  package init(
    _ logic: Logic, as identity: HostIdentity, executor: any HostExecutor = WorkerPool.shared,
    connector: (any Connector)? = nil, logger: Logger
  ) {
    self.executor = executor
    self.connector = connector
    self.identity = identity
    self.core = Mutex(HostCore(logic, logger: logger))
  }

  // MARK: Life

  /// Begins to run the machine. What came before is handled first.
  package func start() {
    let isNew = mailbox.withLock { mailbox in
      guard mailbox.state == .new else { return false }
      mailbox.state = .scheduled
      return true
    }
    if isNew { executor.execute(self) }
  }

  /// Ends all sessions and takes nothing any more. What was put before it is handled.
  package func stop(reason: String) async {
    start()
    await withCheckedContinuation { continuation in
      if !put(.stop(reason: reason) { continuation.resume() }) { continuation.resume() }
    }
  }

  // MARK: Mail

  /// Puts something into the mailbox; false if the host has stopped.
  @discardableResult
  func put(_ item: Mail) -> Bool {
    let (isTaken, isNews) = mailbox.withLock { mailbox in
      mailbox.state == .stopped ? (false, false) : (true, mailbox.put(item))
    }
    if isNews { executor.execute(self) }
    return isTaken
  }

  package func opened(_ link: any Link, _ peer: Peer) -> SessionID? {
    let (session, isNews) = mailbox.withLock { mailbox -> (SessionID?, Bool) in
      guard mailbox.state != .stopped else { return (nil, false) }
      let session = mailbox.nextSession()
      return (session, mailbox.put(.opened(session, link, peer)))
    }
    if isNews { executor.execute(self) }
    return session
  }

  package func connectFailed(reason: String) { put(.connectFailed(reason: reason)) }

  package func received(_ session: SessionID, _ messages: [Message]) { put(.received(session, messages)) }

  package func closed(_ session: SessionID, reason: String) { put(.closed(session, reason: reason)) }

  /// Hands over a call of a session that did not come by its link. `outcome` is called once, on the executor.
  package func call(
    _ session: SessionID, _ message: Message, outcome: @escaping @Sendable (Outcome) -> Void
  ) {
    if !put(.call(session, message, outcome)) {
      outcome(.failed(CallError(.unavailable, "\(identity.name) has stopped")))
    }
  }

  /// Tells the machine what only its kind is told.
  package func post(_ inputs: [Logic.Local]) { post(inputs.count) { $0 += inputs } }
  package func post(_ input: Logic.Local) { post(1) { $0.append(input) } }

  private func post(_ count: Int, _ add: @Sendable (inout [Logic.Local]) -> Void) {
    let isNews = mailbox.withLock { mailbox in
      if mailbox.state == .stopped { return false }
      locals.withLock { add(&$0) }
      return mailbox.putLocals(count)
    }
    if isNews { executor.execute(self) }
  }

  /// Where collaborators leave word for the machine.
  package var inbox: Inbox<Logic.Local> {
    Inbox { [weak self] word in
      switch word {
      case .input(let input): self?.post(input)
      case .inputs(let inputs): self?.post(inputs)
      case .outcome(let request, let outcome): self?.put(.outcome(request, outcome))
      }
    }
  }

  /// Looks at the machine between two batches.
  package func withMachine<Result: Sendable>(
    _ body: @escaping @Sendable (Logic.Machine) -> Result
  ) async -> Result {
    await withCheckedContinuation { continuation in
      let visit = Visit<Logic> { logic in continuation.resume(returning: body(logic.machine)) }
      let isTaken = put(.visit(visit))
      // A machine that has stopped is not running: nobody else is in it for long.
      if !isTaken { continuation.resume(returning: core.withLock { body($0.logic.machine) }) }
    }
  }

  /// Tells what waits for the machine behind the question, once its turn has come.
  package func countMail(_ tell: @escaping @Sendable (WaitingMail) -> Void) {
    let isTaken = put(
      .count { [self] rest in
        var waiting = rest
        mailbox.withLock { waiting.add($0.mail) }
        tell(waiting)
      })
    if !isTaken { tell(WaitingMail()) }
  }

  // MARK: Running

  package func run() {
    let next = core.withLock { Logic.runBatch(&$0, of: self) }
    switch next {
    case .again: executor.execute(self)
    case .rest(let timer):
      if let timer { executor.schedule(self, at: timer) }
    }
  }

  package func timerFired() {
    let isOurs = mailbox.withLock { mailbox in
      // A run that is under way looks at the clock itself.
      guard mailbox.state == .idle else { return false }
      mailbox.state = .scheduled
      return true
    }
    if isOurs { run() }
  }
}
