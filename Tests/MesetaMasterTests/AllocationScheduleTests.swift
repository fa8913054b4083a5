import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct AllocationScheduleTests {
  private let interval = Span.seconds(1)

  @Test func somethingNewIsOfferedAtOnce() {
    var schedule = AllocationSchedule()
    #expect(schedule.nextRun(.never) == .never)
    schedule.want()
    #expect(schedule.isDue(.zero, filterEnd: .never))
    schedule.ran(.zero, isFinished: true, interval: interval)
    #expect(!schedule.isDue(.zero, filterEnd: .never))
  }

  @Test func whatWasDeclinedWaitsForTheInterval() {
    var schedule = AllocationSchedule()
    schedule.want()
    schedule.ran(.zero, isFinished: true, interval: interval)
    schedule.wantAtInterval()
    #expect(schedule.nextRun(.never) == .zero + interval)
    #expect(schedule.nextRun(Instant(nanoseconds: 5)) == Instant(nanoseconds: 5), "a filter ends before")
  }

  @Test func aRunThatIsNotFinishedGoesOn() {
    var schedule = AllocationSchedule()
    schedule.want()
    schedule.ran(.zero, isFinished: false, interval: interval)
    #expect(schedule.isDue(.zero, filterEnd: .never))
  }

  @Test func whatWasDeclinedIsStillOfferedAfterARunThatIsNotFinished() {
    var schedule = AllocationSchedule()
    schedule.wantAtInterval()
    schedule.ran(Instant(nanoseconds: 1), isFinished: false, interval: interval)
    schedule.ran(Instant(nanoseconds: 2), isFinished: true, interval: interval)
    #expect(schedule.nextRun(.never) == .never, "that run was the one at the interval")
    schedule.wantAtInterval()
    #expect(schedule.nextRun(.never) == Instant(nanoseconds: 2) + interval)
  }
}
