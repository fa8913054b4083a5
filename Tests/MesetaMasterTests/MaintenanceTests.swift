// Decisions about machines and agents while others are being written down.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct MaintenanceTests {
  private var lone = LoneMaster()
  private let soon = Unavailability(start: 100)

  private mutating func ask(_ call: OperatorCall) -> [MasterEffect] {
    let session = lone.open(.operator)
    return lone.say(.operatorCall(call, request: 1), on: session)
  }

  private mutating func problem(with call: OperatorCall) -> CallError? {
    for case .respond(_, .failed(let error)) in ask(call) { return error }
    return nil
  }

  private func schedule(_ machines: MachineID...) -> OperatorCall {
    .updateMaintenanceSchedule(MaintenanceSchedule([MaintenanceWindow(machines, soon)]))
  }

  private mutating func agent(capabilities: [AgentCapability] = [.agentDraining]) throws -> (
    SessionID, AgentID
  ) {
    let session = lone.open(.agent)
    let info = AgentInfo(hostname: "host", resources: "cpus:1;mem:100")
    let registration = AgentRegistration(info, version: "1", capabilities: capabilities)
    let id = lone.say(.agentMessage(.register(registration)), on: session).lazy
      .compactMap { effect -> AgentID? in
        if case .send(.masterMessage(.registered(let id, _)), _) = effect { id } else { nil }
      }.first
    return (session, try #require(id))
  }

  @Test mutating func whatIsBeingWrittenCountsForWhatIsAskedNext() throws {
    lone.stores = false
    _ = ask(schedule(MachineID(hostname: "host")))
    _ = ask(.startMaintenance([MachineID(hostname: "host")]))
    #expect(problem(with: .startMaintenance([MachineID(hostname: "host")]))?.code == .badRequest)
    #expect(problem(with: .updateMaintenanceSchedule(MaintenanceSchedule()))?.code == .badRequest)
    #expect(lone.master.maintenanceStatus() == MaintenanceStatus(), "nothing of it holds yet")
  }

  @Test mutating func aScheduleThatCannotBeKeptIsRefused() throws {
    let name = String(repeating: "a", count: 92)
    func machines(_ count: Int) -> OperatorCall {
      let machines = (0..<count).map { MachineID(hostname: "\(name)\(1_000_000 + $0)") }
      return .updateMaintenanceSchedule(MaintenanceSchedule([MaintenanceWindow(machines, soon)]))
    }
    #expect(problem(with: machines(MaintenanceSchedule.capacity / 107)) == nil)
    let refusal = try #require(problem(with: machines(MaintenanceSchedule.capacity / 107 + 1)))
    #expect(refusal.code == .badRequest)
    #expect(refusal.message.hasPrefix("The schedule names 3675 machines in 393225 bytes"))
  }

  @Test mutating func anAgentIsNotAnsweredWhileItsMachineIsBeingTakenDown() throws {
    _ = ask(schedule(MachineID(hostname: "HOST")))
    lone.stores = false
    let writes = ask(.startMaintenance([MachineID(hostname: "host")]))
    let session = lone.open(.agent)
    let info = AgentInfo(hostname: "host", resources: "cpus:1")
    let register = Message.agentMessage(.register(AgentRegistration(info, version: "1")))
    #expect(lone.say(register, on: session).isEmpty, "it may come to nothing, and the agent would have ended")
    for case .store(let token, _) in writes { lone.handle(.local(.stored(token))) }
    #expect(
      lone.say(register, on: session).contains {
        if case .send(.masterMessage(.shutdown(let reason)), session) = $0 {
          reason.hasPrefix("Machine is `DOWN`")
        } else {
          false
        }
      })
  }

  @Test(
    arguments: [
      (MachineID(hostname: "host", ip: "10.0.0.1"), true), (MachineID(hostname: "Host"), true),
      (MachineID(ip: "10.0.0.1"), true), (MachineID(hostname: "host", ip: "10.0.0.2"), false),
      (MachineID(ip: "10.0.0.2"), false), (MachineID(hostname: "other"), false),
    ])
  func aMachineIsKnownByItsNameOrItsAddressOrBoth(scheduled: MachineID, isFound: Bool) {
    var book = MachineBook()
    book.update(MaintenanceSchedule([MaintenanceWindow([scheduled], soon)]))
    let found = book.machine(of: MachineID(hostname: "host", ip: "10.0.0.1"))
    #expect(found == (isFound ? scheduled : nil))
  }

  @Test func aMachineThatIsUpLeavesTheSchedule() {
    var book = MachineBook()
    let (a, b, c) = (MachineID(hostname: "a"), MachineID(hostname: "b"), MachineID(hostname: "c"))
    book.update(MaintenanceSchedule([MaintenanceWindow([a, b], soon), MaintenanceWindow([c], soon)]))
    book.start([a, c])
    book.stop([c])
    book.stop([a])
    #expect(book.schedule == MaintenanceSchedule([MaintenanceWindow([b], soon)]))
    #expect(!book.isDown(a) && !book.contains(c) && book.contains(b))
  }

  @Test mutating func anAgentIsAtTheAddressThatItIsSeenAt() throws {
    let session = SessionID(77)
    lone.handle(.opened(session, Peer(.agent, address: "node (10.1.2.3:40000)", ip: "10.1.2.3")))
    _ = try lone.registered("cpus:1", on: session)
    _ = ask(schedule(MachineID(ip: "10.1.2.3")))
    let effects = ask(.startMaintenance([MachineID(ip: "10.1.2.3")]))
    #expect(
      effects.contains { if case .send(.masterMessage(.shutdown), session) = $0 { true } else { false } })
  }

  @Test mutating func anAgentThatIsBeingGivenUpCannotBeDrained() throws {
    let (session, id) = try agent()
    lone.stores = false
    _ = ask(.markAgentGone(id))
    #expect(problem(with: .drainAgent(id, DrainConfig()))?.code == .conflict)
    #expect(problem(with: .markAgentGone(id))?.code == .unavailable)
    let info = AgentInfo(hostname: "host", resources: "cpus:1", id: id)
    let returning = AgentReregistration(
      AgentRegistration(info, version: "1"), tasks: [], executors: [], frameworks: [])
    let effects = lone.say(.agentMessage(.reregister(returning)), on: session)
    #expect(effects.isEmpty, "it may come to nothing, and the agent would have ended with its tasks")
  }

  @Test mutating func anAgentThatIsLeavingOrLostCannotBeGivenUp() throws {
    let (session, id) = try agent()
    lone.stores = false
    lone.say(.agentMessage(.unregister(id)), on: session)
    #expect(
      problem(with: .markAgentGone(id))?.message == "Agent '\(id)' is being transitioned to removed")
    #expect(problem(with: .deactivateAgent(id))?.code == .badRequest)
  }

  /// An agent that was unreachable, comes back, and is given up before its return is written down; and the writes of both.
  private mutating func agentThatIsGivenUpWhileItComesBack() throws -> (
    id: AgentID, session: SessionID, writes: [StorageToken]
  ) {
    let (_, id) = try agent()
    lone.advance(by: .minutes(2))  // unreachable
    lone.stores = false
    let session = lone.open(.agent)
    let info = AgentInfo(hostname: "host", resources: "cpus:1", id: id)
    let returning = AgentReregistration(
      AgentRegistration(info, version: "1"), tasks: [], executors: [], frameworks: [])
    var tokens: [StorageToken] = []
    for case .store(let token, _) in lone.say(.agentMessage(.reregister(returning)), on: session)
      + ask(.markAgentGone(id))
    {
      tokens.append(token)
    }
    return (id, session, tokens)
  }

  @Test mutating func anAgentThatCameBackWhileItIsWrittenOffIsWrittenOff() throws {
    let (_, session, tokens) = try agentThatIsGivenUpWhileItComesBack()
    #expect(tokens.count == 2)
    for token in tokens.dropLast() { lone.handle(.local(.stored(token))) }
    #expect(lone.master.describeAgents().count == 1)
    let effects = lone.handle(.local(.stored(try #require(tokens.last))))
    #expect(effects.contains(.send(.masterMessage(.shutdown("Agent has been marked gone")), session)))
    #expect(lone.master.describeAgents().isEmpty)
  }

  @Test mutating func anAgentThatCameBackWhileItIsWrittenOffIsNotUsedAndNotMarkedUnreachable() throws {
    let (id, _, tokens) = try agentThatIsGivenUpWhileItComesBack()
    lone.handle(.local(.stored(try #require(tokens.first))))
    let framework = lone.open(.framework)
    _ = try lone.subscribed(FrameworkInfo(name: "f"), on: framework)
    let effects = lone.advance(by: .minutes(3))  // without a pong
    #expect(!effects.contains { if case .offers = $0.event(to: framework) { true } else { false } })
    #expect(!effects.contains { if case .store = $0 { true } else { false } })
    lone.handle(.local(.stored(try #require(tokens.last))))
    #expect(lone.master.recordedState.unreachable.isEmpty)
    #expect(lone.master.recordedState.maintenance.goneSince(id) != nil)
  }

  @Test mutating func aDrainIsNotFinishedTwice() throws {
    let (_, id) = try agent()
    lone.stores = false
    var writes: [(StorageToken, RegistryOperation)] = []
    for case .store(let token, let operation) in ask(.drainAgent(id, DrainConfig())) {
      writes.append((token, operation))
    }
    let effects = lone.handle(.local(.stored(try #require(writes.first).0))) + lone.handle(.wake)
    var drained = 0
    for case .store(_, .maintenance(.markDrained(id))) in effects { drained += 1 }
    #expect(drained == 1)
    #expect(lone.master.describeAgents().first?.standing?.drainInfo?.state == .draining)
    #expect(problem(with: .reactivateAgent(id))?.code == .badRequest, "that is not written down")
  }

  @Test mutating func anAgentThatCannotDrainIsNotDrained() throws {
    let (_, id) = try agent(capabilities: [])
    #expect(
      problem(with: .drainAgent(id, DrainConfig()))?.message == "Agent \(id) is not capable of draining")
    #expect(problem(with: .drainAgent(id, DrainConfig(maxGracePeriod: -1)))?.code == .badRequest)
  }

  @Test mutating func aDeactivatedAgentThatLeavesIsForgotten() throws {
    let (session, id) = try agent()
    _ = ask(.deactivateAgent(id))
    #expect(lone.master.describeAgents().map(\.isActive) == [false])
    lone.say(.agentMessage(.unregister(id)), on: session)
    #expect(problem(with: .reactivateAgent(id))?.code == .badRequest)
  }

  @Test func whatIsWrittenDownIsWhatTheNextMasterBeginsWith() {
    var state = RegistryState()
    let host = MachineID(hostname: "host")
    let schedule = MaintenanceSchedule([MaintenanceWindow([host], soon)])
    for operation: MaintenanceOperation in [
      .updateSchedule(schedule), .start([host]), .deactivate("S1"), .drain("S2", DrainConfig()),
      .markDrained("S2"), .deactivate("S2"), .deactivate("S3"), .reactivate("S3"), .deactivate("S4"),
      .drain("S5", DrainConfig(marksGone: true)), .markGone("S5", since: 9),
    ] {
      state.apply(.maintenance(operation))
    }
    state.apply(.removeAgent("S4"))
    let master = Master(seed: 1, at: Time(monotonic: .zero, wall: 0), registry: state)
    #expect(master.maintenanceStatus() == MaintenanceStatus(down: [host]))
    #expect(master.maintenance.standing("S1") == .deactivated)
    #expect(master.maintenance.standing("S2") == .drained(DrainInfo(.drained, DrainConfig())))
    for id: AgentID in ["S3", "S4", "S5"] { #expect(master.maintenance.standing(id) == nil) }
    #expect(master.maintenance.goneSince("S5") == 9)
  }
}
