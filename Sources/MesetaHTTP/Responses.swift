// The kinds of answers, as Mesos words and labels them.

import HTTPTypes
import HummingbirdCore
import MesetaProtocol
import MesetaWire
import NIOCore

/// Why a request is not answered as its sender hoped.
struct HTTPRefusal: Error {
  let status: HTTPResponse.Status
  let text: String
  let headers: HTTPFields

  init(_ status: HTTPResponse.Status, _ text: String, headers: HTTPFields = [:]) {
    self.status = status
    self.text = text
    self.headers = headers
  }

  /// The method is not one that the path takes.
  init(onlyTaking methods: HTTPRequest.Method..., not received: HTTPRequest.Method) {
    let quoted = methods.map { "'\($0)'" }.joined(separator: ", ")
    self.init(
      .methodNotAllowed,
      "405 Method Not Allowed. Expecting one of { \(quoted) }, but received '\(received)'.",
      headers: [.allow: methods.map { "\($0)" }.joined(separator: ", ")])
  }

  init(_ error: CallError) {
    self.init(HTTPResponse.Status(code: Int(error.code.rawValue)), error.message)
  }

  var response: Response {
    var response = Response.text(status, text)
    for field in headers { response.headers.append(field) }
    return response
  }
}

extension Response {
  /// Words for people, or for clients that look for them.
  static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
    Response(
      status: status, headers: text.isEmpty ? [:] : [.contentType: "text/plain; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  /// Nothing but the status.
  static func empty(_ status: HTTPResponse.Status) -> Response { Response(status: status) }

  /// JSON; as a call of a function if the request names one with `jsonp`.
  static func json(_ json: ByteBuffer, for exchange: HTTPExchange) throws(HTTPRefusal) -> Response {
    guard let function = try exchange.jsonp else {
      return Response(
        status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: json))
    }
    var body = ByteBuffer(string: "\(function)(")
    body.writeImmutableBuffer(json)
    body.writeString(")")
    return Response(
      status: .ok, headers: [.contentType: "text/javascript"], body: ResponseBody(byteBuffer: body))
  }

  /// JSON that is written value by value.
  static func json(
    for exchange: HTTPExchange, _ write: (inout JSONBuilder) throws(WireError) -> Void
  ) throws -> Response {
    try .json(ByteBuffer(bytes: try JSONBuilder.document(write)), for: exchange)
  }
}

extension HTTPExchange {
  /// The function that the answer is to be the argument of.
  var jsonp: String? {
    get throws(HTTPRefusal) {
      guard let function = query("jsonp") else { return nil }
      // What is not the name of a function would be a script of whoever made the link.
      guard function.utf8.allSatisfy({ isPartOfName($0) }) else {
        throw HTTPRefusal(
          .badRequest, "'jsonp' is not the name of a function: letters, digits, '_', '$' and '.'")
      }
      return function
    }
  }
}

private func isPartOfName(_ letter: UInt8) -> Bool {
  switch letter {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "."):
    true
  default: false
  }
}

extension HTTPField.Name {
  /// Names the stream of events that a call belongs to.
  static let mesosStreamID = known("Mesos-Stream-Id")

  private static func known(_ name: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(name) else {
      // tidy: a name in this file, tried by every test
      preconditionFailure("\(name) is not the name of a header field")
    }
    return name
  }
}
