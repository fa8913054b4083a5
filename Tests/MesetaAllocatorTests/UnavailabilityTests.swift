// Asking frameworks to do without agents that are to go down.

import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

extension Allocator {
  /// Who is asked now, about which agent.
  fileprivate mutating func ask(at now: Instant = .zero) -> [InverseAllocation] {
    var result: [InverseAllocation] = []
    allocateInverse(now: now) { result.append($0) }
    return result
  }
}

@Suite struct UnavailabilityTests {
  var allocator = Allocator(seed: 1)
  let agent: AgentSlot
  let framework: FrameworkSlot
  let window = Unavailability(start: 100, duration: 10)

  init() throws {
    agent = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    framework = allocator.addFramework(roles: ["r"])
    allocator.accept(try #require(allocator.run().first), bag("cpus:1;mem:100"), refuse: .seconds(600))
  }

  private func answer(_ isAccepted: Bool) -> InverseOfferAnswer {
    InverseOfferAnswer("F", isAccepted: isAccepted, time: 7)
  }

  @Test mutating func nobodyIsAskedWithoutReason() {
    #expect(allocator.ask().isEmpty)
    let other = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    allocator.suppress(framework)
    allocator.setUnavailability(other, window)
    #expect(allocator.ask().isEmpty, "nothing is held there")
  }

  @Test mutating func whoeverHoldsSomethingIsAskedOnceUntilItAnswers() {
    allocator.setUnavailability(agent, window)
    let asked = allocator.ask()
    #expect(asked.map(\.framework) == [framework] && asked.first?.unavailability == window)
    #expect(allocator.ask().isEmpty)
    allocator.answerInverse(agent, framework, answer(true), refuse: .zero, now: .zero)
    #expect(allocator.inverseAnswers(agent) == [answer(true)])
    #expect(allocator.ask().count == 1)
    allocator.recoverInverse(agent, framework)
    #expect(allocator.inverseAnswers(agent) == [answer(true)], "that it was taken back is no answer")
    #expect(allocator.ask().count == 1)
  }

  @Test mutating func aFilterOfWhatIsNoLongerPlannedWakesNobody() {
    allocator.setUnavailability(agent, window)
    _ = allocator.ask()
    allocator.answerInverse(agent, framework, answer(true), refuse: .seconds(5), now: .zero)
    allocator.setUnavailability(agent, nil)
    _ = allocator.ask(at: .zero + .seconds(5))
    #expect(allocator.nextWake > .zero + .seconds(5))
  }

  @Test mutating func whoeverIsOfferedSomethingIsAskedToo() {
    let other = allocator.addFramework(roles: ["s"])
    #expect(allocator.run().map(\.framework) == [other])
    allocator.setUnavailability(agent, window)
    #expect(Set(allocator.ask().map(\.framework)) == [framework, other])
  }

  @Test mutating func anAnswerMayKeepTheQuestionAway() {
    allocator.setUnavailability(agent, window)
    _ = allocator.ask()
    allocator.answerInverse(agent, framework, answer(false), refuse: .seconds(5), now: at(1))
    #expect(allocator.nextWake == at(6), "it wants to be run then")
    #expect(allocator.ask(at: at(5)).isEmpty)
    #expect(allocator.nextWake == at(6))
    #expect(allocator.ask(at: at(6)).count == 1)
  }

  @Test mutating func anotherTimeIsAnotherQuestion() {
    allocator.setUnavailability(agent, window)
    _ = allocator.ask()
    allocator.answerInverse(agent, framework, answer(false), refuse: .seconds(500), now: .zero)
    allocator.setUnavailability(agent, Unavailability(start: 200))
    #expect(allocator.inverseAnswers(agent).isEmpty)
    #expect(allocator.ask().count == 1)
    allocator.setUnavailability(agent, nil)
    #expect(allocator.unavailability(agent) == nil && allocator.ask().isEmpty)
  }

  @Test mutating func anAnswerThatNobodyAskedForCountsNothing() {
    allocator.setUnavailability(agent, window)
    allocator.answerInverse(agent, framework, answer(true), refuse: .seconds(500), now: .zero)
    #expect(allocator.inverseAnswers(agent).isEmpty)
    #expect(allocator.ask().count == 1)
  }

  @Test mutating func whatIsInactiveIsNotAskedAndAskedAnewOnceItIsBack() {
    allocator.setUnavailability(agent, window)
    allocator.setActive(agent, false)
    #expect(allocator.ask().isEmpty)
    allocator.setActive(agent, true)
    _ = allocator.ask()
    allocator.answerInverse(agent, framework, answer(true), refuse: .seconds(500), now: .zero)
    allocator.setActive(framework, false)
    #expect(allocator.ask().isEmpty)
    allocator.setActive(framework, true)
    #expect(allocator.inverseAnswers(agent) == [answer(true)])
    #expect(allocator.ask().count == 1)
  }

  @Test mutating func whatIsGoneIsForgotten() throws {
    let other = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    let third = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    for offer in allocator.run() { allocator.accept(offer, offer.resources) }
    for slot in [agent, other, third] { allocator.setUnavailability(slot, window) }
    #expect(allocator.ask().count == 3)
    allocator.removeAgent(agent)
    for slot in [agent, other, third] { allocator.recoverInverse(slot, framework) }
    #expect(Set(allocator.ask().map(\.agent)) == [other, third])
    allocator.setUnavailability(agent, window)
    #expect(allocator.unavailability(agent) == nil)
  }
}
