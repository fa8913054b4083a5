// Which request goes where: Mesos's rules for paths.

import HTTPTypes
import HummingbirdCore
import MesetaRuntime
import NIOCore
import NIOHTTPTypes

/// Answers requests to one path.
public struct HTTPEndpoint: Sendable {
  let answer: @Sendable (HTTPExchange) async throws -> Response

  init(_ answer: @escaping @Sendable (HTTPExchange) async throws -> Response) { self.answer = answer }
}

/// The endpoints of a server by their paths.
///
/// The first part of a path names what Mesos calls a process; what names none is of the process that stands for all of them, so
/// that `/master/state` and `/state` are the same. Of the rest of the path the longest beginning counts that is known:
/// `/api/v1/operator` is answered by `/api/v1`.
public struct HTTPRoutes: Sendable {
  /// By process and by the path within it. Look-up only.
  private let endpoints: [String: [String: HTTPEndpoint]]
  private let delegate: String
  private let others: HTTPEndpoint?

  /// - Parameters:
  ///   - endpoints: by process and by the path within it, without slashes at its ends.
  ///   - delegate: the process that gets what is for no other.
  ///   - others: answers requests to all other paths.
  init(
    _ endpoints: [String: [String: HTTPEndpoint]], delegate: String = "", others: HTTPEndpoint? = nil
  ) {
    self.endpoints = endpoints
    self.delegate = delegate
    self.others = others
  }

  /// The endpoint for a path; nil if there is none.
  func endpoint(for path: String) -> HTTPEndpoint? {
    if path.contains("/..") { return nil }
    let parts = path.split(separator: "/").map(String.init)
    if let first = parts.first, let process = endpoints[first] {
      return Self.longest(Array(parts.dropFirst()), of: process)
    }
    return endpoints[delegate].flatMap { Self.longest(parts, of: $0) }
  }

  private static func longest(_ parts: [String], of process: [String: HTTPEndpoint]) -> HTTPEndpoint? {
    if parts.isEmpty { return process[""] }
    return (1...parts.count).reversed().lazy
      .compactMap { process[parts.prefix($0).joined(separator: "/")] }.first
  }

  /// Answers one request.
  func answer(
    _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel, _ options: HTTPOptions
  ) async throws {
    let exchange = HTTPExchange(request: request, channel: channel, options: options)
    var response: Response
    do {
      response = try await respond(to: exchange)
    } catch let refusal as HTTPRefusal {
      response = refusal.response
    }
    response.headers[.date] = HTTPDate.now
    if request.method == .head {
      response = response.createHeadResponse()
    }
    try await writer.write(response: response.head, body: response.body)
  }

  private func respond(to exchange: HTTPExchange) async throws -> Response {
    guard exchange.path.hasPrefix("/") else {
      return .text(.badRequest, "Request URL path must start with '/'")
    }
    guard let endpoint = endpoint(for: exchange.path) ?? others else {
      return .text(.notFound, "404 Not Found.")
    }
    return try await endpoint.answer(exchange)
  }
}
