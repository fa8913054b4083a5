import MesetaRuntime
import Testing

@testable import MesetaSimulation

@Suite struct EventHeapsTests {
  private func at(_ nanoseconds: Int64) -> Instant { Instant(nanoseconds: nanoseconds) }
  private func content(_ number: Int) -> EventHeap.Content { .init(first: UInt64(number), second: 0) }

  @Test func whatIsForOneInstantComesInTheOrderItWasAdded() {
    var heap = EventHeaps()
    for number in 0..<100 { heap.add(content(number), at: at(7)) }
    #expect(heap.takeDue(at(6)) == nil)
    for number in 0..<100 { #expect(heap.takeDue(at(7)) == content(number)) }
    #expect(heap.takeDue(.never) == nil && heap.next == .never)
  }

  @Test func whatNeverHappensIsNotKept() {
    var heap = EventHeaps()
    heap.add(content(1), at: .never)
    #expect(heap.next == .never)
  }

  @Test func theEarliestComesFirstWhateverElseIsAddedMeanwhile() {
    var random = SeededGenerator(seed: 3)
    var heap = EventHeaps()
    var waiting: [(time: Int64, number: Int)] = []
    for number in 0..<5000 {
      // Of those that are soon and those that are later some are for the same instant.
      let time = (Int64(random.below(300)) - 100 + Int64(number)) * 1_000_000
      heap.add(content(number), at: at(time))
      waiting.append((time, number))
      guard random.below(5) < 2, let first = waiting.min(by: { $0 < $1 }) else { continue }
      #expect(heap.next == at(first.time))
      #expect(heap.takeDue(at(first.time)) == content(first.number))
      waiting.removeAll { $0.number == first.number }
    }
    for next in waiting.sorted(by: { $0 < $1 }) { #expect(heap.takeDue(.never) == content(next.number)) }
  }

  @Test func anEventIsTheSameAfterItsTimeInTheHeap() {
    let events: [Event] = [
      .arrival(SessionID(7), atServer: true), .arrival(SessionID(8), atServer: false),
      .giveUp(SessionID(9), atServer: true, blockage: 12),
      .giveUp(SessionID(9), atServer: false, blockage: 0),
      .wake(NodeID(index: 3), life: 4), .resume(NodeID(index: 5), life: 0), .planned(11),
      .fault(.messageLoss), .pooled(6),
    ]
    for event in events { #expect(Event(event.content).map { "\($0)" } == "\(event)") }
  }
}
