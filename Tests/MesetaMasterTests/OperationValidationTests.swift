import MesetaModel
import MesetaProtocol
import Testing

@testable import MesetaMaster

@Suite struct OperationValidationTests {
  private let framework = FrameworkInfo(
    name: "f", id: "F0", roles: ["web", "eng/ci"], capabilities: [.multiRole])

  private func validation(
    _ requester: OperationValidation.Requester? = nil, principal: String? = nil,
    capabilities: [AgentCapability] = AgentCapability.allCases, total: Resources = Resources(),
    used: Resources = Resources()
  ) -> OperationValidation {
    OperationValidation(
      requester: requester ?? .framework(framework), principal: principal, agentCapabilities: capabilities,
      total: total, used: used)
  }

  private func disk(
    _ stack: [Reservation] = [Reservation(.dynamic, role: "web")], role: String? = "web", size: Int = 64,
    on source: DiskInfo.Source? = nil
  ) -> Resource {
    Resource(
      "disk", .scalar(Scalar(size)),
      traits: ResourceTraits(reservations: stack, disk: source.map { DiskInfo(source: $0) }),
      allocationRole: role)
  }

  private func volume(
    _ id: String = "v", of disk: Resource? = nil, principal: String? = nil,
    mode: DiskInfo.Volume.Mode = .readWrite,
    hostPath: String? = nil, isShared: Bool = false
  ) -> Resource {
    (disk ?? self.disk()).volume(
      DiskInfo.Persistence(id: id, principal: principal),
      at: DiskInfo.Volume("data", hostPath: hostPath, mode: mode), isShared: isShared)
  }

  private func reserve(_ resources: Resource..., source: [Resource] = []) -> Operation {
    Operation(.reserve(resources: Resources(resources), source: Resources(source)))
  }

  private func problem(
    _ operation: Operation, _ validation: OperationValidation? = nil
  ) -> String { (validation ?? self.validation()).problem(with: operation) ?? "" }

  // MARK: RESERVE

  @Test func aReservationForTheRoleOfTheOfferIsRight() {
    #expect(problem(reserve(disk())) == "")
    let refined = disk(
      [Reservation(.fixed, role: "eng"), Reservation(.dynamic, role: "eng/ci")], role: "eng/ci")
    #expect(problem(reserve(refined)) == "")
    #expect(problem(reserve(disk(role: nil)), validation(.operator)) == "")
  }

  @Test func aReservationNeedsItsRole() {
    #expect(problem(reserve(disk([], role: "web"))).contains("is not dynamically reserved"))
    #expect(
      problem(reserve(disk([Reservation(.fixed, role: "web")]))).contains("is not dynamically reserved"))
    #expect(
      problem(reserve(disk([Reservation(.dynamic, role: "*")]))).contains("role \"*\" cannot be reserved"))
    #expect(
      problem(reserve(disk([Reservation(.dynamic, role: "/web")]))).contains("cannot start with a slash"))
    #expect(
      problem(reserve(disk([Reservation(.dynamic, role: "ads")])))
        .contains("for a resource with role 'ads', but the resource was allocated to role 'web'"))
    #expect(
      problem(reserve(disk([Reservation(.dynamic, role: "ads")], role: "ads")))
        .contains("the framework only has roles '{ web, eng/ci }'"))
    #expect(problem(reserve(disk(role: nil))).contains("attempted on unallocated resource"))
    #expect(
      problem(reserve(disk()), validation(.operator)).contains("attempted with an allocated resource"))
    #expect(
      problem(Operation(.reserve(resources: Resources(), source: Resources()))).contains("cannot be empty"))
  }

  @Test func aReservationIsOfWhoMakesIt() {
    let alice = validation(principal: "alice")
    func by(_ principal: String?) -> Operation {
      reserve(disk([Reservation(.dynamic, role: "web", principal: principal)]))
    }
    #expect(problem(by("alice"), alice) == "")
    #expect(problem(by(nil), alice).contains("with no principal set"))
    #expect(
      problem(by("bob"), alice)
        .contains("does not match a reserved resource in the request with principal 'bob'"))
    #expect(problem(by("bob")) == "", "somebody whom nobody knows may name anyone")
  }

  @Test func aStackOfReservationsGoesDownTheTree() {
    func stack(_ inner: Reservation) -> Operation {
      reserve(disk([Reservation(.dynamic, role: "eng"), inner], role: inner.role))
    }
    #expect(
      problem(stack(Reservation(.dynamic, role: "web")))
        .contains("role 'web' is not a refinement of 'eng'"))
    #expect(problem(stack(Reservation(.fixed, role: "eng/ci"))).contains("cannot be STATIC"))
    let plain = validation(capabilities: [.multiRole, .hierarchicalRole])
    #expect(
      problem(stack(Reservation(.dynamic, role: "eng/ci")), plain)
        .contains("without RESERVATION_REFINEMENT capability"))
    #expect(
      problem(
        reserve(disk([Reservation(.dynamic, role: "eng/ci")], role: "eng/ci")), validation(capabilities: [])
      )
      .contains("without HIERARCHICAL_ROLE capability"))
  }

  @Test func aSourceIsOfOneKindAndOfTheSameAmounts() {
    let eng = Reservation(.dynamic, role: "eng")
    let ci = Reservation(.dynamic, role: "eng/ci")
    let source = disk([eng], role: nil)
    let target = disk([eng, ci], role: nil)
    let byOperator = validation(.operator)
    #expect(problem(reserve(target, source: [source]), byOperator) == "")
    #expect(
      problem(reserve(target, source: [source, disk([ci], role: nil)]), byOperator)
        .contains("Invalid source: Mixed reservations are not supported"))
    #expect(
      problem(reserve(target, source: [disk([eng], role: nil, size: 8)]), byOperator)
        .contains("should refer to identical resource quantities: disk:8 vs. disk:64"))
  }

  @Test func revocableResourcesAreNotReserved() {
    var resource = disk()
    var traits = resource.traits
    traits.isRevocable = true
    resource.traits = traits
    #expect(problem(reserve(resource)).contains("cannot be created from revocable resources"))
  }

  // MARK: UNRESERVE

  @Test func onlyWhatWasReservedAtRunTimeIsUnreserved() {
    func unreserve(_ resource: Resource) -> String { problem(Operation(.unreserve(Resources([resource])))) }
    #expect(unreserve(disk()) == "")
    #expect(unreserve(disk([Reservation(.dynamic, role: "ads", principal: "bob")])) == "")
    #expect(unreserve(disk([Reservation(.fixed, role: "web")])).contains("is not dynamically reserved"))
    #expect(unreserve(disk([])).contains("is not dynamically reserved"))
    #expect(unreserve(volume()).contains("Please destroy the persistent volume first"))
  }

  // MARK: CREATE

  private func create(_ volumes: Resource..., by validation: OperationValidation? = nil) -> String {
    problem(Operation(.create(volumes: Resources(volumes))), validation)
  }

  @Test func aVolumeIsMadeOfReservedDisk() {
    #expect(create(volume()) == "")
    #expect(create(volume(of: disk([Reservation(.fixed, role: "web")]))) == "")
    #expect(create(disk()).contains("does not have DiskInfo"))
    #expect(create(disk(on: .init(.path, root: "/a"))).contains("'persistence' is not set in DiskInfo"))
    #expect(create(volume(of: disk([]))).contains("cannot be created from unreserved resources"))
    #expect(create(volume(mode: .readOnly)).contains("Read-only persistent volume not supported"))
    #expect(create(volume(hostPath: "/etc")).contains("Expecting 'host_path' to be unset"))
    #expect(create(volume("a/b")).contains("Invalid persistence ID for persistent volume"))
    #expect(create(volume(of: disk(on: .init(.raw)))).contains("RAW disk"))
    var cpus = volume()
    cpus.name = "cpus"
    #expect(create(cpus).contains("DiskInfo should not be set for cpus resource"))
  }

  @Test func aPersistenceIDIsUniqueWithinItsRole() {
    var there = volume()
    there.allocationRole = nil
    #expect(create(volume(), by: validation(total: Resources([there]))) == "Persistence ID 'v' is not unique")
    #expect(create(volume(), volume(of: disk(size: 8))) == "Persistence ID 'v' is not unique")
    let other = volume(of: disk([Reservation(.dynamic, role: "eng/ci")], role: "eng/ci"))
    #expect(create(other, by: validation(total: Resources([there]))) == "")
  }

  @Test func aSharedVolumeIsNotMadeTwice() {
    var there = volume(isShared: true)
    there.allocationRole = nil
    let again = create(volume(isShared: true), by: validation(total: Resources([there])))
    #expect(again == "Persistence ID 'v' is not unique")
  }

  @Test func aVolumeIsOfWhoMakesIt() {
    let alice = validation(principal: "alice")
    #expect(create(volume(principal: "alice"), by: alice) == "")
    #expect(create(volume(), by: alice).contains("no principal set in 'disk.persistence'"))
    #expect(
      create(volume(principal: "bob"), by: alice).contains("a volume in the operation with principal 'bob'"))
  }

  @Test func sharedVolumesAreForThoseWhoKnowThem() {
    let shared = volume(isShared: true)
    #expect(create(shared).contains("with no SHARED_RESOURCES capability"))
    var info = framework
    info.capabilities.append(.sharedResources)
    #expect(create(shared, by: validation(.framework(info))) == "")
    #expect(create(shared, by: validation(.operator)) == "")
    var cpus = Resource("cpus", .scalar(Scalar(1))).reserved(Reservation(.dynamic, role: "web"))
    var traits = cpus.traits
    traits.isShared = true
    cpus.traits = traits
    #expect(problem(reserve(cpus)).contains("Resource cpus cannot be shared"))
  }

  // MARK: DESTROY

  @Test func onlyVolumesThatAreThereAndUnusedAreDestroyed() {
    var there = volume(isShared: true)
    there.allocationRole = nil
    func destroy(_ volume: Resource, _ validation: OperationValidation) -> String {
      problem(Operation(.destroy(volumes: Resources([volume]))), validation)
    }
    let total = Resources([there])
    #expect(destroy(volume(isShared: true), validation(total: total)) == "")
    #expect(destroy(volume("w"), validation(total: total)) == "Persistent volumes not found")
    #expect(
      destroy(volume(isShared: true), validation(total: total, used: total)) == "Persistent volumes in use")
    #expect(destroy(disk(), validation(total: total)).contains("Not a persistent volume"))
  }

  // MARK: GROW_VOLUME and SHRINK_VOLUME

  @Test func aVolumeGrowsByDiskOfItsOwnKind() {
    func grow(
      _ volume: Resource, by addition: Resource, _ capabilities: [AgentCapability] = AgentCapability.allCases
    ) -> String {
      problem(
        Operation(.growVolume(volume: volume, addition: addition)), validation(capabilities: capabilities))
    }
    #expect(grow(volume(), by: disk()) == "")
    #expect(grow(volume(), by: disk(size: 0)).contains("must be greater than zero"))
    #expect(grow(volume(), by: disk([])).contains("Incompatible resources"))
    #expect(grow(disk(), by: disk()).contains("Invalid persistent volume in the 'GrowVolume.volume' field"))
    #expect(grow(volume(isShared: true), by: disk()).contains("Growing a shared persistent volume"))
    let mount = disk(on: .init(.mount, root: "/m"))
    #expect(grow(volume(of: mount), by: mount).contains("Incompatible resources"))
    #expect(grow(volume(), by: disk(), [.multiRole]).contains("without RESIZE_VOLUME capability"))
  }

  @Test func aVolumeShrinksToLessButNotToNothing() {
    func shrink(
      _ volume: Resource, by amount: Int, _ capabilities: [AgentCapability] = AgentCapability.allCases
    ) -> String {
      problem(
        Operation(.shrinkVolume(volume: volume, subtract: Scalar(amount))),
        validation(capabilities: capabilities))
    }
    #expect(shrink(volume(), by: 63) == "")
    #expect(shrink(volume(), by: 0).contains("must be greater than zero"))
    #expect(shrink(volume(), by: 64).contains("must be smaller than the size of"))
    #expect(shrink(volume(of: disk(on: .init(.mount, root: "/m"))), by: 1).contains("MOUNT disk"))
    #expect(shrink(volume(isShared: true), by: 1).contains("Shrinking a shared persistent volume"))
    #expect(shrink(volume(), by: 1, []).contains("without RESIZE_VOLUME capability"))
  }

  @Test func whatThisVersionDoesNotKnowIsRefused() {
    #expect(problem(Operation(.unknown(EncodedMessage([8, 99])))).contains("not supported"))
  }
}
