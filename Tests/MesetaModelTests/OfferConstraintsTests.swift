import MesetaModel
import Testing

@Suite struct OfferConstraintsTests {
  @Test func rolesAreInOrderWhicheverWayTheyCome() {
    let rack: OfferConstraints.Group = [.where(.attribute("rack"), .equals("r1"))]
    var constraints: OfferConstraints = ["b": [rack], "a": [rack], "c": [rack], "b": [rack, rack]]
    #expect(constraints.roles.map(\.role) == ["a", "b", "c"])
    #expect(constraints["b"] == [rack, rack])
    constraints["d"] = [rack]
    constraints["0"] = []
    constraints["b"] = nil
    constraints["nobody"] = nil
    #expect(constraints.roles.map(\.role) == ["0", "a", "c", "d"])
    constraints["a"] = []
    #expect(constraints["a"] == [])
    #expect(constraints["b"] == nil)
  }

  @Test func constraintsReadAsASentence() {
    let constraints: OfferConstraints = [
      "eng": [
        [.where(.attribute("rack"), .equals("r1")), .where(.attribute("gpu"), .notExists)],
        [.where(.hostname, .matches("big-[0-9]+"))],
      ],
      "ads": [[.where(.zone, .notEquals("b"))]],
    ]
    #expect(
      "\(constraints)" == #"ads: zone != "b"; "#
        + #"eng: rack = "r1" and gpu does not exist, or hostname matches "big-[0-9]+""#)
  }
}
