import MesetaRuntime
import Testing

@Suite struct DeadlinesTests {
  private var deadlines = Deadlines<String>()

  @Test mutating func theEarliestComesUpFirst() {
    deadlines.add("late", at: Instant(nanoseconds: 30))
    deadlines.add("early", at: Instant(nanoseconds: 10))
    #expect(deadlines.next == Instant(nanoseconds: 10))
    #expect(deadlines.takeDue(Instant(nanoseconds: 9)) == nil)
    #expect(deadlines.takeDue(Instant(nanoseconds: 30)) == "early")
    #expect(deadlines.takeDue(Instant(nanoseconds: 30)) == "late")
    #expect(deadlines.takeDue(.never) == nil)
    #expect(deadlines.next == .never)
  }

  @Test mutating func thoseOfOneInstantComeUpAsTheyWereAdded() {
    for number in 0..<20 { deadlines.add("\(number)", at: .zero) }
    var taken: [String] = []
    while let key = deadlines.takeDue(.zero) { taken.append(key) }
    #expect(taken == (0..<20).map(String.init))
  }

  @Test mutating func neverIsNoDeadline() {
    deadlines.add("never", at: .never)
    #expect(deadlines.count == 0)
  }
}
