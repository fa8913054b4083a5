// What is written to the registry while other writes are under way.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct RegistryTests {
  private var lone = LoneMaster()

  private mutating func reregister(_ id: AgentID) -> RegistryOperation? {
    let session = lone.open(.agent)
    let info = AgentInfo(hostname: "host", resources: "cpus:1", id: id)
    let returning = AgentReregistration(
      AgentRegistration(info, version: "1"), tasks: [], executors: [], frameworks: [])
    for case .store(_, let operation) in lone.say(.agentMessage(.reregister(returning)), on: session) {
      return operation
    }
    return nil
  }

  @Test mutating func anAgentThatIsBackIsWrittenForWhatItWillBeByThen() throws {
    let session = lone.open(.agent)
    let id = try lone.registered("cpus:1", on: session)
    guard case .updateAgent = reregister(id) else {
      Issue.record("nothing else was under way")
      return
    }
    lone.stores = false
    let effects = lone.advance(by: .minutes(2))
    #expect(effects.contains { if case .store(_, .markAgentUnreachable(id, _)) = $0 { true } else { false } })
    guard case .markAgentReachable = reregister(id) else {
      Issue.record("it will be unreachable by then")
      return
    }
  }

  @Test mutating func anAgentThatUnregisteredIsAdmittedAnew() throws {
    let session = lone.open(.agent)
    let id = try lone.registered("cpus:1", on: session)
    lone.stores = false
    lone.say(.agentMessage(.unregister(id)), on: session)
    guard case .admitAgent = reregister(id) else {
      Issue.record("it will not be there by then")
      return
    }
  }

  @Test mutating func anAgentThatSaysAgainThatItIsBackIsAnsweredWithoutAWrite() throws {
    let framework = lone.open(.framework)
    let owner = try lone.subscribed(FrameworkInfo(name: "f"), on: framework)
    let session = lone.open(.agent)
    let id = try lone.registered("cpus:1", on: session)
    lone.stores = false
    let info = AgentInfo(hostname: "host", resources: "cpus:1", id: id)
    let returning = AgentReregistration(
      AgentRegistration(info, version: "1"), tasks: [], executors: [], frameworks: [])
    for _ in 0..<2 {
      let effects = lone.say(.agentMessage(.reregister(returning)), on: session)
      #expect(!effects.contains { if case .store = $0 { true } else { false } })
      #expect(
        effects.contains {
          if case .send(.masterMessage(.reregistered), session) = $0 { true } else { false }
        })
    }
    let effects = lone.say(.agentMessage(.executorMessage(id, owner, "e", data: [1])), on: session)
    #expect(effects.compactMap { $0.event(to: framework)?.name } == ["MESSAGE"])
  }
}
