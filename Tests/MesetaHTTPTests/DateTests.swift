import Testing

@testable import MesetaHTTP

@Suite struct DateTests {
  @Test(
    arguments: [
      (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
      (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
      (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
      (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"),
      (1_795_374_611, "Sun, 22 Nov 2026 19:10:11 GMT"),
      (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
      (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
    ] as [(Int64, String)])
  func timesAreWrittenAsHTTPHasThem(second: Int64, text: String) {
    #expect(HTTPDate.text(second) == text)
  }
}
