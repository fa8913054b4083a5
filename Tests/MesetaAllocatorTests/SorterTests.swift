import MesetaRuntime
import Testing

@testable import MesetaAllocator

/// The order of the clients of one level, of which there may be more than stand in one chunk.
@Suite struct SorterTests {
  private var random = SeededGenerator(seed: 3)

  private mutating func rank(of client: Int) -> Rank {
    Rank(share: Double(random.below(40)), allocations: random.below(3), client: UInt32(client))
  }

  @Test mutating func clientsStandInTheOrderOfTheirRanksHoweverManyThereAre() {
    var sorter = Sorter()
    var ranks: [Rank] = []
    for client in 0..<1000 {
      ranks.append(rank(of: client))
      sorter.insert(ranks[client])
    }
    #expect(sorter.chunks.flatMap(\.self) == ranks.sorted())
    for _ in 0..<2000 {
      let client = Int(random.below(1000))
      let new = rank(of: client)
      sorter.move(ranks[client], to: new)
      ranks[client] = new
    }
    #expect(sorter.chunks.flatMap(\.self) == ranks.sorted())
    while ranks.count > 10 { sorter.remove(ranks.removeLast()) }
    #expect(sorter.chunks.flatMap(\.self) == ranks.sorted())
    #expect(sorter.count == 10)
  }
}
