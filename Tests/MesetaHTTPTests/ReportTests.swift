import Foundation
import HTTPTypes
import MesetaHost
import MesetaModel
import MesetaRuntime
import NIOCore
import Synchronization
import Testing

@testable import MesetaHTTP

/// Documents that many read: what they cost is bounded.
@Suite(.timeLimit(.minutes(5))) struct ReportTests {
  /// A server of one document of so many pieces, which counts how often it is written, and of another kind of document.
  private final class Library: Sendable {
    let copies = Mutex(0)
    let writes = Mutex(0)
    let asked = Mutex(0)
    /// How many got what was written for another.
    let shared = Mutex<UInt64>(0)
    let pieces: Int
    /// How many must have asked before anything is written.
    let readers: Int

    init(pieces: Int, readers: Int = 0) {
      self.pieces = pieces
      self.readers = readers
    }

    func serve(
      _ options: HTTPOptions, _ body: (HostPort) async throws -> Void
    ) async throws {
      let server = try await HTTPServer.listen(
        at: HostPort(host: "127.0.0.1", port: 0), on: group, options: options, logger: quietLogger)
      let reports = Reports<Int>(options: options, logger: quietLogger) {
        self.copies.withLock { copies in
          copies += 1
          return copies
        }
      }
      let pieces = pieces
      server.serve(
        HTTPRoutes(
          [
            "": [
              "document": HTTPEndpoint { [self] exchange in
                asked.withLock { $0 += 1 }
                return try await reports.response("document", exchange) { [self] copy, pass in
                  writes.withLock { $0 += 1 }
                  while !Task.isCancelled, asked.withLock({ $0 }) < readers { sched_yield() }
                  for _ in 0..<pieces { pass([UInt8](repeating: UInt8(copy % 10 + 48), count: 1 << 16)) }
                }
              },
              "other": HTTPEndpoint { try await reports.response("other", $0) { _, pass in pass([1]) } },
            ]
          ]))
      defer { shared.withLock { $0 = reports.sharedCount } }
      do {
        try await body(server.address)
      } catch {
        await server.stop()
        throw error
      }
      await server.stop()
    }
  }

  @Test func aShortDocumentSaysHowLongItIs() async throws {
    try await Library(pieces: 1).serve(HTTPOptions()) { address in
      let reply = try await RawClient.connect(to: address).ask(get("/document"))
      #expect(reply.head.fields["content-length"] == "65536")
    }
  }

  @Test func aLongDocumentComesInChunks() async throws {
    try await Library(pieces: 40).serve(HTTPOptions()) { address in
      let reply = try await RawClient.connect(to: address).ask(get("/document"))
      #expect(reply.head.fields["transfer-encoding"] == "chunked")
      #expect(reply.body.count == 40 << 16)
    }
  }

  @Test func whoAsksForItIsSentItCompressed() async throws {
    try await Library(pieces: 40).serve(HTTPOptions()) { address in
      let client = try await RawClient.connect(to: address)
      let reply = try await client.ask(get("/document", "Accept-Encoding: deflate, gzip;q=0.5"))
      #expect(reply.head.fields["content-encoding"] == "gzip")
      #expect(reply.body.prefix(2) == [0x1F, 0x8B])
      #expect(reply.body.count < 40 << 12)
      #expect(try gunzip(reply.body) == [UInt8](repeating: 49, count: 40 << 16))
      let plain = try await client.ask(get("/document", "Accept-Encoding: gzip;q=0"))
      #expect(plain.head.fields["content-encoding"] == nil)
    }
  }

  @Test func manySlowReadersKeepOneDocument() async throws {
    var options = HTTPOptions()
    options.readCostFactor = 0
    let library = Library(pieces: 100, readers: 20)
    try await library.serve(options) { address in
      // While the first is written all others ask, and get what is written next.
      var clients: [RawClient] = []
      for _ in 0..<20 {
        let client = try await RawClient.connect(to: address, window: 4096)
        try await client.send(get("/document"))
        clients.append(client)
      }
      for client in clients { #expect(try await client.reply().body.count == 100 << 16) }
      #expect(library.writes.withLock { $0 } <= 3)
    }
    #expect(library.shared.withLock { Int($0) } == 20 - library.writes.withLock { $0 })
  }

  @Test func whoMaySeeOtherThingsGetsADocumentOfTheirOwn() async throws {
    var options = HTTPOptions()
    options.readCostFactor = 0
    options.authenticate = { $0[.authorization].map { Principal($0) } }
    let library = Library(pieces: 1, readers: 3)
    try await library.serve(options) { address in
      var clients: [RawClient] = []
      for name in ["ann", "bob", "eve"] {
        let client = try await RawClient.connect(to: address)
        try await client.send(get("/document", "Authorization: \(name)"))
        clients.append(client)
      }
      for client in clients { #expect(try await client.reply().status == 200) }
    }
    #expect(library.writes.withLock { $0 } == 3)
    #expect(library.shared.withLock { $0 } == 0)
  }

  @Test func theNextOfAKindWaitsUntilTheLastOneIsPaidFor() async throws {
    var options = HTTPOptions()
    options.readBurst = .zero
    options.readCostFactor = 100_000_000  // a microsecond costs more than a minute
    options.lingerTimeout = .milliseconds(50)
    let library = Library(pieces: 1)
    try await library.serve(options) { address in
      let client = try await RawClient.connect(to: address)
      #expect(try await client.ask(get("/document")).head.status == 200)
      try await client.send(get("/document"))
      while !Task.isCancelled, library.asked.withLock({ $0 }) < 2 { await Task.yield() }
      // Whoever writes would have come to the second by now. It is due in minutes: the server stops without it.
      let other = try await RawClient.connect(to: address).ask(get("/other"))
      #expect(other.body == [1])
      #expect(library.writes.withLock { $0 } == 1)
    }
  }

  @Test func documentsThatTakeTooMuchMemoryAreGivenUp() async throws {
    var options = HTTPOptions()
    options.maximumReportBytes = 64 << 20
    try await Library(pieces: 600).serve(options) { address in
      let slow = try await RawClient.connect(to: address, window: 4096)
      try await slow.stopReading()
      try await slow.send(get("/document"))
      slow.channel.read()  // once: the beginning alone
      _ = try await slow.head()
      // Another two are more than may be kept.
      for _ in 0..<2 {
        let reply = try await RawClient.connect(to: address).ask(get("/document"))
        #expect(reply.body.count == 600 << 16)
      }
      try await slow.startReading()
      await #expect(throws: (any Error).self) { while try await slow.chunk() != nil {} }
    }
  }

  @Test func tooManyReadersAreSentAway() async throws {
    var options = HTTPOptions()
    options.maximumReaders = 2
    try await Library(pieces: 600).serve(options) { address in
      var slow: [RawClient] = []
      for _ in 0..<2 {
        let client = try await RawClient.connect(to: address, window: 4096)
        try await client.stopReading()
        try await client.send(get("/document"))
        client.channel.read()  // once: the beginning alone
        _ = try await client.head()
        slow.append(client)
      }
      let reply = try await RawClient.connect(to: address).ask(get("/document"))
      #expect(reply.status == 503)
      #expect(reply.head.fields["retry-after"] == "1")
      // Clients that are let go of leave.
      withExtendedLifetime(slow) {}
    }
  }

  @Test func whoReadsNothingIsCutOff() async throws {
    var options = HTTPOptions()
    options.readTimeout = .milliseconds(50)
    try await Library(pieces: 600).serve(options) { address in
      let client = try await RawClient.connect(to: address, window: 4096)
      try await client.stopReading()
      try await client.send(get("/document"))
      // Until the server has closed the connection, which a client that does not read can only be told by its system.
      while !Task.isCancelled, client.channel.isActive {
        try? await client.send("x")
        await Task.yield()
      }
    }
  }

  private func gunzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    input.fileHandleForWriting.write(Data(bytes))
    input.fileHandleForWriting.closeFile()
    return Array(output.fileHandleForReading.readDataToEndOfFile())
  }
}
