import HTTPTypes
import Testing

@testable import MesetaHTTP

/// In what form clients get their answers.
@Suite struct MediaTypeTests {
  @Test(
    arguments: [
      (nil, .json), ("*/*", .json), ("application/*", .json), ("application/json", .json),
      ("Application/JSON", .json), ("application/x-protobuf", .protobuf),
      ("application/x-protobuf, application/json", .json),
      ("application/json;q=0, */*", .protobuf),
      ("application/json; q=0.0, application/x-protobuf;q=0.5", .protobuf),
      ("text/html, application/json ; q=0.1", .json), ("text/html", nil), ("application/xml", nil),
      ("application/json;q=0", nil), ("*/*;q=0", nil), ("", nil), (",;,", nil),
    ] as [(String?, MessageFormat?)])
  func theAnswerHasTheFormThatIsAccepted(accept: String?, format: MessageFormat?) {
    let headers: HTTPFields = accept.map { [.accept: $0] } ?? [:]
    #expect((try? MessageFormat(acceptedBy: headers)) == format)
  }

  @Test(
    arguments: [
      ("application/json", .json), ("application/json; charset=utf-8", .json), ("APPLICATION/JSON", .json),
      ("application/x-protobuf", .protobuf), ("text/plain", nil), ("", nil), ("application/*", nil),
    ] as [(String, MessageFormat?)])
  func theBodyHasTheFormThatItsHeaderNames(type: String, format: MessageFormat?) {
    #expect((try? MessageFormat(ofBodyWith: [.contentType: type])) == format)
  }
}
