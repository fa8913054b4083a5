// The independent codec that the tests compare ours with: Debian's protoc, run as a process.

import Foundation

struct ProtocError: Error, CustomStringConvertible {
  var description: String
}

enum Protoc {
  static let protos = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sources/CMesosWire/Protos")

  /// The bytes of a message in protobuf's text format.
  static func encode(_ text: String, as message: String) throws -> [UInt8] {
    [UInt8](try run("--encode=\(message)", Data(text.utf8)))
  }

  /// The text format of a message's bytes.
  static func decode(_ bytes: [UInt8], as message: String) throws -> String {
    String(decoding: try run("--decode=\(message)", Data(bytes)), as: UTF8.self)
  }

  private static func run(_ option: String, _ input: Data) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let files = try FileManager.default.contentsOfDirectory(atPath: protos.path)
    process.arguments =
      ["protoc", option, "--proto_path=\(protos.path)"] + files.filter { $0.hasSuffix(".proto") }.sorted()
    // Files rather than pipes: no deadlock however long the message is.
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let paths = ["in", "out", "err"].map { folder.appendingPathComponent($0) }
    try input.write(to: paths[0])
    for path in paths.dropFirst() { try Data().write(to: path) }
    process.standardInput = try FileHandle(forReadingFrom: paths[0])
    process.standardOutput = try FileHandle(forWritingTo: paths[1])
    process.standardError = try FileHandle(forWritingTo: paths[2])
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let reason = String(decoding: try Data(contentsOf: paths[2]), as: UTF8.self)
      throw ProtocError(description: "protoc (apt-get install protobuf-compiler) \(option): \(reason)")
    }
    return try Data(contentsOf: paths[1])
  }
}
