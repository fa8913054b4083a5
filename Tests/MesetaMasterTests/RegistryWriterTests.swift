import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct RegistryWriterTests {
  @Test func writesCompleteInTheirOrder() {
    var writer = RegistryWriter()
    let key = AgentKey(index: 0, generation: 1)
    let first = writer.begin(.markUnreachable(key))
    let second = writer.begin(.removeAgent(key, reason: "test"))
    #expect(writer.complete(second) == nil, "out of order")
    guard case .markUnreachable = writer.complete(first), case .removeAgent = writer.complete(second) else {
      Issue.record("the wrong continuation")
      return
    }
    #expect(writer.complete(second) == nil)
  }
}
