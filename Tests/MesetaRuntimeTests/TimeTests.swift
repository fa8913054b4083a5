import MesetaRuntime
import Testing

@Suite struct TimeTests {
  @Test func aLongWaitEndsNever() {
    #expect(Instant(nanoseconds: .max - 1) + Span(nanoseconds: 2) == .never)
    #expect(Instant.zero + .seconds(1) == Instant(nanoseconds: 1_000_000_000))
    #expect(Instant.zero + .seconds(1) - .zero == .seconds(1))
  }

  @Test func aSpanDoesNotOverflow() {
    #expect(Span.minutes(10) * Int.max == Span(nanoseconds: .max))
    #expect(Span.seconds(15) * 5 == .seconds(75))
  }

  @Test(
    arguments: [
      (0.0, Span.zero), (0.5, .milliseconds(500)), (1e300, .seconds(365 * 86400)),
      (.infinity, .seconds(365 * 86400)),
      (-0.001, nil), (.nan, nil), (-.infinity, nil),
    ] as [(Double, Span?)])
  func secondsFromOutsideAreClamped(_ seconds: Double, _ span: Span?) {
    #expect(Span(clampingSeconds: seconds) == span)
  }

  @Test(
    arguments: [
      (0, "0s"), (1, "1ns"), (1500, "1500ns"), (2000, "2us"), (250_000_000, "250ms"), (90_000_000_000, "90s"),
      (600_000_000_000, "10m"), (7_200_000_000_000, "2h"), (-5_000_000_000, "-5s"),
    ] as [(Int64, String)])
  func aSpanIsPrintedInItsLargestUnit(_ nanoseconds: Int64, _ text: String) {
    #expect(Span(nanoseconds: nanoseconds).description == text)
  }
}
