// Operations between a framework and an agent that does not do what the master expects.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct OperationTests {
  private static let version = UUID(high: 1, low: 1)

  /// A master with an agent and a framework that was offered what the agent has.
  private struct Scene {
    var lone: LoneMaster
    let agentSession: SessionID
    let frameworkSession: SessionID
    let framework: FrameworkID
    let agent: AgentID

    init(
      _ configuration: MasterConfiguration = MasterConfiguration(),
      capabilities: [AgentCapability] = AgentCapability.allCases
    ) throws {
      lone = LoneMaster(configuration)
      agentSession = lone.open(.agent)
      let registration = AgentRegistration(
        AgentInfo(hostname: "host", resources: "cpus:4;mem:1024"), version: "1",
        capabilities: capabilities, resourceVersion: OperationTests.version)
      lone.say(.agentMessage(.register(registration)), on: agentSession)
      frameworkSession = lone.open(.framework)
      framework = try lone.subscribed(
        FrameworkInfo(name: "f", failoverTimeout: 600, role: "web"), on: frameworkSession)
      agent = try #require(lone.master.describeAgents().first?.info.id)
    }

    var total: Resources? { lone.master.describeAgents().first?.total }

    /// Accepts what is offered; returns what the agent is sent.
    mutating func reserve(_ count: Int = 1, named: Bool = true) -> (
      sent: [ApplyOperation], events: [SchedulerEvent]
    ) {
      let reserved = ("cpus:1" as Resources).map {
        $0 = $0.reserved(Reservation(.dynamic, role: "web"))
      }
      let operations = (0..<count).map {
        Operation(
          .reserve(resources: reserved, source: Resources()), id: named ? OperationID("op\($0)") : nil)
      }
      let offer = OfferID(prefix: lone.master.info.id, number: UInt64(lone.master.metrics.offersSent))
      let effects = lone.call(
        .accept(.init([offer], operations, filters: Filters(refuseSeconds: 600))), of: framework,
        on: frameworkSession)
      return (
        effects.compactMap { effect in
          if case .send(.masterMessage(.applyOperation(let apply)), _) = effect { apply } else { nil }
        }, effects.compactMap { $0.event(to: frameworkSession) }
      )
    }

    mutating func tell(_ message: AgentMessage) -> [MasterEffect] {
      lone.say(.agentMessage(message), on: agentSession)
    }

    mutating func update(
      _ operation: UUID, _ state: OperationState, uuid: UInt64? = 9
    ) -> [MasterEffect] {
      let status = OperationStatus(
        operationID: nil, state: state, uuid: uuid.map { UUID(high: 0, low: $0) }, agentID: agent)
      return tell(.updateOperationStatus(OperationUpdate(operation, frameworkID: framework, status)))
    }

    func statuses(_ effects: [MasterEffect]) -> [OperationStatus] {
      effects.compactMap { effect in
        if case .updateOperationStatus(let status)? = effect.event(to: frameworkSession) {
          status
        } else {
          nil
        }
      }
    }

    func acknowledged(_ effects: [MasterEffect]) -> [UUID] {
      effects.compactMap { effect in
        if case .send(.masterMessage(.acknowledgeOperation(let uuid, _)), _) = effect { uuid } else { nil }
      }
    }
  }

  @Test func whatAnAgentCouldNotDoIsTakenBack() throws {
    var scene = try Scene()
    let sent = try #require(scene.reserve().sent.first)
    #expect(sent.resourceVersion == Self.version)
    #expect(scene.total?.checkpointed.isEmpty == false)
    let version = UUID(high: 2, low: 2)
    _ = scene.tell(.updateResources(checkpointed: Resources(), version: version))
    #expect(scene.total == "cpus:4;mem:1024")
    scene.lone.master.checkInvariants()
    #expect(scene.statuses(scene.update(sent.uuid, .dropped)).map(\.state) == [.dropped])
    #expect(scene.reserve(named: false).sent.first?.resourceVersion == version)
  }

  @Test func anAgentThatClaimsWhatItCannotHaveIsNotBelieved() throws {
    var scene = try Scene()
    let much = ("cpus:400" as Resources).map { $0 = $0.reserved(Reservation(.dynamic, role: "web")) }
    _ = scene.tell(.updateResources(checkpointed: much, version: UUID(high: 2, low: 2)))
    #expect(scene.total == "cpus:4;mem:1024")
    let session = scene.lone.open(.agent)
    let registration = AgentRegistration(
      AgentInfo(hostname: "other", resources: "cpus:4"), version: "1", checkpointedResources: much)
    let effects = scene.lone.say(.agentMessage(.register(registration)), on: session)
    #expect(
      effects.contains { effect in
        if case .send(.masterMessage(.shutdown(let reason)), session) = effect {
          reason.contains("Incompatible agent resources")
        } else {
          false
        }
      })
  }

  @Test func aStatusIsToldUntilItIsAcknowledged() throws {
    var scene = try Scene()
    let sent = try #require(scene.reserve().sent.first)
    for _ in 0..<2 {
      let told = scene.statuses(scene.update(sent.uuid, .finished))
      #expect(told.map(\.operationID) == ["op0"])
    }
    func acknowledge(_ uuid: UInt64) -> [UUID] {
      let call = SchedulerCall.AcknowledgeOperationStatus(
        agentID: scene.agent, resourceProviderID: nil, uuid: UUID(high: 0, low: uuid), operationID: "op0")
      return scene.acknowledged(
        scene.lone.call(.acknowledgeOperationStatus(call), of: scene.framework, on: scene.frameworkSession))
    }
    #expect(acknowledge(8) == [], "that was not told")
    #expect(acknowledge(9) == [sent.uuid])
    #expect(acknowledge(9) == [], "it is over")
    // The agent has not heard of that.
    let effects = scene.update(sent.uuid, .finished)
    #expect(scene.statuses(effects).isEmpty)
    #expect(scene.acknowledged(effects) == [sent.uuid])
  }

  @Test func operationsOfTheSameNameAreAcknowledgedOneByOne() throws {
    let framework = FrameworkInfo(name: "f", id: "F0", failoverTimeout: 600, role: "web")
    var lone = LoneMaster()
    let scheduler = lone.open(.framework)
    _ = try lone.subscribed(framework, on: scheduler)
    // Both agents come from the master before; the framework named the second operation before the first agent was back.
    let reserved = ("cpus:1" as Resources).map { $0 = $0.reserved(Reservation(.dynamic, role: "web")) }
    let operation = Operation(.reserve(resources: reserved, source: Resources()), id: "o")
    var agents: [(id: AgentID, session: SessionID, operation: UUID, status: UUID)] = []
    for number in 1...2 as ClosedRange<UInt64> {
      let id = AgentID("S\(number)")
      let (uuid, status) = (UUID(high: 1, low: number), UUID(high: 2, low: number))
      let record = OperationRecord(
        uuid, frameworkID: "F0", agentID: id, operation,
        status: OperationStatus(operationID: "o", state: .finished, uuid: status, agentID: id))
      let info = AgentInfo(hostname: "host\(number)", resources: "cpus:4", id: id)
      var returning = AgentReregistration(
        AgentRegistration(info, version: "1", capabilities: AgentCapability.allCases),
        tasks: [], executors: [], frameworks: [framework])
      returning.operations = [record]
      let session = lone.open(.agent)
      lone.say(.agentMessage(.reregister(returning)), on: session)
      agents.append((id, session, uuid, status))
    }
    for agent in [agents[1], agents[0]] {
      let told = lone.call(
        .acknowledgeOperationStatus(
          .init(agentID: agent.id, resourceProviderID: nil, uuid: agent.status, operationID: "o")),
        of: "F0", on: scheduler)
      let acknowledgement = MasterMessage.acknowledgeOperation(agent.operation, status: agent.status)
      #expect(told.contains(.send(.masterMessage(acknowledgement), agent.session)))
    }
    #expect(lone.master.operations.records.isEmpty)
  }

  @Test func nobodyWaitsForAnOperationWithoutAnID() throws {
    var scene = try Scene()
    let sent = try #require(scene.reserve(named: false).sent.first)
    let effects = scene.update(sent.uuid, .finished)
    #expect(scene.statuses(effects).isEmpty)
    #expect(scene.acknowledged(effects) == [sent.uuid])
    #expect(scene.lone.master.operations.records.isEmpty)
  }

  @Test func anAgentThatDoesNotTellHowOperationsGoIsGivenNoneThatSomebodyWaitsFor() throws {
    let capabilities = AgentCapability.allCases.filter { $0 != .agentOperationFeedback }
    var scene = try Scene(capabilities: capabilities)
    let (sent, events) = scene.reserve()
    #expect(sent.isEmpty)
    guard case .updateOperationStatus(let status)? = events.first else {
      return #expect(Bool(false), "\(events)")
    }
    #expect(status.operationID == "op0" && status.state == .error)
    #expect(status.message?.contains("does not have the required AGENT_OPERATION_FEEDBACK") == true)
    scene = try Scene(capabilities: capabilities)
    #expect(scene.reserve(named: false).sent.count == 1)
  }

  @Test func theOperationsOfAFrameworkAreBounded() throws {
    var configuration = MasterConfiguration()
    configuration.maxOperationsPerFramework = 2
    var scene = try Scene(configuration)
    let (sent, events) = scene.reserve(3)
    #expect(sent.count == 2)
    guard case .updateOperationStatus(let status)? = events.first else {
      return #expect(Bool(false), "\(events)")
    }
    #expect(status.state == .error && status.message?.contains("acknowledge their statuses") == true)
  }

  @Test func anotherAgentsOperationIsNotForIt() throws {
    var scene = try Scene()
    let sent = try #require(scene.reserve().sent.first)
    let other = scene.lone.open(.agent)
    _ = try scene.lone.registered("cpus:1", on: other)
    let status = OperationStatus(operationID: "op0", state: .failed)
    let effects = scene.lone.say(
      .agentMessage(.updateOperationStatus(OperationUpdate(sent.uuid, frameworkID: scene.framework, status))),
      on: other)
    #expect(scene.statuses(effects).isEmpty)
  }

  @Test func whatWasSentMeanwhileIsNotUndoneByARepeatedReturn() throws {
    var scene = try Scene()
    _ = scene.reserve()
    let info = AgentInfo(hostname: "host", resources: "cpus:4;mem:1024", id: scene.agent)
    func returning(_ version: UUID) -> AgentMessage {
      let registration = AgentRegistration(
        info, version: "1", capabilities: AgentCapability.allCases, resourceVersion: version)
      return .reregister(AgentReregistration(registration, tasks: [], executors: [], frameworks: []))
    }
    _ = scene.tell(returning(Self.version))
    #expect(scene.total?.checkpointed.isEmpty == false, "the agent had not got the operation when it spoke")
    let effects = scene.tell(returning(UUID(high: 2, low: 2)))
    #expect(scene.total == "cpus:4;mem:1024")
    #expect(
      effects.contains { effect in
        if case .send(.masterMessage(.reregistered(_, _, let reconcile)), _) = effect {
          reconcile.operations.count == 1
        } else {
          false
        }
      })
    scene.lone.master.checkInvariants()
  }
}
