// The digest tells any two batches of effects apart that are not the same.

import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRecording
import MesetaRuntime
import Testing

@Suite struct DigestTests {
  private func digest(_ effects: [RecordedEffect]) -> UInt64 {
    var digest = EffectDigest()
    var bytes = EffectBytes()
    for effect in effects { digest.add(effect, &bytes) }
    return digest.value
  }

  private static func offer(_ change: (inout Offer) -> Void = { _ in }) -> Offer {
    var offer = Offer(
      id: "m-O16", frameworkID: "f", agentID: "a", hostname: "h", resources: "cpus:1;ports:[1-2];tags:{a,b}",
      attributes: [Attribute("rack", .text("r1")), Attribute("level", .scalar(Scalar(2)))],
      executorIDs: ["e"],
      allocationRole: "role", domain: FaultDomain(region: "r", zone: "z"),
      unavailability: Unavailability(start: 1, duration: 2))
    change(&offer)
    return offer
  }

  @Test func anyChangeOfAnOfferChangesIt() {
    let changes: [(inout Offer) -> Void] = [
      { _ in }, { $0.id = "m-O32" }, { $0.id = "n-O16" }, { $0.frameworkID = "g" }, { $0.agentID = "b" },
      { $0.hostname = "hh" }, { $0.resources = "cpus:1.001;ports:[1-2];tags:{a,b}" },
      { $0.resources = "cpus:1;ports:[1-3];tags:{a,b}" }, { $0.resources = "cpus:1;ports:[1-2];tags:{a,c}" },
      { $0.resources = "cpus:1;ports:[1-2]" }, { $0.resources = $0.resources.allocated(to: "role") },
      { $0.resources = $0.resources.allocated(to: "other") },
      {
        $0.resources = Resources([
          Resource(
            "cpus", .scalar(Scalar(1)),
            traits: ResourceTraits(reservations: [Reservation(.dynamic, role: "role")]))
        ])
      },
      { $0.attributes[0] = Attribute("rack", .text("r2")) }, { $0.attributes.removeLast() },
      { $0.executorIDs = [] }, { $0.allocationRole = "other" }, { $0.domain = nil },
      { $0.domain = FaultDomain(region: "r", zone: "y") }, { $0.unavailability = nil },
      { $0.unavailability?.duration = nil },
    ]
    let digests = changes.map { digest([.send(.schedulerEvent(.offers([Self.offer($0)])), SessionID(1))]) }
    #expect(Set(digests).count == changes.count)
  }

  @Test func theOrderAndTheSessionsCount() {
    let first = RecordedEffect.send(.masterMessage(.ping(isConnected: true)), SessionID(1))
    let second = RecordedEffect.send(.masterMessage(.ping(isConnected: true)), SessionID(2))
    let others: [[RecordedEffect]] = [
      [], [first], [second], [first, second], [second, first], [first, first], [.connect], [.exit],
      [.close(SessionID(1), reason: "a")], [.close(SessionID(1), reason: "b")], [.log(.info, "a")],
      [.log(.error, "a")],
      [.respond(RequestID(1), .accepted)], [.respond(RequestID(1), .failed(CallError(.notFound, "a")))],
      [.forget(containerID: "a")], [.kill(containerID: "a", grace: .zero)],
      [.kill(containerID: "a", grace: .seconds(1))], [.measureUsage(["a", "b"])], [.measureUsage(["ab"])],
      [.store(StorageToken(1), .removeAgent("a"))], [.store(StorageToken(1), .removeAgent("b"))],
    ]
    #expect(Set(others.map(digest)).count == others.count)
  }
}
