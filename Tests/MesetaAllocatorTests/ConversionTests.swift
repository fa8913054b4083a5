// Reservations and volumes in the account of an agent.

import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

@Suite struct ConversionTests {
  var allocator = Allocator(seed: 1)

  private func reserved(_ text: String, role: String = "web") -> Resources {
    bag(text).map { $0 = $0.reserved(Reservation(.dynamic, role: role)) }
  }

  @Test mutating func whatIsOfferedBecomesReservedAndIsKeptForItsRole() throws {
    let agent = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    let web = allocator.addFramework(roles: ["web"])
    let offer = try #require(allocator.run().first)
    #expect(
      allocator.convertOffered(agent, web, offer.role, from: bag("cpus:1"), to: reserved("cpus:1")) == true)
    allocator.checkConservation()
    #expect(allocator.total(agent) == bag("cpus:3;mem:1000") + reserved("cpus:1"))
    let rest = bag("cpus:3;mem:1000") + reserved("cpus:1")
    allocator.recoverOffered(agent, web, offer.role, rest, refuse: .seconds(100), now: .zero)
    _ = allocator.addFramework(roles: ["batch"])
    #expect(allocator.run().map(\.resources) == [bag("cpus:3;mem:1000")])
  }

  @Test mutating func whatIsNotOfferedIsNotConverted() throws {
    let agent = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    let web = allocator.addFramework(roles: ["web"])
    let offer = try #require(allocator.run().first)
    allocator.use(agent, web, offer.role, bag("cpus:4"))
    #expect(
      allocator.convertOffered(agent, web, offer.role, from: bag("cpus:1"), to: reserved("cpus:1")) == false)
    #expect(
      allocator.convertOffered(agent, web, offer.role, from: bag("mem:100"), to: reserved("mem:200")) == false
    )
    #expect(allocator.convertUnallocated(agent, from: bag("mem:1"), to: reserved("mem:1")) == false)
    #expect(allocator.total(agent) == bag("cpus:4;mem:1000"))
    allocator.checkConservation()
  }

  @Test mutating func whatNobodyHoldsIsConverted() {
    let agent = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    #expect(allocator.convertUnallocated(agent, from: bag("cpus:4"), to: reserved("cpus:4")) == true)
    _ = allocator.addFramework(roles: ["batch"])
    #expect(allocator.run().map(\.resources) == [bag("mem:1000")])
    #expect(allocator.convertUnallocated(agent, from: reserved("cpus:4"), to: bag("cpus:4")) == true)
    #expect(allocator.run().map(\.resources) == [bag("cpus:4")])
    allocator.removeAgent(agent)
    allocator.checkConservation()
  }

  @Test mutating func aSharedVolumeIsMadeAndDestroyedWhileItIsOffered() throws {
    let space = reserved("disk:10")
    let volume = space.map {
      $0 = $0.volume(DiskInfo.Persistence(id: "v"), at: DiskInfo.Volume("data"), isShared: true)
    }
    let agent = allocator.addAgent(total: bag("cpus:4;mem:1000") + space)
    let web = allocator.addFramework(roles: ["web"], capabilities: [.sharedResources])
    let offer = try #require(allocator.run().first)
    #expect(allocator.convertOffered(agent, web, offer.role, from: space, to: volume) == true)
    allocator.checkConservation()
    #expect(allocator.unallocated(agent) == volume, "it is there for others too")
    allocator.addUsed(agent, web, role: "web", volume)
    allocator.checkConservation()
    #expect(allocator.recoverUsed(agent, web, offer.role, volume) == true)
    #expect(allocator.convertOffered(agent, web, offer.role, from: volume, to: space) == true)
    allocator.checkConservation()
    #expect(allocator.offered(agent) == bag("cpus:4;mem:1000") + space)
    #expect(
      allocator.recoverOffered(agent, web, offer.role, bag("cpus:4;mem:1000") + space, now: .zero) == true)
    #expect(allocator.offered(agent).isEmpty)
    allocator.checkConservation()
  }
}
