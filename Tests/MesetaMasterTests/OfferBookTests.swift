import MesetaAllocator
import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct OfferBookTests {
  private var book = OfferBook(prefix: "m")
  private let role = RoleSlot(index: 0, generation: 1)

  private func agent(_ index: UInt32) -> AgentKey { AgentKey(index: index, generation: 1) }
  private func framework(_ index: UInt32) -> FrameworkKey { FrameworkKey(index: index, generation: 1) }

  private mutating func add(_ frameworkIndex: UInt32, _ agentIndex: UInt32, expiry: Int64 = 0) -> OfferID {
    book.add(
      framework: framework(frameworkIndex), agent: agent(agentIndex), role: role,
      resources: Resources(["cpus": Scalar(1)]), expiry: Instant(nanoseconds: expiry))
  }

  @Test mutating func anOfferIsFoundUntilItIsRemoved() {
    let id = add(0, 0)
    #expect(id.value == "m-O1")
    #expect(book.offer("m-O1")?.agent == agent(0))
    #expect(book.offer("x-O1") == nil, "an offer of another master")
    #expect(book.remove(id) != nil)
    #expect(book.offer(id) == nil)
    #expect(book.remove(id) == nil)
  }

  @Test mutating func offersExpireOldestFirst() {
    let first = add(0, 0, expiry: 10)
    let second = add(0, 1, expiry: 20)
    let third = add(1, 2, expiry: 30)
    book.remove(second)
    #expect(book.nextExpiry == Instant(nanoseconds: 10))
    #expect(book.takeExpired(Instant(nanoseconds: 9)) == nil)
    #expect(book.takeExpired(Instant(nanoseconds: 40)).map(book.identifier) == first)
    #expect(book.takeExpired(Instant(nanoseconds: 40)).map(book.identifier) == third)
    #expect(book.takeExpired(.never) == nil)
    #expect(book.nextExpiry == .never)
  }

  @Test mutating func theOffersOfAnAgentOrAFrameworkAreTakenAlone() {
    var ids: [OfferID] = []
    for index in 0..<6 { ids.append(add(UInt32(index % 2), UInt32(index % 3))) }
    #expect(book.identifiers(ofFramework: framework(0)) == [ids[0], ids[2], ids[4]])
    var taken = 0
    while let offer = book.takeOffer(ofAgent: agent(1)) {
      #expect(offer.agent == agent(1))
      taken += 1
    }
    #expect(taken == 2 && book.count == 4)
    while let offer = book.takeOffer(ofFramework: framework(0)) { #expect(offer.framework == framework(0)) }
    #expect(book.count == 2)
    #expect(book.identifiers(ofFramework: framework(1)).count == 2)
  }
}
