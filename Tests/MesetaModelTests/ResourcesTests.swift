import MesetaModel
import Testing

@Suite struct ResourcesTests {
  private func parsed(_ text: String) throws -> Resources { try Resources(parsing: text) }

  @Test(arguments: [
    ("cpus:4;mem:8192;ports:[31000-32000];gpus:1", "cpus:4; mem:8192; ports:[31000-32000]; gpus:1"),
    ("cpus(prod):2", "cpus(prod):2"),
    ("cpus:1;cpus:0.5", "cpus:1.5"),
    (" disks : { b , a, b } ", "disks:{a, b}"),
    ("ports:[5-6, 1-2, 3-4]", "ports:[1-6]"),
    ("cpus{REV}:1", "cpus{REV}:1"),
    ("", ""),
  ])
  func printsWhatItReads(_ text: String, _ printed: String) throws {
    let resources = try parsed(text)
    #expect(resources.description == printed)
    #expect(try parsed(printed) == resources)
  }

  @Test(arguments: [
    "cpus", "cpus:", "cpus:four", "cpus:-1", "cpus:nan", "cpus:1e10", ":4", "ports:[1-]", "ports:[2-1]",
    "ports:[1-2",
    "cpus(:1", "cpus(a/../b):1", "x:{a", "ports:[1-99999999999999999999]",
  ])
  func refusesWhatItCannotRead(_ text: String) {
    #expect(throws: ResourcesSyntaxError.self) { try parsed(text) }
  }

  @Test func subtractionTakesBackWhatAdditionGave() throws {
    let total = try parsed("cpus:4;mem:8192;ports:[31000-32000];cpus(web):2")
    let part = try parsed("cpus:1.5;ports:[31500-31509];cpus(web):2")
    let rest = total - part
    #expect(rest == (try parsed("cpus:2.5;mem:8192;ports:[31000-31499,31510-32000]")))
    #expect(rest + part == total)
    #expect(total.contains(part))
    #expect(!rest.contains(part))
  }

  @Test func reservedResourcesAreNotUnreservedOnes() throws {
    let reserved = try parsed("cpus(web):2")
    #expect(!reserved.contains(try parsed("cpus:1")))
    #expect(!(try parsed("cpus:4").contains(reserved)))
    #expect(reserved.scalar("cpus") == Scalar(2))
  }

  @Test func allocationIsPartOfTheIdentity() throws {
    let resources = try parsed("cpus:2;mem:64")
    let allocated = resources.allocated(to: "web")
    #expect(!allocated.contains(resources))
    #expect(allocated.allocated(to: nil) == resources)
    #expect(allocated.description == "cpus(allocated: web):2; mem(allocated: web):64")
  }

  @Test func findPrefersWhatIsReserved() throws {
    let offer = try parsed("cpus:4;cpus(web):1;mem:100;ports:[10-20]")
    let found = try #require(offer.find(try parsed("cpus:2;ports:[12-13]")))
    #expect(found == (try parsed("cpus(web):1;cpus:1;ports:[12-13]")))
    #expect(offer.contains(found))
    #expect(offer.find(try parsed("cpus:5.5")) == nil)
    #expect(offer.find(try parsed("ports:[5-10]")) == nil)
  }

  @Test func aPersistentVolumeIsOnlyThereAsAWhole() {
    func volume(_ size: Int, _ id: String) -> Resource {
      Resource(
        "disk", .scalar(Scalar(size)),
        traits: ResourceTraits(
          reservations: [Reservation(.dynamic, role: "db")], disk: DiskInfo(persistence: .init(id: id))))
    }
    let total = Resources([volume(10, "a"), volume(10, "b")])
    #expect(total.count == 2)
    #expect(!total.contains(volume(5, "a")))
    #expect((total - Resources([volume(5, "a")])) == total)
    #expect((total - Resources([volume(10, "a")])) == Resources([volume(10, "b")]))
  }

  @Test func equalityIgnoresTheOrder() throws {
    #expect(try parsed("cpus:1;mem:2") == (try parsed("mem:2;cpus:1")))
    #expect(try parsed("cpus:1;mem:2").hashValue == (try parsed("mem:2;cpus:1")).hashValue)
    #expect(try parsed("cpus:1;mem:2") != (try parsed("cpus:1;mem:3")))
  }
}

@Suite struct RangesTests {
  @Test func theLastIntegerDoesNotOverflow() {
    let all = Ranges([0...UInt64.max])
    #expect(all.count == .max)
    #expect((all - Ranges([0...(UInt64.max - 1)])) == Ranges([UInt64.max...UInt64.max]))
    #expect((all + Ranges([5...6])) == all)
    #expect((all - all).isEmpty)
  }

  @Test func lowestTakesFromTheFront() {
    let ranges = Ranges([1...2, 5...9])
    #expect(ranges.lowest(4) == Ranges([1...2, 5...6]))
    #expect(ranges.lowest(7) == ranges)
    #expect(ranges.lowest(8) == nil)
  }
}

@Suite struct IdentifierTests {
  @Test(arguments: ["m-O0", "m-O17", "m-O017", "-O1", "O1", "", "x-O", "x-O99999999999999999999999"])
  func anOfferIDGivesBackItsText(_ text: String) {
    #expect(OfferID(text).value == text)
    #expect((OfferID(text) == OfferID(prefix: "m", number: 17)) == (text == "m-O17"))
  }

  @Test func aUUIDGivesBackItsBytes() throws {
    let uuid = UUID(random: .max, .max)
    #expect(uuid.description == "ffffffff-ffff-4fff-bfff-ffffffffffff")
    #expect(UUID(bytes: uuid.bytes) == uuid)
    #expect(UUID(bytes: uuid.bytes.dropLast()) == nil)
  }

  @Test(arguments: ["", "/a", "a/", "a//b", "a/../b", "a/*", "-a", "a b", "a\u{7f}"])
  func aBadRoleNameIsRefused(_ role: String) { #expect(Role.problem(with: role) != nil) }

  @Test func aRoleIsNestedUpToALimit() {
    let deepest = Array(repeating: "a", count: Role.depthLimit).joined(separator: "/")
    #expect(Role.problem(with: deepest) == nil)
    #expect(Role.problem(with: deepest + "/a") == "A role of 65 components is nested deeper than 64 roles")
  }

  @Test(arguments: ["*", "a", "eng/backend", "a-b", "ünï"])
  func aGoodRoleNameIsTaken(_ role: String) { #expect(Role.problem(with: role) == nil) }
}
