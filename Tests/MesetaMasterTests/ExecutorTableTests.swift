import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct ExecutorTableTests {
  private let one = FrameworkKey(index: 0, generation: 1)
  private let other = FrameworkKey(index: 1, generation: 1)

  private func executor(_ id: ExecutorID, of framework: FrameworkKey) -> ExecutorEntry {
    ExecutorEntry(framework: framework, info: ExecutorInfo(id: id, resources: Resources()), role: nil)
  }

  @Test func executorsOfTwoFrameworksMayHaveOneID() {
    var table = ExecutorTable()
    for (id, framework) in [("a", one), ("a", other), ("b", one)] as [(ExecutorID, FrameworkKey)] {
      table.insert(executor(id, of: framework))
    }
    #expect(table.remove("a", of: one)?.framework == one)
    #expect(table["a", of: one] == nil)
    #expect(table["a", of: other]?.framework == other)
    #expect(table["b", of: one]?.info.id == "b", "it has moved")
    #expect(table.remove("b", of: one) != nil && table.remove("b", of: one) == nil)
    #expect(table.entries.map(\.info.id) == ["a"] && table.entries(of: one).isEmpty)
  }
}
