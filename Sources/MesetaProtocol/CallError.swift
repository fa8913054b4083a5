/// Why a call was not accepted, for the caller.
public struct CallError: Error, Hashable, Codable, Sendable, CustomStringConvertible {
  /// What kind of fault it is; the raw values are the HTTP status that Mesos answers.
  public enum Code: Int32, Hashable, Codable, Sendable {
    case badRequest = 400
    case unauthorized = 401
    case forbidden = 403
    case notFound = 404
    case conflict = 409
    case notImplemented = 501
    case unavailable = 503
  }

  public var code: Code
  /// What was wrong, with the value, and what to do.
  public var message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
