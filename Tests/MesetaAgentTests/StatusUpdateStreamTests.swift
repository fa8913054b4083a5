// One update at a time, in order, until it is acknowledged.

import MesetaAgent
import MesetaModel
import MesetaRuntime
import Testing

@Suite struct StatusUpdateStreamTests {
  var stream = StatusUpdateStream()

  private func uuid(_ number: UInt64) -> UUID { UUID(random: 0, number) }

  private func status(_ state: TaskState, _ number: UInt64) -> TaskStatus {
    TaskStatus(taskID: "t", state: state, uuid: uuid(number))
  }

  @Test mutating func updatesGoOneByOneAndTheTerminalOneEndsTheStream() {
    #expect(stream.take(status(.starting, 1), mayRepeat: false) == .current)
    #expect(stream.take(status(.running, 2), mayRepeat: false) == .waiting)
    #expect(stream.take(status(.finished, 3), mayRepeat: false) == .waiting)
    #expect(stream.current?.state == .starting)
    #expect(stream.acknowledge(uuid(1)) == .next)
    #expect(stream.current?.state == .running)
    #expect(stream.acknowledge(uuid(2)) == .next)
    #expect(stream.acknowledge(uuid(3)) == .ended)
    #expect(stream.isEmpty)
  }

  @Test mutating func anAcknowledgementThatIsNotAwaitedChangesNothing() {
    #expect(stream.acknowledge(uuid(1)) == .unexpected)
    _ = stream.take(status(.starting, 1), mayRepeat: false)
    _ = stream.take(status(.running, 2), mayRepeat: false)
    #expect(stream.acknowledge(uuid(2)) == .unexpected)
    #expect(stream.acknowledge(uuid(1)) == .next)
    #expect(stream.acknowledge(uuid(1)) == .unexpected)
    #expect(stream.acknowledge(uuid(2)) == .drained)
  }

  @Test mutating func theNextUpdateWaitsUntilTheAcknowledgementIsKept() {
    _ = stream.take(status(.running, 1), mayRepeat: false)
    _ = stream.take(status(.finished, 2), mayRepeat: false)
    for _ in 1...2 { _ = stream.keep() }
    _ = stream.acknowledge(uuid(1))
    stream.hold()
    #expect(stream.sendable == nil)
    stream.release()
    #expect(stream.sendable?.state == .finished)
  }

  @Test mutating func nothingFollowsTheEnd() {
    _ = stream.take(status(.failed, 1), mayRepeat: false)
    #expect(stream.take(status(.running, 2), mayRepeat: false) == .afterEnd)
    #expect(stream.acknowledge(uuid(1)) == .ended)
  }

  @Test mutating func whatAnExecutorSendsAgainIsKnownEvenAfterItsAcknowledgement() {
    #expect(stream.take(status(.running, 1), mayRepeat: true) == .current)
    #expect(stream.take(status(.running, 1), mayRepeat: true) == .duplicate)
    _ = stream.acknowledge(uuid(1))
    #expect(stream.take(status(.running, 1), mayRepeat: true) == .duplicate)
    #expect(stream.take(status(.finished, 2), mayRepeat: true) == .current)
    #expect(stream.take(status(.finished, 2), mayRepeat: true) == .duplicate)
  }

  @Test mutating func updatesThatNobodyAcknowledgesAreBoundedButTheEndIsAlwaysTaken() {
    for number in 0...UInt64(StatusUpdateStream.capacity) {
      #expect(stream.take(status(.running, number), mayRepeat: true) != .full)
    }
    #expect(stream.take(status(.running, 5000), mayRepeat: true) == .full)
    #expect(stream.take(status(.finished, 5001), mayRepeat: true) == .waiting)
  }
}

@Suite struct ResendScheduleTests {
  @Test func nobodyIsWokenForWhatIsNoLongerDue() {
    var schedule = ResendSchedule<Int>(.seconds(10)...(.minutes(10)))
    for key in 0..<5 { _ = schedule.add(key, attempt: key % 2, at: Instant(nanoseconds: Int64(key))) }
    schedule.dropNext { key, _ in key > 2 }
    #expect(schedule.count == 2)
    #expect(schedule.nextWake == Instant(nanoseconds: 4) + .seconds(10))
    schedule.dropNext { _, _ in false }
    #expect(schedule.count == 0 && schedule.nextWake == .never)
  }

  @Test func theWaitDoublesFromTenSecondsToTenMinutes() {
    var schedule = ResendSchedule<Int>(.seconds(10)...(.minutes(10)))
    #expect(schedule.intervals.map(\.inSeconds) == [10, 20, 40, 80, 160, 320, 600])
    #expect(schedule.add(1, attempt: 0, at: .zero) == .zero + .seconds(10))
    #expect(schedule.add(2, attempt: 1, at: .zero) == .zero + .seconds(20))
    #expect(schedule.add(3, attempt: 99, at: .zero) == .zero + .minutes(10))
    #expect(schedule.nextWake == .zero + .seconds(10))
  }

  @Test func keysComeUpWhenTheyAreDue() {
    var schedule = ResendSchedule<Int>(.seconds(10)...(.minutes(10)))
    _ = schedule.add(1, attempt: 1, at: .zero)
    _ = schedule.add(2, attempt: 0, at: .zero)
    #expect(schedule.takeDue(.zero + .seconds(9)) == nil)
    #expect(schedule.takeDue(.zero + .seconds(20))?.key == 2)
    #expect(schedule.takeDue(.zero + .seconds(20))?.key == 1)
    #expect(schedule.takeDue(.never) == nil)
    #expect(schedule.nextWake == .never)
  }

  @Test func whatIsNoLongerDueIsDropped() {
    var schedule = ResendSchedule<Int>(.seconds(10)...(.minutes(10)))
    for key in 0..<10 { _ = schedule.add(key, attempt: key % 3, at: .zero) }
    schedule.keep { key, _ in key == 4 }
    #expect(schedule.count == 1)
    #expect(schedule.takeDue(.never)?.key == 4)
  }
}

@Suite struct KillEscalationTests {
  private func at(_ seconds: Int) -> Instant { .zero + .seconds(seconds) }

  @Test(
    arguments: [
      // first grace, second grace, asked after, what is left
      (20, 30, 1, nil), (20, 20, 1, nil), (20, 5, 1, 4), (20, 5, 10, 0), (20, 0, 1, 0),
    ] as [(Int, Int, Int, Int?)])
  func aSecondKillMayOnlyShortenTheTime(first: Int, second: Int, after: Int, left: Int?) {
    var escalation = KillEscalation(grace: .seconds(first), at: .zero)
    #expect(escalation.shorten(to: .seconds(second), at: at(after)) == left.map { .seconds($0) })
    #expect(escalation.shorten(to: .seconds(second), at: at(after)) == nil || left == 0)
  }
}
