// What becomes of events when their consumer is slow.

import MesetaFramework
import MesetaModel
import Testing

@Suite struct EventBufferTests {
  private typealias Buffer = EventBuffer

  private func update(_ task: TaskID, _ state: TaskState, uuid: UInt64? = nil) -> TaskUpdate {
    TaskUpdate(status(task, state, uuid: uuid), task: nil)
  }

  @Test func eventsComeOutInTheirOrder() {
    var buffer = Buffer(capacity: 1000)
    for number in 0..<500 { #expect(buffer.push(.agentLost(AgentID("\(number)"))) == .stored) }
    for number in 0..<250 { #expect(buffer.pop() == .agentLost(AgentID("\(number)"))) }
    for number in 500..<600 { _ = buffer.push(.agentLost(AgentID("\(number)"))) }
    for number in 250..<600 { #expect(buffer.pop() == .agentLost(AgentID("\(number)"))) }
    #expect(buffer.pop() == nil && buffer.isEmpty)
  }

  @Test func offersWithoutRoomAreToBeDeclined() {
    var buffer = Buffer(capacity: 3)
    #expect(buffer.push(.offers([offer(1), offer(2)])) == .stored)
    #expect(buffer.push(.offers([offer(3), offer(4)])) == .decline([offer(4)]))
    #expect(buffer.push(.offers([offer(5)])) == .decline([offer(5)]))
    #expect(buffer.pop() == .offers([offer(1), offer(2)]))
    #expect(buffer.count == 1)
  }

  @Test func updatesWithoutRoomAreToBeRefusedIfTheyComeAgain() {
    var buffer = Buffer(capacity: 1)
    _ = buffer.push(.update(update("t", .running, uuid: 1)))
    let late = update("t", .finished, uuid: 2)
    #expect(buffer.push(.update(late)) == .refuse(late))
  }

  @Test func ofUpdatesThatDoNotComeAgainTheLatestOfEachTaskIsKept() {
    var buffer = Buffer(capacity: 1)
    _ = buffer.push(.agentLost("a"))
    _ = buffer.push(.update(update("t1", .running)))
    _ = buffer.push(.update(update("t2", .running)))
    #expect(buffer.push(.update(update("t1", .lost))) == .stored)
    #expect(buffer.count == 3)
    _ = buffer.pop()
    #expect(buffer.pop() == .update(update("t2", .running)))
    #expect(buffer.pop() == .update(update("t1", .lost)))
    #expect(buffer.pop() == nil)
  }

  @Test func anUpdateThatWaitsForItsAcknowledgementIsNotReplaced() {
    var buffer = Buffer(capacity: 1)
    _ = buffer.push(.update(update("t", .running, uuid: 1)))
    _ = buffer.push(.update(update("t", .lost)))
    #expect(buffer.pop() == .update(update("t", .running, uuid: 1)))
    #expect(buffer.pop() == .update(update("t", .lost)))
  }

  @Test func aFlappingConnectionDoesNotFillMemory() {
    var buffer = Buffer(capacity: 2)
    for number in 0..<100 {
      _ = buffer.push(.disconnected(reason: "\(number)"))
      _ = buffer.push(.agentLost("a"))
      _ = buffer.push(.subscribed("f", .reconnection))
    }
    #expect(buffer.count <= 4)
    var left: [SchedulerInput<Never>] = []
    while let event = buffer.pop() { left.append(event) }
    #expect(
      left.suffix(3) == [.disconnected(reason: "99"), .agentLost("a"), .subscribed("f", .reconnection)])
    #expect(buffer.isEmpty)
  }

  @Test func rescindedOffersAreTakenOut() {
    var buffer = Buffer(capacity: 10)
    _ = buffer.push(.offers([offer(1), offer(2)]))
    _ = buffer.push(.offers([offer(3)]))
    _ = buffer.push(.rescinded(offerID(1)))
    _ = buffer.push(.rescinded(offerID(3)))
    #expect(buffer.pop() == .offers([offer(2)]))
    #expect(buffer.pop() == nil, "neither the offer nor news of its end")
    _ = buffer.push(.rescinded(offerID(2)))
    #expect(buffer.pop() == .rescinded(offerID(2)), "this one has reached the consumer")
  }

  @Test func offersAreTakenOutWithTheConnection() {
    var buffer = Buffer(capacity: 2)
    _ = buffer.push(.offers([offer(1), offer(2)]))
    _ = buffer.push(.disconnected(reason: "reset"))
    #expect(buffer.pop() == .disconnected(reason: "reset"))
    #expect(buffer.isEmpty)
  }

  @Test func messagesWithoutRoomAreSaidToBeLost() {
    var buffer = Buffer(capacity: 1)
    _ = buffer.push(.agentLost("a"))
    #expect(buffer.push(.message(agentID: "a", executorID: "e", data: [])) == .lost)
  }
}
