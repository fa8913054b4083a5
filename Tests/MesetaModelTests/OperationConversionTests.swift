import MesetaModel
import Testing

@Suite struct OperationConversionTests {
  private let reservation = Reservation(.dynamic, role: "web")

  private func disk(_ size: Int, source: DiskInfo.Source? = nil) -> Resource {
    Resource(
      "disk", .scalar(Scalar(size)),
      traits: ResourceTraits(reservations: [reservation], disk: source.map { DiskInfo(source: $0) }))
  }

  private func volume(_ size: Int, isShared: Bool = false, source: DiskInfo.Source? = nil) -> Resource {
    disk(size, source: source).volume(
      DiskInfo.Persistence(id: "v"), at: DiskInfo.Volume("data"), isShared: isShared)
  }

  private func applying(_ kind: Operation.Kind, to resources: Resources) throws -> Resources {
    try resources.applying(try #require(Operation(kind).conversions))
  }

  @Test func whatIsReservedIsTakenFromWhatIsNot() throws {
    let reserved = ("cpus:1" as Resources).map { $0 = $0.reserved(reservation) }
    let result = try applying(.reserve(resources: reserved, source: Resources()), to: "cpus:4;mem:32")
    #expect(result == ("cpus:3;mem:32" as Resources) + reserved)
    #expect(try applying(.unreserve(reserved), to: result) == "cpus:4;mem:32")
  }

  @Test func aRefinementTakesFromTheReservationAbove() throws {
    let outer = ("cpus:4" as Resources).map { $0 = $0.reserved(Reservation(.dynamic, role: "eng")) }
    let inner = outer.map {
      $0 = $0.withAmount(Scalar(1)).reserved(Reservation(.dynamic, role: "eng/ci"))
    }
    let result = try applying(.reserve(resources: inner, source: Resources()), to: outer)
    #expect(result == outer.map { $0 = $0.withAmount(Scalar(3)) } + inner)
    #expect(try applying(.unreserve(inner), to: result) == outer)
  }

  @Test func aSourceIsReplacedAsItIs() throws {
    let source = ("cpus:1" as Resources).map { $0 = $0.reserved(Reservation(.dynamic, role: "a")) }
    let target = ("cpus:1" as Resources).map { $0 = $0.reserved(Reservation(.dynamic, role: "b")) }
    #expect(try applying(.reserve(resources: target, source: source), to: source) == target)
  }

  @Test(
    arguments: [false, true],
    [nil, DiskInfo.Source(.path, root: "/a"), .init(.mount, root: "/b")] as [DiskInfo.Source?])
  func aVolumeIsMadeOfDiskAndBecomesDiskAgain(isShared: Bool, source: DiskInfo.Source?) throws {
    let space = Resources([disk(64, source: source)])
    let volumes = Resources([volume(64, isShared: isShared, source: source)])
    #expect(try applying(.create(volumes: volumes), to: space) == volumes)
    #expect(try applying(.destroy(volumes: volumes), to: volumes) == space)
  }

  @Test func aVolumeOnAMountedDiskTakesAllOfIt() {
    let source = DiskInfo.Source(.mount, root: "/b")
    #expect(throws: ConversionProblem.self) {
      try applying(
        .create(volumes: Resources([volume(32, source: source)])), to: Resources([disk(64, source: source)]))
    }
  }

  @Test func aVolumeGrowsAndShrinks() throws {
    let grown = try applying(
      .growVolume(volume: volume(32), addition: disk(16)), to: Resources([volume(32), disk(20)]))
    #expect(grown == Resources([volume(48), disk(4)]))
    #expect(
      try applying(.shrinkVolume(volume: volume(48), subtract: Scalar(8)), to: grown)
        == Resources([volume(40), disk(12)]))
  }

  @Test func whatIsMissingIsNamed() {
    let problem = #expect(throws: ConversionProblem.self) {
      try applying(.create(volumes: Resources([volume(64)])), to: "disk:64")
    }
    #expect(problem?.description == "disk:64 does not contain disk(reservations: [(DYNAMIC,web)]):64")
  }

  @Test func operationsThatStartTasksConvertNothing() {
    #expect(Operation(.launch([])).conversions == nil)
  }

  @Test func anAgentHasWhatOperationsMadeOfItsResources() throws {
    let remembered = Resources([volume(16), disk(8)])
    #expect(
      try ("cpus:2;disk:64" as Resources).applying(checkpointed: remembered)
        == ("cpus:2;disk:40" as Resources) + remembered)
    let fixed = try Resources(parsing: "disk(web):64")
    let onFixed = Resources(
      fixed.map {
        $0.withAmount(Scalar(16)).volume(DiskInfo.Persistence(id: "v"), at: DiskInfo.Volume("data"))
      })
    #expect(try fixed.applying(checkpointed: onFixed) == Resources(parsing: "disk(web):48") + onFixed)
    #expect((fixed + onFixed).checkpointed == onFixed)
  }

  @Test func anAgentWithoutItsDiskIsRefused() {
    let problem = #expect(throws: IncompatibleResources.self) {
      try ("cpus:2;disk:10" as Resources).applying(checkpointed: Resources([volume(16)]))
    }
    #expect(
      problem?.description
        == "Incompatible agent resources: cpus:2; disk:10 does not contain disk:16, of which "
        + "disk(reservations: [(DYNAMIC,web)])[v:data]:16 was made")
  }
}
