// One request, as an endpoint sees it.

import HTTPTypes
import HummingbirdCore
import MesetaRuntime
import NIOCore

/// A request and the connection that it came by.
struct HTTPExchange: Sendable {
  let request: Request
  let channel: any Channel
  let options: HTTPOptions

  var path: String { request.head.path.map { String($0.prefix { $0 != "?" }) } ?? "" }

  /// Who asks, if they have proven it.
  var principal: Principal? { options.authenticate(request.headers) }

  /// The IP address that the request came from.
  var peerIP: String? { channel.remoteAddress?.ipAddress }

  /// Where the request came from, `HOST:PORT`.
  var peerAddress: String {
    guard let address = channel.remoteAddress else { return "somewhere" }
    return "\(address.ipAddress ?? "?"):\(address.port ?? 0)"
  }

  /// The one value of a parameter of the query.
  func query(_ name: String) -> String? {
    request.uri.queryParameters[Substring(name)].map(String.init)
  }

  /// Calls the function once the client has closed its side of the connection, or all of it.
  func whenInputCloses(_ function: @escaping @Sendable () -> Void) {
    channel.eventLoop.execute {
      guard channel.isActive,
        let rules = try? channel.pipeline.syncOperations.handler(type: HTTPRequestRules.self)
      else { return function() }
      rules.whenInputCloses(function)
    }
  }

  /// Reads the whole body, within the limits of size and time.
  ///
  /// - Throws: ``HTTPRefusal`` if the body passes a limit or ends too early.
  func body() async throws -> [UInt8] {
    let length = request.headers[.contentLength].flatMap { Int($0) }
    if let length, length > options.maximumBodyBytes, request.headers[.expect] != nil {
      // The client waits to be told to send it; if it sent it all the same, that would be read as its next request.
      channel.close(mode: .input, promise: nil)
      throw tooLong
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(length ?? 0, 64 << 10))
    var count = 0
    do {
      for try await part in request.body {
        count += part.readableBytes
        // What is too long is read to its end, so that the client gets to read the answer, but not kept.
        if count <= options.maximumBodyBytes { part.withUnsafeReadableBytes { bytes.append(contentsOf: $0) } }
      }
    } catch {
      throw await isLate ? late : endedEarly
    }
    if count > options.maximumBodyBytes { throw tooLong }
    return bytes
  }

  /// Whether the body has taken too long, so that no more of it was read.
  private var isLate: Bool {
    get async {
      let isLate = channel.eventLoop.submit { [channel] in
        try channel.pipeline.syncOperations.handler(type: HTTPRequestRules.self).isLate
      }
      return (try? await isLate.get()) ?? false
    }
  }

  private var tooLong: HTTPRefusal {
    HTTPRefusal(
      .contentTooLarge, "The body of the request is longer than \(options.maximumBodyBytes) bytes")
  }

  private var late: HTTPRefusal {
    HTTPRefusal(
      .requestTimeout, "The body of the request did not arrive within \(options.bodyTimeout)")
  }

  private var endedEarly: HTTPRefusal {
    HTTPRefusal(.badRequest, "The connection ended before the body of the request")
  }
}
