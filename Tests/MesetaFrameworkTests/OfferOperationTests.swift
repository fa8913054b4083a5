// Reservations and volumes out of accepted offers.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct OfferOperationTests {
  private func offer(_ resources: Resources, role: String = "web") -> Offer {
    Offer(
      id: offerID(1), frameworkID: "f1", agentID: "a1", hostname: "a1",
      resources: resources.allocated(to: role), allocationRole: role)
  }

  private func play(
    _ offer: Offer, _ body: @escaping @Sendable (inout OfferUse) -> Void
  ) -> (stage: Stage<Puppet>, operations: [Operation]) {
    var framework = FrameworkInfo(name: "test")
    framework.principal = "alice"
    var stage = Stage(
      Puppet(play: { input, cluster in
        guard case .offers(let offers) = input else { return }
        var use = cluster.accept(offers[0])
        body(&use)
      }), framework: framework)
    stage.subscribe()
    stage.event(.offers([offer]))
    for case .accept(let accept) in stage.effects.takeCalls() { return (stage, accept.operations) }
    return (stage, [])
  }

  @Test func whatIsReservedIsThereForTheNextStep() throws {
    let operations = play(offer("cpus:2;mem:64;disk:128")) { use in
      let reserved = use.reserve("disk:100", id: "r")
      let disk = use.remaining.scalar("disk")
      #expect(disk == Scalar(128))
      #expect(reserved?.first?.reservationRole == "web")
      guard let volume = use.createVolume("v", size: Scalar(60), at: "data") else {
        return #expect(Bool(false))
      }
      use.run(shell: "true", resources: ("cpus:1" as Resources) + Resources([volume]), id: "t")
      let kinds = use.remaining.map(\.name)
      #expect(kinds.sorted() == ["cpus", "disk", "disk", "mem"])
    }.operations
    #expect(operations.map(\.name) == ["RESERVE", "CREATE", "LAUNCH"])
    #expect(operations.map(\.id) == ["r", nil, nil])
    guard case .create(let volumes) = operations[1].kind, let volume = volumes.first else {
      return #expect(Bool(false), "no volume")
    }
    #expect(volume.allocationRole == "web")
    #expect(volume.disk?.persistence == DiskInfo.Persistence(id: "v", principal: "alice"))
    #expect(volume.traits.reservations == [Reservation(.dynamic, role: "web", principal: "alice")])
  }

  @Test func whatIsNotLeftIsNotDone() {
    let operations = play(offer("cpus:2;disk:64")) { use in
      let reserved = use.reserve("disk:65")
      let volume = use.createVolume("v", size: Scalar(64), at: "data")
      let isUnreserved = use.unreserve("cpus:3")
      #expect(reserved == nil && volume == nil && !isUnreserved)
      use.run(shell: "true", resources: "cpus:1")
    }.operations
    #expect(operations.map(\.name) == ["LAUNCH"])
  }

  @Test func aVolumeIsChangedAndGivenBack() throws {
    let operations = play(offer("cpus:1;disk:128")) { use in
      use.reserve("disk:128")
      guard let volume = use.createVolume("v", size: Scalar(64), at: "data"),
        let grown = use.growVolume(volume, by: Scalar(32)),
        let shrunk = use.shrinkVolume(grown, by: Scalar(16))
      else { return #expect(Bool(false)) }
      #expect(shrunk.value == .scalar(Scalar(80)))
      let isDestroyed = use.destroyVolume(shrunk)
      let isUnreserved = use.unreserve(Resources([shrunk.withoutVolume.withAmount(Scalar(128))]))
      #expect(isDestroyed && isUnreserved)
      let rest = use.remaining.allocated(to: nil)
      #expect(rest == "cpus:1;disk:128")
    }.operations
    #expect(
      operations.map(\.name) == [
        "RESERVE", "CREATE", "GROW_VOLUME", "SHRINK_VOLUME", "DESTROY", "UNRESERVE",
      ])
  }

  @Test func aSharedVolumeIsLeftForTheNextTask() {
    let operations = play(offer("cpus:2;disk:64")) { use in
      use.reserve("disk:64")
      guard let volume = use.createVolume("v", size: Scalar(64), at: "data", isShared: true) else { return }
      for _ in 0..<2 { use.run(shell: "true", resources: ("cpus:1" as Resources) + Resources([volume])) }
    }.operations
    guard case .launch(let tasks)? = operations.last?.kind else { return #expect(Bool(false)) }
    #expect(tasks.count == 2)
  }

  @Test func statusesAreToldAcknowledgedAndAskedFor() {
    let played = play(offer("cpus:2;disk:64")) { use in
      use.reserve("disk:32", id: "one")
      use.reserve("disk:32", id: "two")
    }
    #expect(played.operations.count == 2)
    var stage = played.stage
    let status = OperationStatus(
      operationID: "one", state: .finished, uuid: UUID(high: 0, low: 1), agentID: "a1")
    stage.event(.updateOperationStatus(status))
    #expect(stage.driver.scheduler.heard.last == .operationUpdate(status))
    #expect(
      stage.effects.takeCalls() == [
        .acknowledgeOperationStatus(
          .init(agentID: "a1", resourceProviderID: nil, uuid: UUID(high: 0, low: 1), operationID: "one"))
      ])
    #expect(stage.reconnect().contains(.reconcileOperations([.init("two", agentID: "a1")])))
    stage.event(.updateOperationStatus(OperationStatus(operationID: "two", state: .unknown)))
    #expect(!stage.reconnect().contains { $0.name == "RECONCILE_OPERATIONS" })
  }
}
