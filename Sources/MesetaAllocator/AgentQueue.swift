// The agents that an allocation run has yet to look at.

import MesetaRuntime

/// Gives agents out in an order that is drawn: a stretch of neighbours at random, and these at random. Neighbours stand
/// together in memory, which makes a look at many agents twice as fast as in an order that is random throughout.
struct AgentQueue: Codable, Sendable {
  private static let stretch = 64

  /// Ascending.
  private var agents: [UInt32] = []
  /// Where the stretches that are left begin in `agents`.
  private var starts: [Int] = []
  /// What is left of the stretch that was drawn last.
  private var drawn: [UInt32] = []
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// Fills the empty queue, and empties what it is filled from.
  mutating func fill(_ indices: inout [UInt32]) {
    swap(&agents, &indices)
    indices.removeAll(keepingCapacity: true)
    if !agents.isAscending { agents.sort() }
    restart()
  }

  /// Fills the queue with the agents that it was filled with last.
  mutating func restart() {
    if !drawn.isEmpty { drawn.removeAll(keepingCapacity: true) }
    if !starts.isEmpty { starts.removeAll(keepingCapacity: true) }
    if agents.count <= Self.stretch {  // which nothing has to be drawn for
      drawn.append(contentsOf: agents)
    } else {
      starts.append(contentsOf: stride(from: 0, to: agents.count, by: Self.stretch))
    }
    count = agents.count
  }

  /// Takes out an agent.
  ///
  /// - Precondition: the queue is not empty.
  mutating func take(_ generator: inout SeededGenerator) -> UInt32 {
    if drawn.isEmpty {
      let start = Self.draw(from: &starts, &generator)
      drawn.append(contentsOf: agents[start..<min(start + Self.stretch, agents.count)])
    }
    count -= 1
    return Self.draw(from: &drawn, &generator)
  }

  private static func draw<Element>(from elements: inout [Element], _ generator: inout SeededGenerator)
    -> Element
  {
    let position = elements.count == 1 ? 0 : Int(generator.below(UInt64(elements.count)))
    elements.swapAt(position, elements.count - 1)
    return elements.removeLast()
  }
}

extension [UInt32] {
  fileprivate var isAscending: Bool {
    var previous: UInt32 = 0
    for element in self {
      if element < previous { return false }
      previous = element
    }
    return true
  }
}
