// In what form a request comes, and in what form its sender wants the answer: two questions of their own.

import HTTPTypes

/// A form of the API's messages.
enum MessageFormat: String, Hashable, Sendable {
  case json = "application/json"
  case protobuf = "application/x-protobuf"

  /// The form of a request's body. What follows the type, such as a charset, is not looked at: a real Mesos refuses it, to
  /// nobody's use.
  ///
  /// - Throws: ``HTTPRefusal`` if it is none that is known.
  init(ofBodyWith headers: HTTPFields) throws(HTTPRefusal) {
    guard let value = headers[.contentType] else {
      throw HTTPRefusal(.badRequest, "Expecting 'Content-Type' to be present")
    }
    guard let format = MessageFormat(rawValue: String(MediaRange(value).type)) else {
      throw HTTPRefusal(
        .unsupportedMediaType,
        "Expecting 'Content-Type' of \(MessageFormat.json.rawValue) or \(MessageFormat.protobuf.rawValue)")
    }
    self = format
  }

  /// The form of the answer: JSON unless only protobuf is wanted.
  ///
  /// - Throws: ``HTTPRefusal`` if neither is.
  init(acceptedBy headers: HTTPFields) throws(HTTPRefusal) {
    if Self.json.isAccepted(by: headers[.accept]) {
      self = .json
    } else if Self.protobuf.isAccepted(by: headers[.accept]) {
      self = .protobuf
    } else {
      throw HTTPRefusal(
        .notAcceptable,
        "Expecting 'Accept' to allow '\(MessageFormat.protobuf.rawValue)' or '\(MessageFormat.json.rawValue)'"
      )
    }
  }

  /// Whether a header's field, if it is there, allows this form. The most precise range decides.
  private func isAccepted(by accept: String?) -> Bool {
    guard let accept else { return true }
    let ranges = accept.split(separator: ",").map { MediaRange($0) }
    for wanted in [rawValue, "application/*", "*/*"] {
      if let range = ranges.first(where: { $0.type == wanted }) { return range.isWanted }
    }
    return false
  }
}

/// A type or a group of types in a header.
struct MediaRange {
  /// In small letters, without spaces.
  let type: String
  /// False if its weight is 0.
  let isWanted: Bool

  init(_ text: some StringProtocol) {
    let parts = text.lowercased().filter { $0 != " " && $0 != "\t" }.split(separator: ";")
    type = parts.first.map(String.init) ?? ""
    let weight = parts.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2)
    isWanted = weight.map { (Double($0) ?? 0) > 0 } ?? true
  }
}
