// Where the leading master is: for clients that came to another.

import HTTPTypes
import HummingbirdCore
import MesetaModel

/// Sends clients to the leading master.
struct LeaderRedirect: Sendable {
  /// Where the leading master answers HTTP; nil while there is none.
  let leader: @Sendable () -> HostPort?

  /// Answers `/redirect`: the leading master itself, whichever that is.
  func toRoot(_ exchange: HTTPExchange) throws -> Response {
    let path = exchange.path.hasPrefix("/master/") ? exchange.path.dropFirst(7) : exchange.path[...]
    // Whatever follows would be asked for again and again.
    guard path == "/redirect" else { return .text(.notFound, "404 Not Found.") }
    return try answer("")
  }

  /// Answers anything else: the same at the leading master.
  func toSame(_ exchange: HTTPExchange) throws -> Response { try answer(exchange.request.head.path ?? "") }

  /// Without the scheme, so that the client keeps its own.
  private func answer(_ path: String) throws -> Response {
    guard let leader = leader() else { throw HTTPRefusal(.serviceUnavailable, "No leader elected") }
    return Response(status: .temporaryRedirect, headers: [.location: "//\(leader)\(path)"])
  }
}
