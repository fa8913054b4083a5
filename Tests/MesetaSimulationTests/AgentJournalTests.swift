// What of an agent's records survives its machine.

import MesetaAgent
import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaSimulation

@Suite struct AgentJournalTests {
  private static func framework(_ id: FrameworkID) -> AgentRecord {
    var info = FrameworkInfo(name: "f")
    info.id = id
    return .framework(info)
  }

  @Test func whatWasNotSynchronisedMayBeLostWithTheMachineAndNothingElse() {
    var journal = AgentJournal()
    journal.write([Self.framework("F1")], StorageToken(1))
    journal.write([Self.framework("F2")], nil)
    journal.write([Self.framework("F3")], StorageToken(2))
    journal.synchronize(upTo: StorageToken(1))
    var losses: Set<Int> = []
    for pick in 0..<UInt64(20) {
      var copy = journal
      let lost = copy.reboot(pick: pick)
      losses.insert(lost)
      #expect(copy.memory.frameworks.map(\.id) == Array([FrameworkID("F1"), "F2", "F3"].prefix(3 - lost)))
    }
    #expect(losses == [0, 1, 2])
    journal.open()
    #expect(journal.memory.frameworks.count == 3, "an agent that starts again finds all")
  }
}
