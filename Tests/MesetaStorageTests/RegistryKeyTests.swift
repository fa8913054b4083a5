import Testing

@testable import MesetaStorage

@Suite struct RegistryKeyTests {
  @Test func keysAreOrderedByKindAndThenByName() {
    let keys = [RegistryKey(.weight, "a"), RegistryKey(.agent, "b"), RegistryKey(.agent, "a")]
    #expect(keys.sorted().map(\.description) == ["agents/a", "agents/b", "weights/a"])
  }

  @Test func whatThereIsOneOfHasNoName() {
    #expect(RegistryKey(.maintenance).description == "maintenance")
  }
}
