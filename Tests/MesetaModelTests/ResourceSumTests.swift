import MesetaModel
import Testing

@Suite struct ResourceSumTests {
  private func sum(_ bags: Resources...) -> ResourceSum {
    var sum = ResourceSum()
    for bag in bags { sum.add(bag) }
    return sum
  }

  @Test func itHoldsWhatABagWouldHold() {
    let bags: [Resources] = [
      "cpus:1;mem:128;ports:[1-3]", "gpus:1;cpus:0.5", "mem:64;disk:10;bananas:2", "ports:[5-6];bananas:1",
    ]
    var (sum, bag) = (ResourceSum(), Resources())
    for resources in bags {
      sum.add(resources)
      bag += resources
    }
    #expect(sum.resources == bag)
  }

  @Test func theOrderDoesNotMatter() {
    #expect(sum("cpus:1", "mem:2;cpus:3") == sum("mem:2", "cpus:4"))
    #expect(sum("cpus:1") != sum("cpus:2"))
    #expect(sum("ports:[1-2]") != sum("ports:[1-3]"))
  }

  @Test func whatIsAllocatedIsToldFromWhatIsAtRest() {
    let resources: Resources = "cpus:1;ports:[1-3]"
    let allocated = resources.allocated(to: "role")
    #expect(sum(allocated) != sum(resources))
    var atRest = ResourceSum()
    atRest.addAtRest(allocated)
    #expect(atRest == sum(resources))
  }
}
