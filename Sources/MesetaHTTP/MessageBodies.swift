// The messages of bodies: the call of a request, or what is wrong with it in Mesos's words where a client may look for them; and
// the answer.

import HTTPTypes
import HummingbirdCore
import MesetaProtocol
import MesetaWire
import NIOCore

extension MessageFormat {
  /// Reads the body of a request.
  ///
  /// - Parameter name: Mesos's name of the call, for errors.
  /// - Throws: ``HTTPRefusal`` that says what is wrong with it.
  func decode<Call: WireConvertible>(_ body: [UInt8], as name: String) throws(HTTPRefusal) -> Call {
    do throws(WireError) {
      switch self {
      case .json: return try Call(json: body)
      case .protobuf:
        var decoder = MessageDecoder()
        return try decoder.decodeValue(from: body)
      }
    } catch {
      throw HTTPRefusal(error, in: self, of: name)
    }
  }

  /// Writes the body of an answer.
  func encode(
    _ value: some WireConvertible, resources: ResourceFormat = .reservations
  ) throws(WireError) -> [UInt8] {
    var encoder = MessageEncoder(resourceFormat: resources)
    var bytes: [UInt8] = []
    switch self {
    case .json:
      try encoder.withMessage(of: value) { message throws(WireError) in try appendJSON(message, to: &bytes) }
    case .protobuf: encoder.encodeValue(value, into: &bytes)
    }
    return bytes
  }
}

extension HTTPExchange {
  /// The call of a request, and the form that it came in.
  ///
  /// - Parameter name: Mesos's name of the call, for errors.
  /// - Throws: ``HTTPRefusal`` if it is no POST, or there is something wrong with its body.
  func call<Call: WireConvertible>(_ name: String) async throws -> Call {
    try require(.post)
    return try MessageFormat(ofBodyWith: request.headers).decode(try await body(), as: name)
  }

  /// - Throws: ``HTTPRefusal`` if the request's method is another.
  func require(_ method: HTTPRequest.Method) throws(HTTPRefusal) {
    if request.method != method { throw HTTPRefusal(onlyTaking: method, not: request.method) }
  }
}

extension Response {
  /// A message of the schema.
  static func message(
    _ value: some WireConvertible, in format: MessageFormat, resources: ResourceFormat = .reservations
  ) throws(WireError) -> Response {
    Response(
      status: .ok, headers: [.contentType: format.rawValue],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: try format.encode(value, resources: resources))))
  }
}

extension HTTPRefusal {
  /// What is wrong with a body that is to be a call.
  init(_ error: WireError, in format: MessageFormat, of call: String) {
    let subject = error.path.isEmpty ? "the call" : error.path
    let place = error.offset.map { " (byte \($0))" } ?? ""
    let problem = "\(subject) \(error.reason)\(place)"
    let text =
      switch (error.reason, format) {
      case (.notPresent, _): "Failed to validate \(call): Expecting '\(error.path)' to be present"
      case (.notJSON(let detail), _): "Failed to parse body into JSON: \(detail)\(place)"
      case (.missingRequired, .json):
        "Failed to convert JSON into Call protobuf: Missing required fields: \(error.path)"
      case (.invalid, .json) where error.path.isEmpty:
        "Failed to convert JSON into Call protobuf: Expecting a JSON object: \(problem)"
      // What the schema itself allows has no place: the value was read, and is not what it should be.
      case (.invalid, _) where error.offset == nil: "Failed to validate \(call): \(problem)"
      case (_, .json): "Failed to convert JSON into Call protobuf: \(problem)"
      case (_, .protobuf): "Failed to parse body into Call protobuf: \(problem)"
      }
    self.init(.badRequest, text)
  }
}
