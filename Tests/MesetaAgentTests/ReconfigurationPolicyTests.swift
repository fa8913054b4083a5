// How an agent that is started again may differ from what it was.

import MesetaAgent
import MesetaModel
import Testing

@Suite struct ReconfigurationPolicyTests {
  private static let before = AgentInfo(
    hostname: "host", resources: "cpus:2;ports:[1-9]",
    attributes: [Attribute("rack", .text("r1")), Attribute("levels", .ranges(Ranges([1...3])))])

  private func problem(
    _ policy: ReconfigurationPolicy, _ change: (inout AgentInfo) -> Void
  ) -> String? {
    var now = Self.before
    change(&now)
    return policy.problem(from: Self.before, to: now)
  }

  @Test(arguments: ReconfigurationPolicy.allCases)
  func theSameMayAlwaysBe(policy: ReconfigurationPolicy) {
    #expect(problem(policy) { _ in } == nil)
    #expect(problem(policy) { $0.id = "another" } == nil)
  }

  @Test(arguments: ReconfigurationPolicy.allCases)
  func noAgentMoves(policy: ReconfigurationPolicy) {
    #expect(problem(policy) { $0.hostname = "other" } == "the hostname was host, and is other")
    #expect(problem(policy) { $0.port = 99 } == "the port was \(Self.before.port), and is 99")
  }

  @Test func thereMayBeMoreWhereThatIsAllowed() {
    let changes: [(String, (inout AgentInfo) -> Void)] = [
      ("the resources were", { $0.resources = "cpus:3;ports:[1-9]" }),
      ("the resources were", { $0.resources = "cpus:2;ports:[1-9];gpus:1" }),
      ("the domain was none, and is r/z", { $0.domain = FaultDomain(region: "r", zone: "z") }),
      ("the attributes were", { $0.attributes.append(Attribute("x", .text("y"))) }),
      ("the attributes were", { $0.attributes[1] = Attribute("levels", .ranges(Ranges([1...4]))) }),
    ]
    for (words, change) in changes {
      #expect(problem(.equal, change)?.contains(words) == true)
      #expect(problem(.additive, change) == nil)
    }
  }

  @Test(arguments: ReconfigurationPolicy.allCases)
  func thereIsNeverLess(policy: ReconfigurationPolicy) {
    #expect(problem(policy) { $0.resources = "cpus:1;ports:[1-9]" } != nil)
    #expect(problem(policy) { $0.attributes.removeFirst() } != nil)
    #expect(problem(policy) { $0.attributes[0] = Attribute("rack", .text("r2")) } != nil)
    #expect(problem(policy) { $0.attributes[1] = Attribute("levels", .ranges(Ranges([1...2]))) } != nil)
  }
}
