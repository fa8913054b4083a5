import MesetaRuntime
import Testing

@Suite struct TimeTests {
  @Test func timeEndsAtNever() {
    #expect(Instant(nanoseconds: .max - 1) + .seconds(1) == .never)
    #expect(Span(nanoseconds: .max / 2) * 3 == Span(nanoseconds: .max))
    #expect(Span.seconds(15) * 5 == .seconds(75))
  }

  @Test(arguments: [
    (0, 0), (0.5, 500_000_000), (5, 5_000_000_000), (1e300, 31_536_000_000_000_000),
    (.infinity, 31_536_000_000_000_000),
  ] as [(Double, Int64)])
  func secondsFromOutsideAreCutToAYear(seconds: Double, nanoseconds: Int64) {
    #expect(Span(clampingSeconds: seconds)?.nanoseconds == nanoseconds)
  }

  @Test(arguments: [-1, -1e-9, .nan, -.infinity] as [Double])
  func whatIsNoLengthOfTimeIsNone(seconds: Double) {
    #expect(Span(clampingSeconds: seconds) == nil)
  }

  @Test(arguments: [
    (0, "0s"), (250_000_000, "250ms"), (5_000_000_000, "5s"), (600_000_000_000, "10m"), (7, "7ns"),
    (90_000_000_000, "90s"), (7_200_000_000_000, "2h"),
  ] as [(Int64, String)])
  func aSpanIsWrittenInItsLargestUnit(nanoseconds: Int64, text: String) {
    #expect(Span(nanoseconds: nanoseconds).description == text)
  }
}
