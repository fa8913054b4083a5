// Time goes on: events happen, the nodes they reach handle them as a batch, and what they ask for is done.

import MesetaMaster
import MesetaProtocol
public import MesetaRuntime

extension Simulation {
  /// Runs until `isDone` holds, which is looked at after every batch.
  ///
  /// - Throws: ``SimulationFailure`` if that takes longer than `limit`, or where something happens that never may.
  public mutating func run(
    until isDone: (Simulation) -> Bool, within limit: Span
  ) throws(SimulationFailure) {
    let end = now + limit
    while !isDone(self) {
      try checkProblem()
      guard events.next <= end else {
        now = end
        statistics.time = now - .zero
        throw failure("what was waited for did not come about within \(limit)")
      }
      step()
    }
    try checkProblem()
  }

  /// Runs for so long.
  public mutating func run(for span: Span) throws(SimulationFailure) {
    let end = now + span
    while events.next <= end {
      step()
      try checkProblem()
    }
    now = end
    statistics.time = now - .zero
  }

  func failure(_ problem: String) -> SimulationFailure {
    SimulationFailure(
      seed: seed, after: now - .zero, problem: problem, replay: replay,
      events: SimulationFailure.showsEvents ? trace.lines : [])
  }

  func checkProblem() throws(SimulationFailure) {
    if let problem = checks.problem { throw failure(problem) }
    if deliveries > mostDeliveries {
      throw failure("more than \(mostDeliveries) messages: some answer each other without end")
    }
  }

  /// Everything that is due at the next instant happens, and the nodes concerned handle it.
  mutating func step() {
    let next = events.next
    guard next != .never else { return }
    now = max(now, next)
    statistics.time = now - .zero
    while let event = events.takeDue(now) {
      let mayBeAlone = touched.isEmpty && events.next > now
      isAlone = mayBeAlone
      happen(event)
      if mayBeAlone, !isAlone { return }  // What came of it was handled at once.
    }
    isAlone = false
    flush()
  }

  /// The last that comes of an event is an input for a node. Where nothing else happens at this instant, it is handled at once.
  mutating func finish(with input: consuming NodeInput<Local>, to node: NodeID) {
    let canHandle = isAlone && nodes[node.index].isUp && nodes[node.index].busyUntil <= now
    if canHandle, touched.isEmpty, nodes[node.index].inbox.isEmpty {
      isAlone = false
      handle(input, alone: node)
    } else {
      self.input(input, to: node)
    }
  }

  /// An input waits for its node's batch.
  mutating func input(_ input: consuming NodeInput<Local>, to node: NodeID) {
    if nodes[node.index].inbox.isEmpty { touched.append(node) }
    nodes[node.index].inbox.append(input)
  }

  /// The nodes that have inputs handle them; then what they asked for is done.
  mutating func flush() {
    // The buffers are used again and again.
    swap(&touched, &reached)
    for index in reached.indices { handle(batchOf: reached[index]) }
    reached.clear()
  }

  private mutating func handle(batchOf id: NodeID) {
    if nodes[id.index].busyUntil > now { return }  // what it was told waits
    swap(&nodes[id.index].inbox, &batch)
    defer { batch.clear() }
    guard nodes[id.index].isUp else { return }
    let time = beginBatch(of: id)
    checks.handle(&batch, by: id)
    let wake = nodes[id.index].machine.handle(batch: &batch, at: time, &outbox)
    endBatch(of: id, wake: wake)
  }

  /// The same for a batch of one input.
  private mutating func handle(_ input: consuming NodeInput<Local>, alone id: NodeID) {
    let time = beginBatch(of: id)
    checks.handles(input, by: id)
    let wake = nodes[id.index].machine.handle(alone: input, at: time, &outbox)
    endBatch(of: id, wake: wake)
  }

  private mutating func beginBatch(of id: NodeID) -> Time {
    outbox.leastLevel = trace.keeps == 0 && observe == nil && !isRecording ? .info : .debug
    let time = time(of: id)
    checks.beginBatch(of: id, at: now, clock: time.monotonic)
    return time
  }

  private mutating func endBatch(of id: NodeID, wake: Instant) {
    perform(id)
    tire(id)
    if nodes[id.index].isUp { plan(id, wakeAt: wake) }
    statistics.batches += 1
    checkBatch(of: id)
  }

  /// Does what a node asked for.
  private mutating func perform(_ id: NodeID) {
    var effects: [Effect] = []
    swap(&effects, &outbox.effects)
    let last = effectsBeforeCrash(of: id, among: effects.count)
    if effects.count == 1, last == nil, let effect = effects.popLast() {
      perform(effect, of: id)
    } else {
      for index in effects[..<(last ?? effects.count)].indices {
        var effect = Effect.connect
        swap(&effect, &effects[index])
        perform(consume effect, of: id)
      }
      effects.clear()
    }
    swap(&effects, &outbox.effects)
    if last != nil { crashWithinBatch(id) }
  }

  /// After how long a machine is woken that wants to be woken at once.
  private static var atOnce: Span { Span(nanoseconds: 1000) }
  /// How often in a row a machine may want that.
  private static var mostAtOnce: Int { 10_000 }

  /// Plans the wake-up that a node wants. What a machine wants at once comes a little later: time goes on.
  mutating func scheduleWake(_ id: NodeID) {
    if nodes[id.index].isUp { plan(id, wakeAt: nodes[id.index].machine.nextWake) }
  }

  private mutating func plan(_ id: NodeID, wakeAt time: Instant) {
    nodes[id.index].wantedWake = time
    let wanted = max(nodes[id.index].clock.moment(of: time), now + Self.atOnce)
    // A wake-up that is planned already looks again whether it has come too early.
    if wanted >= nodes[id.index].wake { return }
    nodes[id.index].wake = wanted
    events.add(Event.wake(id, life: nodes[id.index].life), at: wanted)
  }

  private mutating func wake(_ id: NodeID, _ life: Int) {
    guard isAlive(id, life), nodes[id.index].wake == now else { return }
    nodes[id.index].wake = .never
    guard isWakeDue(id) else { return plan(id, wakeAt: nodes[id.index].wantedWake) }
    if nodes[id.index].busyUntil > now { return }  // It is woken when it resumes.
    countWake(of: id)
    finish(with: .wake, to: id)
  }

  func isWakeDue(_ id: NodeID) -> Bool {
    nodes[id.index].wantedWake <= nodes[id.index].clock.reading(at: now)
  }

  private mutating func happen(_ event: Event) {
    switch event {
    case .arrival(let session, let atServer): arrive(session, atServer: atServer)
    case .giveUp(let session, let atServer, let blockage):
      giveUp(session, atServer: atServer, blockage: blockage)
    case .wake(let node, let life): wake(node, life)
    case .resume(let node, let life): resume(node, life)
    case .planned(let number): plans.removeValue(forKey: number)?(&self)
    case .fault(let fault): happen(fault)
    case .pooled(let place): if let event = events.take(pooled: place) { happen(event) }
    }
  }

  private mutating func happen(_ event: PooledEvent) {
    switch event {
    case .notice(let session, let atServer, let reason):
      end(session, atServer: atServer, reason: reason)
    case .connectFailed(let node, let life, let reason):
      guard isAlive(node, life) else { return }
      note(node, "cannot connect: \(reason)")
      input(.connectFailed(reason: reason), to: node)
    case .durable(let node, let life, let token):
      if isAlive(node, life) { becomeDurable(token, of: node) }
    case .stored(let node, let life, let token):
      if isAlive(node, life) { stored(token, of: node) }
    case .recorded(let node, let life, let token):
      if isAlive(node, life) { recorded(token, of: node) }
    case .containerStarts(let agent, let serial): containerStarts(serial, on: agent)
    case .containerEnds(let agent, let serial, let exit): containerEnds(serial, exit, on: agent)
    case .report(let agent, let life, let event):
      if isAlive(agent, life) { finish(with: .local(.container(event)), to: agent) }
    case .measured(let agent, let life, let usage):
      if isAlive(agent, life) { input(.local(.usage(usage)), to: agent) }
    case .start(let node): start(.node(node))
    case .heal(let side, let directions, let blockage): heal(side, directions, blockage)
    case .crash(let node): crash(.node(node))
    case .elect(let term): elect(term: term)
    case .leaseEnds(let master, let life): leaseEnds(of: master, life)
    case .storeFails(let master, let life): storeHasFailed(master, life)
    case .hearsOfLeader(let node): hearsOfLeader(node)
    case .detour(let session, let message): arriveAlone(message, session)
    }
  }

  /// A machine whose deadline is never met would have the simulation go on for ever without getting anywhere.
  private mutating func countWake(of node: NodeID) {
    let isAtOnce = now - nodes[node.index].lastWake <= Self.atOnce
    nodes[node.index].wakesAtOnce = isAtOnce ? nodes[node.index].wakesAtOnce + 1 : 0
    nodes[node.index].lastWake = now
    guard nodes[node.index].wakesAtOnce >= Self.mostAtOnce else { return }
    let name = nodes[node.index].name
    checks.fail("\(name) wants to be woken at once for the \(Self.mostAtOnce)th time in a row")
  }

  func isAlive(_ node: NodeID, _ life: Int) -> Bool {
    nodes[node.index].isUp && nodes[node.index].life == life
  }
}

extension Array {
  /// Empties an array that is used again, and is short: that takes a quarter of the time of `removeAll(keepingCapacity:)`.
  mutating func clear() { while popLast() != nil {} }
}
