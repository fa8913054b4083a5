// Files for operators: to be listed, read and downloaded.

import HTTPTypes
import HummingbirdCore
import MesetaHost
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore

/// Answers `/files/browse`, `/files/read`, `/files/download` and `/files/debug`.
struct FileEndpoints: Sendable {
  /// A directory that operators may look into: by which path, and where it is.
  typealias Place = (path: String, directory: String)

  /// Answers LIST_FILES and READ_FILE.
  let ask: @Sendable (OperatorCall, HTTPExchange) async throws -> OperatorResponse
  let places: @Sendable () async -> [Place]

  /// As much is read at a time for a download, and at most for `/files/read`.
  private static let pieceBytes: UInt64 = 64 << 10

  /// Those of a process that has no files.
  static let none = FileEndpoints(ask: { _, _ in throw HTTPRefusal(.notFound, "") }, places: { [] })

  /// By their paths.
  var endpoints: [String: HTTPEndpoint] {
    [
      "browse": HTTPEndpoint(browse), "read": HTTPEndpoint(read), "download": HTTPEndpoint(download),
      "debug": HTTPEndpoint(debug),
    ]
  }

  private func debug(_ exchange: HTTPExchange) async throws -> Response {
    let places = await places()
    return try .json(for: exchange) { json throws(WireError) in
      try json.object { json in
        for place in places {
          json.name(place.path)
          json.value(place.directory)
        }
      }
    }
  }

  private func path(_ exchange: HTTPExchange) throws(HTTPRefusal) -> String {
    guard let path = exchange.query("path"), !path.isEmpty else {
      throw HTTPRefusal(.badRequest, "Expecting 'path=value' in query.\n")
    }
    return path
  }

  private func browse(_ exchange: HTTPExchange) async throws -> Response {
    guard case .files(let files) = try await ask(.listFiles(path: try path(exchange)), exchange) else {
      throw HTTPRefusal(.notFound, "")
    }
    return try .json(for: exchange) { json throws(WireError) in
      try json.array { json throws(WireError) in for file in files { try json.value(file: file) } }
    }
  }

  /// A part of a file as text. Without an offset, or with the offset -1, it says how long the file is.
  private func read(_ exchange: HTTPExchange) async throws -> Response {
    let path = try path(exchange)
    let offset = try number("offset", exchange) ?? -1
    let length = try number("length", exchange) ?? -1
    let wanted = length < 0 ? Self.pieceBytes : min(UInt64(length), Self.pieceBytes)
    let call = OperatorCall.readFile(
      path: path, offset: UInt64(max(offset, 0)), length: offset < 0 ? 0 : wanted)
    guard case .file(let size, let data) = try await ask(call, exchange) else {
      throw HTTPRefusal(.notFound, "")
    }
    return try .json(for: exchange) { json throws(WireError) in
      try json.object { json in
        json.field("data", String(decoding: data, as: UTF8.self))
        json.field("offset", offset < 0 ? Int(clamping: size) : Int(clamping: offset))
      }
    }
  }

  private func number(_ name: String, _ exchange: HTTPExchange) throws(HTTPRefusal) -> Int64? {
    guard let text = exchange.query(name) else { return nil }
    guard let number = Int64(text) else {
      throw HTTPRefusal(.badRequest, "Failed to parse \(name): '\(text)' is not a number.\n")
    }
    guard number >= -1 else {
      throw HTTPRefusal(.badRequest, "Negative \(name) provided: \(number).\n")
    }
    return number
  }

  private func download(_ exchange: HTTPExchange) async throws -> Response {
    let path = try path(exchange)
    // As long as it is now: it may grow while it is sent.
    guard case .file(let size, _) = try await ask(.readFile(path: path, offset: 0, length: 0), exchange)
    else {
      throw HTTPRefusal(.notFound, "")
    }
    let name = path.split(separator: "/").last.map { $0.filter { $0 != "\"" && !$0.isNewline } } ?? "file"
    let body = ResponseBody(contentLength: Int(clamping: size)) { writer in
      var offset: UInt64 = 0
      while offset < size {
        let wanted = min(Self.pieceBytes, size - offset)
        guard
          case .file(_, let data) = try await ask(
            .readFile(path: path, offset: offset, length: wanted), exchange),
          !data.isEmpty
        else { throw HTTPRefusal(.notFound, "\(path) has become shorter") }
        offset += UInt64(data.count)
        try await writer.write(ByteBuffer(bytes: data))
      }
      try await writer.finish(nil)
    }
    return Response(
      status: .ok,
      headers: [
        .contentType: "application/octet-stream", .contentDisposition: "attachment; filename=\"\(name)\"",
      ], body: body)
  }
}

extension JSONBuilder {
  /// A file as Mesos's older endpoints write it.
  fileprivate mutating func value(file: FileInfo) throws(WireError) {
    try object { json in
      json.field("gid", file.group)
      json.field("mode", file.modeText)
      json.field("mtime", Int(file.modificationTime / 1_000_000_000))
      json.field("nlink", Int(file.linkCount))
      json.field("path", file.path)
      json.field("size", Int(clamping: file.size))
      json.field("uid", file.user)
    }
  }
}

extension FileInfo {
  /// As `ls` writes it.
  fileprivate var modeText: String {
    let bits: [Character] = ["r", "w", "x"]
    let kind = mode & 0o170000 == 0o040000 ? "d" : mode & 0o170000 == 0o120000 ? "l" : "-"
    let rights = (0..<9).map { mode & (0o400 >> $0) != 0 ? String(bits[Int($0) % 3]) : "-" }.joined()
    return kind + rights
  }
}
