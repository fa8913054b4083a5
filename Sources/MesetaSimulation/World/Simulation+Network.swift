// The simulated network. A session is a stream as of TCP: in order, or over.

import MesetaProtocol
import MesetaRuntime

extension Simulation {
  // MARK: Opening

  mutating func connect(_ id: NodeID) {
    let life = nodes[id.index].life
    guard let server = server(of: id) else {
      events.add(.connectFailed(id, life: life, reason: "no master leads"), at: now + .milliseconds(1))
      return
    }
    note(id, "connects to \(nodes[server.index].name)")
    if isBlocked(id, server) || isBlocked(server, id) {
      let reason = "no answer from \(nodes[server.index].name)"
      events.add(.connectFailed(id, life: life, reason: reason), at: now + .seconds(5))
      return
    }
    nodes[id.index].connections += 1
    let session = links.add(
      Link(
        client: id, server: server, clientLife: life, serverLife: nodes[server.index].life,
        random: seed.generator(for: .session, nodes[id.index].stream, nodes[id.index].connections)))
    nodes[id.index].sessions.append(session)
    transmit(.open, on: session, toServer: true)
  }

  private func server(of id: NodeID) -> NodeID? {
    switch nodes[id.index].server {
    case .nobody: nil
    case .leader: masters.count == 1 ? masters[0] : nodes[id.index].followed ?? leader
    case .node(let server): server
    }
  }

  private mutating func serve(_ session: SessionID, _ link: Link) {
    let server = link.server
    // A master that does not lead has nothing to say.
    guard isAlive(server, link.serverLife), !(nodes[server.index].machine is Standby) else {
      forget(session)
      let reason = "\(nodes[server.index].name) refused the connection"
      var random = link.random
      let arrival = now + random.draw(faults.delay)
      events.add(.connectFailed(link.client, life: link.clientLife, reason: reason), at: arrival)
      return
    }
    links[valid: session].serverEnd = .open
    nodes[server.index].sessions.append(session)
    input(
      .opened(session, Peer(nodes[link.client.index].role, address: nodes[link.client.index].name)),
      to: server)
    transmit(.open, on: session, toServer: false)
  }

  // MARK: Sending

  mutating func send(_ message: consuming Message, from id: NodeID, on session: SessionID) {
    guard let link = links.find(session), let (peer, toServer) = links[found: link].peer(of: id) else {
      return
    }
    checks.sent(message, from: id, to: peer, on: session, at: now)
    if faults.lossMillionths > 0, isBreaking,
      links[found: link].random.chance(millionths: faults.lossMillionths), strikes(.messageLoss)
    {
      breakSession(session, "the connection was reset")
    }
    if faults.encodesMessages {
      let (read, problem) = byteTrip.pass(message)
      if let problem { checks.fail(problem) }
      guard let read else { return }
      message = read
    }
    if faults.strayMillionths > 0, isBreaking { return stray(message, on: session, toServer: toServer) }
    transmit(message, on: session, toServer: toServer)
  }

  mutating func respond(_ request: RequestID, _ outcome: Outcome, from id: NodeID) {
    guard request != .none,
      let (session, number) = nodes[id.index].requests.removeValue(forKey: request)
    else { return }
    switch outcome {
    case .accepted:
      if number != 0 { send(.accepted(request: number), from: id, on: session) }
    case .response(let response):
      send(.operatorResponse(response, request: number), from: id, on: session)
    case .failed(let error): send(.failed(error, request: number), from: id, on: session)
    }
  }

  mutating func close(_ session: SessionID, from id: NodeID, reason: String) {
    checks.closes(id)
    guard let link = links[session] else { return }
    let atServer = link.server == id
    guard link.end(atServer: atServer) != .closed else { return }
    note(id, "closes the session with \(nodes[link.node(atServer: !atServer).index].name): \(reason)")
    checks.closed(session, at: id)
    links[valid: session].close(atServer: atServer)
    nodes[id.index].sessions.removeAll { $0 == session }
    transmit(.close("closed by the peer"), on: session, toServer: !atServer)
    forgetIfOver(session)
  }

  /// With a message goes where its receiver is likely to find the task that it is about.
  mutating func transmit(_ message: consuming Message, on session: SessionID, toServer: Bool) {
    transmit(.message(message, task: checks.numbers.likely), on: session, toServer: toServer)
  }

  mutating func transmit(_ packet: consuming Link.Packet, on session: SessionID, toServer: Bool) {
    guard let link = links.find(session), !links[found: link].isBroken else { return }
    let arrival = links[found: link].send(consume packet, toServer: toServer, at: now, faults.delay)
    events.add(Event.arrival(session, atServer: toServer), at: arrival)
  }

  /// What comes next in a direction arrives after a delay, and not before what was sent earlier.
  mutating func planArrival(on session: SessionID, atServer: Bool) {
    let arrival = links[valid: session].planArrival(atServer: atServer, at: now, faults.delay)
    events.add(.arrival(session, atServer: atServer), at: arrival)
  }

  // MARK: Arriving

  /// What comes next in a direction of a session arrives, unless it stalls.
  mutating func arrive(_ session: SessionID, atServer: Bool) {
    guard let link = links.find(session) else { return }
    let (from, to) = links[found: link].ends(atServer: atServer)
    if isBlocked(from, to) || links[found: link].isStalled(atServer: atServer) {
      links[found: link][laneToServer: atServer].stalled += 1
      return
    }
    guard let packet = links[found: link].takeNext(atServer: atServer) else { return }
    let life = links[found: link].life(atServer: atServer)
    switch consume packet {
    case .open:
      if atServer { return serve(session, links[valid: session]) }
      guard isAlive(to, life) else { return }
      links[valid: session].clientEnd = .open
      input(.opened(session, Peer(nodes[from.index].role, address: nodes[from.index].name)), to: to)
    case .close(let reason): end(session, atServer: atServer, reason: reason)
    case .message(let message, let task):
      guard isAlive(to, life) else { return }
      checks.numbers.likely = task
      deliver(message, from: from, to: to, on: session)
    }
  }

  mutating func deliver(
    _ message: consuming Message, from: NodeID, to: NodeID, on session: SessionID
  ) {
    trace.addDelivery(now, to, message, from: from)
    statistics.messages[message.kind] += 1
    deliveries += 1
    if let observe { observe(now, .delivered(message, from: from, to: to)) }
    var request = RequestID.none
    if let number = message.requestNumber {
      lastRequest += 1
      request = number == 0 ? .none : RequestID(lastRequest)
      if number != 0 { nodes[to.index].requests[request] = (session, number) }
    }
    finish(with: .received(session, request, message), to: to)
  }

  // MARK: Ending

  /// An end of a session is told that it is over.
  mutating func end(_ session: SessionID, atServer: Bool, reason: String) {
    guard let link = links[session] else { return }
    let id = link.node(atServer: atServer)
    let state = link.end(atServer: atServer)
    guard state != .closed else { return }
    checks.closed(session, at: id)
    links[valid: session].close(atServer: atServer)
    nodes[id.index].sessions.removeAll { $0 == session }
    forgetIfOver(session)
    guard isAlive(id, link.life(atServer: atServer)) else { return }
    let peer = nodes[link.node(atServer: !atServer).index].name
    if state == .opening {
      guard !atServer else { return }
      note(id, "cannot connect: \(reason)")
      input(.connectFailed(reason: reason), to: id)
    } else {
      note(id, "its session with \(peer) is over: \(reason)")
      input(.closed(session, reason: reason), to: id)
    }
  }

  /// Nothing that is sent on the session from now on arrives; both ends notice after a while.
  mutating func breakSession(_ session: SessionID, _ reason: String) {
    guard links.contains(session), !links[valid: session].isBroken else { return }
    links[valid: session].isBroken = true
    note(
      links[valid: session].client,
      "loses its session with \(nodes[links[valid: session].server.index].name)")
    for atServer in [false, true] {
      let noticed = now + links[valid: session].random.draw(faults.detection)
      events.add(PooledEvent.notice(session, atServer: atServer, reason: reason), at: noticed)
    }
  }

  private mutating func forgetIfOver(_ session: SessionID) {
    // A closing packet may still be under way: it finds nothing, and that is right.
    if let link = links[session], link.isOver { forget(session) }
  }

  private mutating func forget(_ session: SessionID) {
    guard let link = links.remove(session) else { return }
    nodes[link.client.index].sessions.removeAll { $0 == session }
    nodes[link.server.index].sessions.removeAll { $0 == session }
  }
}

extension Message {
  /// The caller's number of a call; nil for what is no call.
  var requestNumber: UInt64? {
    switch self {
    case .schedulerCall(_, let request), .executorCall(_, let request), .operatorCall(_, let request): request
    default: nil
    }
  }
}
