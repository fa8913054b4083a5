// Campaigns: what a seed stands for, how a failure is made small, and that some seeds pass.

import MesetaModel
import MesetaRuntime
import MesetaSimulation
import Testing

@Suite struct CampaignTests {
  @Test(arguments: Seeds(12))
  func everybodyGetsWhatTheyWantInTheEnd(seed: Seed) {
    var trial = Trial(Shape(seed))
    let outcome = trial.run()
    #expect(outcome.problem == nil, "replay: meseta simulate --seed \(seed) --trace")
  }

  @Test func whatIsGivenShiftsNothingElse() {
    var wishes = ShapeWishes()
    wishes.agents = 2
    wishes.tasks = 3
    let (free, given) = (Shape(7), Shape(7, wishes))
    #expect(given.agents.count == 2)
    #expect(given.agents == Array(free.agents.prefix(2)))
    #expect(given.frameworks.map(\.kind) == free.frameworks.map(\.kind))
    #expect(given.frameworks.allSatisfy { $0.tasks <= 3 })
    #expect(given.faults == free.faults)
    #expect(given.actions == free.actions)
  }

  /// Most frameworks are not offered agents with GPUs, nor such as are in another region.
  @Test func everySecondAgentIsForAll() {
    for seed in 1...500 as ClosedRange<UInt64> {
      let shape = Shape(Seed(seed))
      for (number, agent) in shape.agents.enumerated() where number % 2 == 0 {
        #expect(agent.isForAll(in: shape.master.region), "seed \(seed)")
      }
    }
  }

  @Test(arguments: [
    "", "agents=3", "tasks=1,frameworks=0+4,actions=none,seconds=120",
    "agents=2,without=messageLoss+partition",
  ])
  func aReductionCanBeTyped(text: String) throws {
    let reduction = try #require(Reduction(parsing: text))
    #expect(reduction.description == text)
  }

  @Test(arguments: [
    "agents", "agents=x", "agents=1+2", "without=weather", "seconds=9999999", "frameworks=-1",
  ])
  func whatIsNoReductionIsRefused(text: String) { #expect(Reduction(parsing: text) == nil) }

  @Test func aFailureIsShrunkToWhatItNeeds() {
    var wishes = ShapeWishes()
    wishes.agents = 9
    wishes.frameworks = 6
    // Fails if the third framework is there for a minute at least.
    var shrinking = Shrinking(Shape(11, wishes)) { reduction in
      (reduction.frameworks ?? [2]).contains(2) && (reduction.seconds ?? 100) >= 60
    }
    shrinking.run()
    let rest = shrinking.shape.reduced(by: shrinking.reduction)
    #expect(rest.frameworks.map(\.number) == [2])
    #expect(rest.actions.isEmpty)
    #expect(rest.length == .seconds(60))
    #expect(rest.agents.count < 9)
  }

  @Test func failuresAreAlikeWhateverTheirNumbers() {
    let kinds = [
      "seed 0x1 · after 2m virtual · task a-1 runs twice",
      "seed 0x22 · after 5m virtual · task b-7 runs twice",
    ]
    .map(TrialOutcome.kind)
    #expect(kinds[0] == kinds[1])
    #expect(TrialOutcome.kind(of: "seed 0x1 · after 2m virtual · task a-1 is lost") != kinds[0])
  }

  @Test func everyMarkHasANameOfItsOwn() {
    let names = NodeMarks.allNames
    #expect(names.count >= 40)
    #expect(Set(names).count == names.count)
  }
}
