import HTTPTypes
import MesetaHTTP
import MesetaModel
import MesetaRuntime
import Testing

/// What every path of a server has in common, and the endpoints that tell nothing of the cluster.
@Suite(.timeLimit(.minutes(5))) struct ServerTests {
  @Test func theVersionIsThatOfTheInterface() async throws {
    try await withMaster { master in
      let reply = try await master.ask(get("/version"))
      #expect(reply.status == 200)
      #expect(reply.head.fields["content-type"] == "application/json")
      #expect(reply.text.hasSuffix(#""version":"1.11.0"}"#))
      #expect(reply.head.fields["date"]?.hasSuffix(" GMT") == true)
    }
  }

  @Test func theVersionComesAsAScriptIfAFunctionIsNamed() async throws {
    try await withMaster { master in
      let reply = try await master.ask(get("/version?jsonp=cb"))
      #expect(reply.head.fields["content-type"] == "text/javascript")
      #expect(reply.text.hasPrefix("cb({"))
      #expect(reply.text.hasSuffix("})"))
      #expect(try await master.ask(get("/version?jsonp=alert(1)")).status == 400)
    }
  }

  struct Path: Sendable, CustomTestStringConvertible {
    var path: String
    var status: Int
    var testDescription: String { path }
  }

  @Test(arguments: [
    Path(path: "/health", status: 200),
    Path(path: "/health/", status: 200),
    Path(path: "/master/health", status: 200),
    Path(path: "/master/health/", status: 200),
    Path(path: "/health/of/all", status: 200),  // the longest beginning that is known
    Path(path: "/health?x=1", status: 200),
    Path(path: "/healthy", status: 404),
    Path(path: "/", status: 404),
    Path(path: "/master", status: 404),
    Path(path: "/nonexistent", status: 404),
    Path(path: "/master/../health", status: 404),
    Path(path: "/version/", status: 200),
    Path(path: "/version/more", status: 404),
    Path(path: "/api/v1/scheduler/", status: 405),
    Path(path: "/master/api/v1/scheduler", status: 405),
  ])
  func pathsAreReadAsMesosReadsThem(path: Path) async throws {
    try await withMaster { master in
      let reply = try await master.ask(get(path.path))
      #expect(reply.status == path.status)
      if path.status == 404 { #expect(reply.text == "404 Not Found.") }
    }
  }

  @Test(arguments: ["GET", "PUT", "DELETE"])
  func whatTakesOnlyPOSTSaysSo(method: String) async throws {
    try await withMaster { master in
      let reply = try await master.ask(get("/api/v1/scheduler", method: method, "Content-Length: 0"))
      #expect(reply.status == 405)
      #expect(reply.head.fields["allow"] == "POST")
      #expect(
        reply.text == "405 Method Not Allowed. Expecting one of { 'POST' }, but received '\(method)'.")
    }
  }

  @Test func redirectsGoToTheLeader() async throws {
    try await withMaster { master in
      for path in ["/redirect", "/master/redirect"] {
        let reply = try await master.ask(get(path))
        #expect(reply.status == 307)
        #expect(reply.head.fields["location"] == "//master.example:\(master.server.address.port)")
      }
      #expect(try await master.ask(get("/redirect/on")).status == 404)
    }
  }

  @Test func aHEADRequestGetsNoBody() async throws {
    try await withMaster { master in
      let client = try await master.connect()
      try await client.send(get("/version", method: "HEAD"))
      let head = try await client.head()
      #expect(head.status == 200)
      #expect(Int(head.fields["content-length"] ?? "") ?? 0 > 0)
      // What comes next is the answer to the next request.
      #expect(try await client.ask(get("/health")).status == 200)
    }
  }

  @Test func requestsOfOneConnectionAreAnsweredInOrder() async throws {
    try await withMaster { master in
      let client = try await master.connect()
      try await client.send(get("/version") + get("/nonexistent") + get("/health"))
      #expect(try await client.reply().status == 200)
      #expect(try await client.reply().status == 404)
      #expect(try await client.reply().status == 200)
    }
  }

  @Test(arguments: ["GET /health HTTP/1.0\r\n\r\n", "GET /health HTTP/1.1\r\nConnection: Close\r\n\r\n"])
  func aConnectionEndsWithARequestThatIsTheLast(request: String) async throws {
    try await withMaster { master in
      let client = try await master.connect()
      #expect(try await client.ask(request).status == 200)
      #expect(await client.isClosed())
    }
  }

  @Test func aClientThatWaitsToBeToldToSendItsBodyIsTold() async throws {
    try await withMaster { master in
      let client = try await master.connect()
      try await client.send(
        "POST /api/v1/scheduler HTTP/1.1\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
          + "Content-Length: 2\r\n\r\n")
      #expect(try await client.head().status == 100)
      #expect(try await client.ask("{}").status == 400)
    }
  }

  // MARK: Limits

  @Test func bytesThatAreNotHTTPEndTheirConnectionOnly() async throws {
    try await withMaster { master in
      let client = try await master.connect()
      #expect(try await client.ask("GARBAGE\r\n\r\n").status == 400)
      #expect(await client.isClosed())
      #expect(try await master.ask(get("/health")).status == 200)
    }
  }

  @Test func aHeaderThatIsTooLongIsRefused() async throws {
    var options = HTTPOptions()
    options.maximumHeaderBytes = 1000
    try await withMaster(options: options) { master in
      let client = try await master.connect()
      let reply = try await client.ask(get("/health", "X-Long: " + String(repeating: "x", count: 2000)))
      #expect(reply.status == 400)
      #expect(await client.isClosed())
    }
  }

  @Test func aBodyThatIsTooLongIsRefusedAndTheNextRequestAnswered() async throws {
    var options = HTTPOptions()
    options.maximumBodyBytes = 100
    try await withMaster(options: options) { master in
      let client = try await master.connect()
      let long = String(repeating: " ", count: 200)
      let reply = try await client.ask(post(long))
      #expect(reply.status == 413)
      #expect(reply.text == "The body of the request is longer than 100 bytes")
      // The same without its length told before.
      let chunked = try await client.ask(
        post("", ["Content-Length": "", "Transfer-Encoding": "chunked"]) + "c8\r\n\(long)\r\n0\r\n\r\n")
      #expect(chunked.status == 413)
      #expect(try await client.ask(get("/health")).status == 200)
    }
  }

  @Test func aClientThatAsksFirstNeedNotSendABodyThatIsTooLong() async throws {
    var options = HTTPOptions()
    options.maximumBodyBytes = 100
    try await withMaster(options: options) { master in
      let client = try await master.connect()
      let reply = try await client.ask(post("", ["Content-Length": "200", "Expect": "100-continue"]))
      #expect(reply.status == 413)
      #expect(await client.isClosed())
    }
  }

  @Test(arguments: ["Content-Length: 10\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"])
  func aBodyThatDoesNotComeIsNotWaitedForForLong(_ rest: String) async throws {
    var options = HTTPOptions()
    options.bodyTimeout = .milliseconds(50)
    try await withMaster(options: options) { master in
      let client = try await master.connect()
      let head = "POST /api/v1 HTTP/1.1\r\nHost: master\r\nContent-Type: application/json\r\n"
      #expect(try await client.ask(head + rest).status == 408)
      #expect(await client.isClosed())
    }
    // Nor if it is asked for while the request before is being answered.
    try await withMaster(options: options) { master in
      let client = try await master.connect()
      let head = "POST /api/v1 HTTP/1.1\r\nHost: master\r\nContent-Type: application/json\r\n"
      try await client.send(get("/health") + head + rest)
      #expect(try await client.reply().status == 200)
      #expect(try await client.reply().status == 408)
      #expect(await client.isClosed())
    }
  }

  /// Although what has come of it is a call.
  @Test(
    arguments: [
      "Content-Length: 100\r\n\r\n{\"type\":\"GET_VERSION\"}",
      "Transfer-Encoding: chunked\r\n\r\n16\r\n{\"type\":\"GET_VERSION\"}\r\n",
    ])
  func aBodyThatEndsTooEarlyIsNotTaken(_ rest: String) async throws {
    try await withMaster { master in
      let client = try await master.connect()
      try await client.send("POST /api/v1 HTTP/1.1\r\nHost: m\r\nContent-Type: application/json\r\n" + rest)
      try await client.closeOutput()
      let reply = try await client.reply()
      #expect(reply.status == 400)
      #expect(reply.text == "The connection ended before the body of the request")
      #expect(await client.isClosed())
    }
  }

  @Test func aConnectionWithoutARequestIsClosedInTime() async throws {
    var options = HTTPOptions()
    options.idleTimeout = .milliseconds(50)
    try await withMaster(options: options) { master in
      let client = try await master.connect()
      try await client.send("GET /health HTTP/1.1\r\nX-Unfinished: ")
      #expect(await client.isClosed())
    }
  }

  @Test func moreConnectionsThanAllowedWaitForOthersToEnd() async throws {
    var options = HTTPOptions()
    options.maximumConnections = 1
    try await withMaster(options: options) { master in
      let first = try await master.connect()
      #expect(try await first.ask(get("/health")).status == 200)
      let second = try await master.connect()
      try await second.send(get("/health"))
      try await first.close()
      #expect(try await second.reply().status == 200)
    }
  }

  @Test func theServerSaysWhyItCannotListen() async throws {
    try await withMaster { master in
      await #expect(throws: (any Error).self) {
        _ = try await HTTPServer.listen(
          at: master.server.address, on: group, logger: quietLogger)
      }
    }
  }
}
