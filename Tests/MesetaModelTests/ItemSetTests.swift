import MesetaModel
import Testing

@Suite struct ItemSetTests {
  @Test(
    arguments: [
      (["a", "b", "c"], ["b"], ["a", "c"]), (["a"], ["a"], []), (["a", "c"], ["b", "d"], ["a", "c"]),
      ([], ["a"], []), (["a", "b"], [], ["a", "b"]), (["b", "d", "f"], ["a", "b", "e", "f", "g"], ["d"]),
    ] as [([String], [String], [String])])
  func whatIsInTheOtherSetIsTakenAway(_ left: [String], _ right: [String], _ rest: [String]) {
    #expect(ItemSet(left) - ItemSet(right) == ItemSet(rest))
  }

  /// In a time that grows with their product this would take minutes.
  @Test func largeSetsAreSubtracted() {
    let all = ItemSet((0..<100_000).map { "item \($0)" })
    let half = ItemSet((0..<50_000).map { "item \(2 * $0)" })
    let rest = all - half
    #expect(rest.items.count == 50_000)
    #expect(rest + half == all)
  }
}
