// Where nothing gets through.

import MesetaRuntime

extension Simulation {
  func isBlocked(_ from: NodeID, _ to: NodeID) -> Bool {
    !blocked.isEmpty && blocked[Direction(from: from, to: to)] != nil
  }

  /// Nothing gets through between two nodes any more. What is sent waits; if that takes too long, both ends give up.
  public mutating func partition(_ first: NodeName, _ second: NodeName, _ blockage: Blockage = .bothWays) {
    guard let one = node(first), let other = node(second) else { return }
    note(one, "is cut off from \(nodes[other.index].name)\(blockage.text)")
    block(Self.directions(between: [one], [other], blockage))
  }

  /// Things get through between two nodes again.
  public mutating func heal(_ first: NodeName, _ second: NodeName) {
    guard let one = node(first), let other = node(second) else { return }
    if heal(Self.directions(between: [one], [other], .bothWays)) {
      note(one, "reaches \(nodes[other.index].name) again")
    }
  }

  /// Cuts nodes off from all others; among themselves they get through. What is sent waits, as in a
  /// ``partition(_:_:_:)``. Executors are on the side of their agents.
  public mutating func isolate(_ names: [NodeName], _ blockage: Blockage = .bothWays) {
    let side = names.compactMap { node($0) }
    for id in side { note(id, "is cut off from the others\(blockage.text)") }
    block(directions(around: side, blockage))
  }

  /// Things get through to nodes again that were cut off from all others.
  public mutating func heal(_ names: [NodeName]) {
    let side = names.compactMap { node($0) }
    heal(side, directions(around: side, .bothWays))
  }

  /// The same as ``isolate(_:_:)``, for a while.
  mutating func cutOff(_ side: [NodeID], _ blockage: Blockage, for length: Span) {
    for id in side { note(id, "is cut off from the others\(blockage.text)") }
    let directions = directions(around: side, blockage)
    block(directions)
    events.add(.heal(side, directions, blockage: blockages), at: now + length)
  }

  /// All sessions over the network are those with a master.
  private func directions(around side: [NodeID], _ blockage: Blockage) -> [Direction] {
    let others = (masters + agents + frameworks).filter { !side.contains($0) }
    let leaders = side.filter { masters.contains($0) }
    return Self.directions(between: side, others.filter { masters.contains($0) }, blockage)
      + Self.directions(between: leaders, others.filter { !masters.contains($0) }, blockage)
  }

  private static func directions(
    between some: [NodeID], _ others: [NodeID], _ blockage: Blockage
  ) -> [Direction] {
    var directions: [Direction] = []
    for one in some {
      for other in others {
        if blockage != .incoming { directions.append(Direction(from: one, to: other)) }
        if blockage != .outgoing { directions.append(Direction(from: other, to: one)) }
      }
    }
    return directions
  }

  private mutating func block(_ directions: [Direction]) {
    blockages += 1
    for direction in directions { blocked[direction, default: []].append(blockages) }
    for session in sessions(in: directions) {
      for atServer in [false, true] {
        let time = now + links[valid: session].random.draw(faults.detection)
        events.add(Event.giveUp(session, atServer: atServer, blockage: blockages), at: time)
      }
    }
  }

  mutating func heal(_ side: [NodeID], _ directions: [Direction], _ blockage: Int? = nil) {
    guard heal(directions, blockage) else { return }
    for id in side { note(id, "reaches the others again") }
  }

  /// - Parameter blockage: Which one ends; nil: all of them.
  /// - Returns: Whether anything gets through again.
  private mutating func heal(_ directions: [Direction], _ blockage: Int? = nil) -> Bool {
    var free: [Direction] = []
    for direction in directions {
      guard var numbers = blocked[direction] else { continue }
      numbers.removeAll { blockage == nil || $0 == blockage }
      blocked[direction] = numbers.isEmpty ? nil : numbers
      if numbers.isEmpty { free.append(direction) }
    }
    for session in sessions(in: free) { release(session) }
    return !free.isEmpty
  }

  /// What stalled goes on its way again.
  private mutating func release(_ session: SessionID) {
    for atServer in [true, false] {
      let from = links[valid: session].node(atServer: !atServer)
      if isBlocked(from, links[valid: session].node(atServer: atServer)) { continue }
      let stalled = links[valid: session][laneToServer: atServer].stalled
      links[valid: session][laneToServer: atServer].stalled = 0
      for _ in 0..<stalled { planArrival(on: session, atServer: atServer) }
    }
  }

  /// An end has waited long enough for something to get through.
  mutating func giveUp(_ session: SessionID, atServer: Bool, blockage: Int) {
    guard let link = links[session] else { return }
    let forth = blocked[Direction(from: link.client, to: link.server)] ?? []
    let back = blocked[Direction(from: link.server, to: link.client)] ?? []
    let isOtherClosed = link.end(atServer: !atServer) == .closed
    guard forth.contains(blockage) || back.contains(blockage) || isOtherClosed else { return }
    links[valid: session].isBroken = true
    end(session, atServer: atServer, reason: "the connection timed out")
  }

  /// The sessions that something travels on in those directions, each once, in the order of the directions.
  private func sessions(in directions: [Direction]) -> [SessionID] {
    var result: [SessionID] = []
    for direction in directions {
      for session in nodes[direction.from.index].sessions where links.contains(session) {
        let (client, server) = (links[valid: session].client, links[valid: session].server)
        guard client == direction.to || server == direction.to, !result.contains(session) else { continue }
        result.append(session)
      }
    }
    return result
  }
}

extension Blockage {
  fileprivate var text: String {
    switch self {
    case .bothWays: ""
    case .outgoing: " (what it sends)"
    case .incoming: " (what it is sent)"
    }
  }
}
