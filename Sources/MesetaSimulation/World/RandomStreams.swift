// Randomness by purpose: what is drawn for one thing does not shift what is drawn for another.

package import MesetaRuntime

/// What a stream of random numbers is for.
package enum RandomPurpose: UInt64 {
  /// Which faults there are in a simulation.
  case swarm = 1
  /// When and where faults of a kind strike; a stream a kind.
  case faults = 2
  /// What a node's surroundings do: its disk and its containers; a stream a node.
  case node = 3
  /// The seeds of a node's lives; one a life.
  case life = 4
  /// How the packets of a session travel; a stream a session.
  case session = 5
  /// How a node's clock runs; a stream a node.
  case clock = 7
  /// What the users of the cluster want.
  case workload = 6
}

extension Seed {
  /// The stream for a purpose, and there for a thing that two numbers name. A fault or a task that is taken out of a
  /// simulation leaves what is drawn elsewhere as it was.
  package func generator(for purpose: RandomPurpose, _ first: UInt64 = 0, _ second: UInt64 = 0)
    -> SeededGenerator
  {
    SeededGenerator(seed: number(for: purpose, first, second))
  }

  /// A number for a purpose.
  func number(for purpose: RandomPurpose, _ first: UInt64 = 0, _ second: UInt64 = 0) -> UInt64 {
    var word = value
    for part in [purpose.rawValue, first, second] {
      word = (word ^ part) &+ 0x9e37_79b9_7f4a_7c15
      word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
      word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
      word ^= word >> 31
    }
    return word
  }
}

extension SeededGenerator {
  /// A span of the range, each equally likely.
  mutating func draw(_ range: ClosedRange<Span>) -> Span {
    let width = UInt64(range.upperBound.nanoseconds - range.lowerBound.nanoseconds)
    if width == 0 { return range.lowerBound }
    return range.lowerBound + Span(nanoseconds: Int64(below(width &+ 1)))
  }

  /// One of them, each equally likely; nil if there is none.
  mutating func pick<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[Int(below(UInt64(elements.count)))]
  }
}
