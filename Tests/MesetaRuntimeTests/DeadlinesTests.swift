import MesetaRuntime
import Testing

@Suite struct DeadlinesTests {
  private func at(_ nanoseconds: Int64) -> Instant { Instant(nanoseconds: nanoseconds) }

  private func due(_ deadlines: inout Deadlines<String>, at now: Instant) -> [String] {
    var keys: [String] = []
    while let key = deadlines.takeDue(now) { keys.append(key) }
    return keys
  }

  @Test func theEarliestComesFirst() {
    var deadlines = Deadlines<String>()
    for (key, time) in [("c", 30), ("a", 10), ("b", 20)] as [(String, Int64)] {
      deadlines.add(key, at: at(time))
    }
    #expect(deadlines.next == at(10))
    #expect(due(&deadlines, at: at(9)).isEmpty)
    #expect(due(&deadlines, at: at(20)) == ["a", "b"])
    #expect(deadlines.next == at(30) && deadlines.count == 1)
  }

  @Test func keysOfOneInstantComeInTheOrderTheyWereAdded() {
    var deadlines = Deadlines<String>()
    let keys = (0..<50).map { "\($0)" }
    for key in keys { deadlines.add(key, at: at(5)) }
    #expect(due(&deadlines, at: at(5)) == keys)
  }

  @Test func manyComeInOrderWhileOthersAreAdded() {
    var random = SeededGenerator(seed: 7)
    var deadlines = Deadlines<Int64>()
    var waiting: [Int64] = []
    for round in 0..<2000 {
      let time = Int64(random.below(500)) + Int64(round)
      deadlines.add(time, at: at(time))
      waiting.append(time)
      guard round % 3 == 2, let least = waiting.min() else { continue }
      #expect(deadlines.next == at(least))
      #expect(deadlines.takeDue(at(least)) == least)
      waiting.remove(at: waiting.firstIndex(of: least) ?? 0)
    }
    var rest: [Int64] = []
    while let key = deadlines.takeDue(at(.max - 1)) { rest.append(key) }
    #expect(rest == waiting.sorted())
  }

  @Test func whatIsNeverDueIsNotKept() {
    var deadlines = Deadlines<String>()
    deadlines.add("never", at: .never)
    #expect(deadlines.count == 0 && deadlines.next == .never)
    #expect(deadlines.takeDue(.never) == nil)
  }

  @Test func whatIsNoLongerWantedIsDropped() {
    var deadlines = Deadlines<String>()
    for index in 0..<100 { deadlines.add("\(index)", at: at(Int64(index % 7))) }
    deadlines.keep { $0.hasSuffix("3") }
    #expect(deadlines.count == 10)
    #expect(due(&deadlines, at: at(7)) == ["63", "43", "23", "93", "3", "73", "53", "33", "13", "83"])
  }
}
