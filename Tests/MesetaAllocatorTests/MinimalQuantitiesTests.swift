// What a framework says is the least that is of use to it.

import MesetaModel
import Testing

@testable import MesetaAllocator

@Suite struct MinimalQuantitiesTests {
  private var allocator = Allocator(seed: 1)
  /// Less than the master's own minimum of 0.01 CPUs or 32 MB.
  private let crumb = bag("cpus:0.005;mem:16;disk:128")

  @Test mutating func aFrameworkMayWantLessThanTheMastersMinimum() {
    _ = allocator.addAgent(total: crumb)
    let framework = allocator.addFramework(roles: ["r"])
    #expect(allocator.run().isEmpty)
    let filter = OfferFilter(
      role: "r", minimalQuantities: [[ResourceQuantity("cpus", Scalar(milli: 3))]])
    allocator.updateFramework(
      framework, roles: ["r"], suppressed: [], capabilities: [], offerFilters: [filter])
    #expect(allocator.run().map(\.resources) == [crumb])
  }

  @Test mutating func withNoAlternativesEverythingIsOfUse() {
    _ = allocator.addAgent(total: crumb)
    _ = allocator.addFramework(
      roles: ["r"], offerFilters: [OfferFilter(role: "r", minimalQuantities: [])])
    #expect(allocator.run().map(\.resources) == [crumb])
  }

  @Test mutating func aFilterWithoutAMinimumLeavesTheMasters() {
    _ = allocator.addAgent(total: crumb)
    _ = allocator.addFramework(
      roles: ["r"], offerFilters: [OfferFilter(role: "r", minimalQuantities: nil)])
    #expect(allocator.run().isEmpty)
  }

  @Test mutating func theMinimumIsOfOneRole() {
    _ = allocator.addAgent(total: crumb)
    _ = allocator.addFramework(
      roles: ["a", "b"], offerFilters: [OfferFilter(role: "a", minimalQuantities: [])])
    #expect(allocator.run().map { allocator.roleName($0.role) } == ["a"])
  }

  /// Only the sums count, whatever the resources are reserved for or made of.
  @Test mutating func quantitiesAreSumsOverAllKindsOfAResource() {
    let filter = OfferFilter(
      role: "r",
      minimalQuantities: [[ResourceQuantity("cpus", Scalar(3)), ResourceQuantity("ports", Scalar(2))]])
    _ = allocator.addAgent(total: bag("cpus:1;cpus(r):2;ports:[1-1];ports(r):[5-5]"))
    _ = allocator.addAgent(total: bag("cpus:1;cpus(r):1.999;ports:[1-2]"))
    _ = allocator.addFramework(roles: ["r"], offerFilters: [filter])
    #expect(allocator.run().map(\.resources) == [bag("cpus:1;cpus(r):2;ports:[1-1];ports(r):[5-5]")])
  }
}
