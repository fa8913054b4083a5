// Offer constraints in the allocator: who is offered what, when something changes, and in small steps.

import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

@Suite struct ConstraintTests {
  private var allocator = Allocator(seed: 1)

  private func filter(_ constraints: OfferConstraints) throws -> OfferConstraintsFilter {
    try OfferConstraintsFilter(constraints)
  }

  private static func rack(_ name: String) -> OfferConstraints.Group {
    [.where(.attribute("rack"), .equals(name))]
  }

  private mutating func add(_ rack: String) -> AgentSlot {
    allocator.addAgent(total: bag("cpus:1"), attributes: [Attribute("rack", .text(rack))])
  }

  private mutating func update(_ framework: FrameworkSlot, _ constraints: OfferConstraints) throws {
    allocator.updateFramework(
      framework, roles: ["r"], suppressed: [], capabilities: [], offerFilters: [],
      constraints: try filter(constraints))
  }

  @Test mutating func anAgentGoesToThoseWhoDoNotExcludeIt() throws {
    let (one, two) = (add("1"), add("2"))
    let picky = allocator.addFramework(roles: ["r"], constraints: try filter(["r": [Self.rack("2")]]))
    #expect(allocator.run().map(\.agent) == [two])
    let other = allocator.addFramework(roles: ["r"])
    let rest = allocator.run()
    #expect(rest.map(\.agent) == [one])
    #expect(rest.map(\.framework) == [other])
    #expect(allocator.explain(picky, now: .zero).map(\.reason) == [.constraint, .offered])
    #expect(allocator.explain(other, now: .zero).first?.reason == .offered)
  }

  @Test mutating func theSmallestStepsComeToAnEndToo() throws {
    let agent = add("2")
    _ = allocator.addFramework(roles: ["r"], constraints: try filter(["r": [Self.rack("2")]]))
    var offers: [Allocation] = []
    var steps = 0
    while !allocator.allocate(now: .zero, limit: 1, { offers.append($0) }), steps < 100 { steps += 1 }
    #expect(offers.map(\.agent) == [agent])
  }

  @Test func theQueueOfThoseWhoWaitIsNoLongerThanTheyAre() throws {
    var table = ConstraintTable()
    let count = 3000
    func change(_ agent: Int, _ rack: Int) {
      table.set(agent, AgentTraits(attributes: [Attribute("rack", .text("\(rack)"))]))
    }
    table.set(0, try filter(["r": [Self.rack("2")]])["r"])
    for agent in 0..<count { change(agent, 0) }
    // From now on one comes for each that goes.
    for step in 0..<(5 * count) {
      var budget = 100_000
      while let known = table.evaluateNext(&budget), case .subscription = known {}
      change(step % count, step)
      #expect(table.waiting.count <= 2 * count + 2)
    }
  }

  @Test func withoutABudgetNobodyIsDoneWith() throws {
    var table = ConstraintTable()
    table.set(0, try filter(["r": [Self.rack("2")]])["r"])
    var budget = 0
    #expect(table.evaluateNext(&budget) == nil)
    #expect(budget == 0)
    budget = 1
    #expect(table.evaluateNext(&budget) == .subscription(0))
  }

  @Test mutating func anAgentThatComesLaterIsComparedToo() throws {
    let framework = allocator.addFramework(roles: ["r"], constraints: try filter(["r": [Self.rack("2")]]))
    #expect(allocator.run().isEmpty)
    let (one, two) = (add("1"), add("2"))
    #expect(allocator.explain(framework, now: .zero).map(\.reason) == [.constraint, .available])
    #expect(allocator.run().map(\.agent) == [two])
    allocator.removeAgent(one)
    let again = add("2")
    #expect(again.index == one.index)
    #expect(allocator.run().map(\.agent) == [again])
  }

  @Test mutating func reservedPartsAreKeptFromThoseWhoExcludeTheAgentToo() throws {
    _ = allocator.addAgent(total: bag("cpus:1;cpus(r):1"), attributes: [Attribute("rack", .text("1"))])
    let framework = allocator.addFramework(roles: ["r"], constraints: try filter(["r": [Self.rack("2")]]))
    #expect(allocator.run().isEmpty)
    try update(framework, ["r": [Self.rack("1")]])
    #expect(allocator.run().map(\.resources) == [bag("cpus:1;cpus(r):1")])
  }

  @Test mutating func changedConstraintsCountFromTheNextRunOn() throws {
    let (one, two) = (add("1"), add("2"))
    let framework = allocator.addFramework(roles: ["r"], constraints: try filter(["r": [Self.rack("1")]]))
    let first = try #require(allocator.run().first)
    #expect(first.agent == one)
    try update(framework, ["r": [Self.rack("2")]])
    #expect(allocator.explain(framework, now: .zero).map(\.reason) == [.offered, .available])
    #expect(allocator.run().map(\.agent) == [two])
    allocator.decline(first)
    #expect(allocator.run().isEmpty, "what comes back is excluded now")
    try update(framework, [:])
    #expect(allocator.run().map(\.agent) == [one])
  }

  @Test mutating func constraintsOfOneRoleLeaveTheOthersAlone() throws {
    let (one, two) = (add("1"), add("2"))
    _ = allocator.addFramework(roles: ["a", "b"], constraints: try filter(["a": [Self.rack("1")]]))
    var roles: [AgentSlot: Set<String>] = [:]
    for _ in 0..<4 {
      for offer in allocator.run() {
        roles[offer.agent, default: []].insert(allocator.roleName(offer.role) ?? "")
        allocator.decline(offer, refuse: .seconds(60))
      }
    }
    #expect(roles == [one: ["a", "b"], two: ["b"]])
  }

  @Test mutating func changedAttributesAreLookedAt() throws {
    let agent = add("1")
    let framework = allocator.addFramework(roles: ["r"], constraints: try filter(["r": [Self.rack("2")]]))
    #expect(allocator.run().isEmpty)
    allocator.setTraits(agent, AgentTraits(attributes: [Attribute("rack", .text("2"))]))
    #expect(allocator.explain(framework, now: .zero).map(\.reason) == [.available])
    let offer = try #require(allocator.run().first)
    allocator.setTraits(agent, AgentTraits(attributes: [Attribute("rack", .text("1"))]))
    allocator.decline(offer)
    #expect(allocator.run().isEmpty)
  }

  @Test mutating func aSlotThatIsUsedAgainHasItsOwnConstraints() throws {
    _ = add("1")
    let first = allocator.addFramework(roles: ["r"], constraints: try filter(["r": [Self.rack("2")]]))
    _ = allocator.run()
    allocator.removeFramework(first)
    let second = allocator.addFramework(roles: ["r"])
    #expect(allocator.run().map(\.framework) == [second])
  }

  // MARK: Small steps

  @Test mutating func manyAgentsTakeManySteps() throws {
    for number in 0..<200 { _ = add("\(number % 2)") }
    _ = allocator.addFramework(roles: ["r"], constraints: try filter(["r": [Self.rack("1")]]))
    var offers: [Allocation] = []
    var steps = 1
    while !allocator.allocate(now: .zero, limit: 40, { offers.append($0) }) { steps += 1 }
    #expect(offers.count == 100)
    #expect(steps >= 10)
    let isMoreToDo = allocator.needsRun
    #expect(!isMoreToDo)
  }

  @Test mutating func othersGetTheirOffersMeanwhile() throws {
    for _ in 0..<100 { _ = add("1") }
    let plain = allocator.addFramework(roles: ["plain"])
    _ = allocator.addFramework(roles: ["r"], constraints: try filter(["r": [Self.rack("1")]]))
    var offers: [Allocation] = []
    #expect(!allocator.allocate(now: .zero, limit: 40) { offers.append($0) })
    #expect(!offers.isEmpty)
    #expect(offers.allSatisfy { $0.framework == plain })
  }

  /// A framework that never stops changing its constraints would else keep all that wait behind it from being compared.
  @Test mutating func whoChangesAllTheTimeHoldsUpNobody() throws {
    for _ in 0..<100 { _ = add("1") }
    let restless = allocator.addFramework(roles: ["r"], constraints: try filter(["r": [Self.rack("1")]]))
    let other = allocator.addFramework(roles: ["r"], constraints: try filter(["r": [Self.rack("1")]]))
    var offers: [Allocation] = []
    for step in 0..<40 {
      try update(restless, ["r": [Self.rack("x\(step)")]])
      _ = allocator.allocate(now: .zero, limit: 40) { offers.append($0) }
    }
    #expect(offers.count == 100)
    #expect(offers.allSatisfy { $0.framework == other })
  }

  @Test mutating func theSameConstraintsAreNotComparedAgain() throws {
    for _ in 0..<10 { _ = add("1") }
    let framework = allocator.addFramework(roles: ["r"], constraints: try filter(["r": [Self.rack("1")]]))
    #expect(allocator.run().count == 10)
    try update(framework, ["r": [Self.rack("1")]])
    #expect(allocator.constraints.isEvaluated)
    try update(framework, ["r": [[.where(.hostname, .equals("rack"))]]])
    #expect(!allocator.constraints.isEvaluated)
  }
}

/// Random agents, constraints, changes and steps: what is offered is what the constraints allow, and all of that.
@Suite struct ConstraintPropertyTests {
  private struct Play {
    var allocator: Allocator
    var generator: SeededGenerator
    var agents: [AgentSlot] = []
    var traits: [AgentSlot: AgentTraits] = [:]
    var frameworks: [FrameworkSlot] = []
    var constraints: [FrameworkSlot: OfferConstraints] = [:]
    let texts = ["", "a", "b", "ab", "ba", "aab"]
    let names = ["x", "y", "hostname"]

    init(seed: UInt64) {
      allocator = Allocator(seed: seed)
      generator = SeededGenerator(seed: seed)
    }

    mutating func draw(_ bound: Int) -> Int { Int(generator.below(UInt64(bound))) }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[draw(elements.count)] }

    mutating func drawTraits() -> AgentTraits {
      var traits = AgentTraits(hostname: pick(texts))
      if draw(2) == 0 { traits.domain = FaultDomain(region: pick(texts), zone: pick(texts)) }
      for _ in 0..<draw(3) {
        let value: Attribute.Value = draw(4) == 0 ? .scalar(Scalar(1)) : .text(pick(texts))
        traits.attributes.append(Attribute(pick(names), value))
      }
      return traits
    }

    mutating func drawConstraints() -> OfferConstraints {
      var constraints: OfferConstraints = [:]
      for role in ["r", "s"] where draw(3) > 0 {
        constraints[role] = (0...draw(3)).map { _ in (0...draw(2)).map { _ in drawConstraint() } }
      }
      return constraints
    }

    mutating func drawConstraint() -> AttributeConstraint {
      let selector: AttributeConstraint.Selector =
        switch draw(6) {
        case 0: .hostname
        case 1: .region
        case 2: .zone
        default: .attribute(pick(names))
        }
      let predicate: AttributeConstraint.Predicate =
        switch draw(6) {
        case 0: .exists
        case 1: .notExists
        case 2: .equals(pick(texts))
        case 3: .notEquals(pick(texts))
        case 4: .matches(pick(["a*", "a+", "b?", ".*"]))
        default: .notMatches(pick(["a*", "a+", "b?", ".*"]))
        }
      return .where(selector, predicate)
    }

    mutating func event() throws {
      switch draw(8) {
      case 0, 1, 2:
        let new = drawTraits()
        let agent = allocator.addAgent(
          total: bag("cpus:1"), domain: new.domain, hostname: new.hostname, attributes: new.attributes)
        agents.append(agent)
        traits[agent] = new
      case 3 where !agents.isEmpty:
        let agent = agents.remove(at: draw(agents.count))
        traits[agent] = nil
        allocator.removeAgent(agent)
      case 4 where !agents.isEmpty:
        let agent = pick(agents)
        traits[agent] = drawTraits()
        if let new = traits[agent] { allocator.setTraits(agent, new) }
      case 5 where frameworks.count < 5:
        let new = drawConstraints()
        frameworks.append(
          allocator.addFramework(roles: ["r", "s"], constraints: try OfferConstraintsFilter(new)))
        constraints[frameworks[frameworks.count - 1]] = new
      case 6 where !frameworks.isEmpty:
        let framework = pick(frameworks)
        let new = drawConstraints()
        constraints[framework] = new
        allocator.updateFramework(
          framework, roles: ["r", "s"], suppressed: [], capabilities: [], offerFilters: [],
          constraints: try OfferConstraintsFilter(new))
      case 7 where !frameworks.isEmpty && draw(3) == 0:
        let framework = frameworks.remove(at: draw(frameworks.count))
        constraints[framework] = nil
        allocator.removeFramework(framework)
      default: break
      }
    }

    func mayHave(_ agent: AgentSlot, _ framework: FrameworkSlot, _ role: String) -> Bool {
      guard let groups = constraints[framework]?[role], let traits = traits[agent] else { return true }
      return groups.contains { $0.allSatisfy { isFulfilled($0, by: traits) } }
    }

    /// Straight from Mesos's documentation of the predicates; the patterns are few enough to say what they mean.
    private func isFulfilled(_ constraint: AttributeConstraint, by traits: AgentTraits) -> Bool {
      let values: [Attribute.Value] =
        switch constraint.selector {
        case .hostname: [.text(traits.hostname)]
        case .region: traits.domain.map { [.text($0.region)] } ?? []
        case .zone: traits.domain.map { [.text($0.zone)] } ?? []
        case .attribute(let name): traits.attributes.filter { $0.name == name }.map(\.value)
        }
      guard let first = values.first else {
        switch constraint.predicate {
        case .exists, .equals, .matches: return false
        case .notExists, .notEquals, .notMatches: return true
        }
      }
      let text: String? = if case .text(let text) = first { text } else { nil }
      func matches(_ pattern: String) -> Bool {
        switch pattern {
        case "a*": text?.allSatisfy { $0 == "a" } ?? false
        case "a+": text.map { !$0.isEmpty && $0.allSatisfy { $0 == "a" } } ?? false
        case "b?": text == "" || text == "b"
        default: true
        }
      }
      switch constraint.predicate {
      case .exists: return true
      case .notExists: return false
      case .equals(let other): return text == nil || text == other
      case .notEquals(let other): return text == nil || text != other
      case .matches(let pattern): return text == nil || matches(pattern)
      case .notMatches(let pattern): return text == nil || !matches(pattern)
      }
    }
  }

  @Test(arguments: 1...60) func offersAreThoseThatTheConstraintsAllow(seed: UInt64) throws {
    var play = Play(seed: seed)
    var offers: [Allocation] = []
    for _ in 0..<60 {
      for _ in 0..<play.draw(4) { try play.event() }
      for framework in play.frameworks {
        for (agent, reason) in play.allocator.explain(framework, now: .zero) {
          let may = ["r", "s"].contains { play.mayHave(agent, framework, $0) }
          #expect((reason == .constraint) == !may || reason == .offered || reason == .allocatedElsewhere)
        }
      }
      offers = []
      repeat {
        _ = play.allocator.allocate(now: .zero, limit: 1 + play.draw(40)) { offers.append($0) }
      } while play.draw(3) > 0 && play.allocator.needsRun
      for offer in offers {
        #expect(play.mayHave(offer.agent, offer.framework, play.allocator.roleName(offer.role) ?? ""))
      }
      let isDone = !play.allocator.needsRun
      for agent in play.agents where isDone && !play.allocator.unallocated(agent).isEmpty {
        let isWanted = play.frameworks.contains { framework in
          ["r", "s"].contains { play.mayHave(agent, framework, $0) }
        }
        #expect(!isWanted, "what somebody may have is offered")
      }
      for offer in offers { play.allocator.decline(offer) }
    }
  }
}
