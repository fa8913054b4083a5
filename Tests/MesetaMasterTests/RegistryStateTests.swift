// What is left in the registry after what masters had it write down.

import MesetaMaster
import MesetaModel
import Testing

@Suite struct RegistryStateTests {
  private var state = RegistryState(isComplete: true)

  init() {
    for id in ["a", "b"] as [AgentID] {
      state.apply(.admitAgent(AgentInfo(hostname: "host", resources: "cpus:1", id: id)))
    }
  }

  @Test mutating func nothingIsLeftOfAnAgentThatWasRemoved() {
    state.apply(.maintenance(.deactivate("a")))
    state.apply(.removeAgent("a"))
    #expect(state.agents.all.map(\.id) == ["b"])
    #expect(state.maintenance.standing("a") == nil)
    state.apply(.markAgentUnreachable("b", since: 1))
    state.apply(.removeAgent("b"))
    #expect(state == RegistryState(isComplete: true))
  }

  @Test mutating func registriesDifferByTheirAgents() {
    var other = state
    other.apply(.removeAgent("b"))
    #expect(other != state)
    other.apply(.admitAgent(AgentInfo(hostname: "host", resources: "cpus:1", id: "b")))
    #expect(other == state)
    other.apply(.updateAgent(AgentInfo(hostname: "host", resources: "cpus:2", id: "b")))
    #expect(other != state)
  }
}
