import MesetaHTTP
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import Testing

/// Requests to the executor's endpoint that are refused, with the statuses and the words that Mesos has for them.
@Suite(.timeLimit(.minutes(5))) struct BadExecutorCallTests {
  private static let uuid = "uwxwAQ6fRQqOCNtf/Z/yAw=="
  private static let invalid = "Failed to validate Executor::Call: "

  private static func update(_ fields: String) -> String {
    executorCall("UPDATE", #""update": {"status": {"task_id": {"value": "t"}, \#(fields)}}"#, of: "FRAMEWORK")
  }

  static let refused: [BadRequest] = [
    BadRequest(name: "an empty body", body: "", text: "Failed to parse body into JSON: "),
    BadRequest(name: "half of an object", body: #"{"type":"#, text: "Failed to parse body into JSON: "),
    BadRequest(
      name: "a list", body: "[]", text: "Failed to convert JSON into Call protobuf: Expecting a JSON object"),
    BadRequest(
      name: "no Content-Type", body: executorCall("SUBSCRIBE", #""subscribe": {}"#),
      fields: ["Content-Type": ""], text: "Expecting 'Content-Type' to be present"),
    BadRequest(
      name: "plain text", body: executorCall("SUBSCRIBE", #""subscribe": {}"#),
      fields: ["Content-Type": "text/plain"], status: 415,
      text: "Expecting 'Content-Type' of application/json or application/x-protobuf"),
    BadRequest(
      name: "JSON that is called protobuf", body: executorCall("HEARTBEAT"),
      fields: ["Content-Type": "application/x-protobuf"], text: "Failed to parse body into Call protobuf"),
    BadRequest(
      name: "events wanted in HTML", body: executorCall("SUBSCRIBE", #""subscribe": {}"#, of: "FRAMEWORK"),
      fields: ["Accept": "text/html"], status: 406,
      text: "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'"),
    BadRequest(name: "no type", body: "{}", text: "Failed to "),
    BadRequest(
      name: "a type that nobody knows", body: executorCall("FOO"),
      text: invalid + "Expecting 'type' to be present"),
    BadRequest(
      name: "the type UNKNOWN", body: executorCall("UNKNOWN"), status: 501, text: "executor calls of type 0"),
    BadRequest(
      name: "no subscription", body: executorCall("SUBSCRIBE"),
      text: invalid + "Expecting 'subscribe' to be present"),
    BadRequest(
      name: "no update", body: executorCall("UPDATE"), text: invalid + "Expecting 'update' to be present"),
    BadRequest(
      name: "no message", body: executorCall("MESSAGE"), text: invalid + "Expecting 'message' to be present"),
    BadRequest(
      name: "no executor's id",
      body: #"{"type": "SUBSCRIBE", "framework_id": {"value": "f"}, "subscribe": {}}"#,
      text: "Failed to convert JSON into Call protobuf: Missing required fields: executor_id"),
    BadRequest(
      name: "no framework's id",
      body: #"{"type": "SUBSCRIBE", "executor_id": {"value": "e"}, "subscribe": {}}"#,
      text: "Failed to convert JSON into Call protobuf: Missing required fields: framework_id"),
    BadRequest(
      name: "another framework", body: executorCall("SUBSCRIBE", #""subscribe": {}"#),
      text: "Framework cannot be found"),
    BadRequest(
      name: "another executor",
      body: executorCall("SUBSCRIBE", #""subscribe": {}"#, of: "FRAMEWORK", "nope"),
      text: "Executor cannot be found"),
    BadRequest(
      name: "an update before the subscription",
      body: update(#""state": "TASK_RUNNING", "source": "SOURCE_EXECUTOR", "uuid": "\#(uuid)""#), status: 403,
      text: "Executor is not subscribed"),
    BadRequest(
      name: "a message before the subscription",
      body: executorCall("MESSAGE", #""message": {"data": "aGk="}"#, of: "FRAMEWORK"), status: 403,
      text: "Executor is not subscribed"),
    BadRequest(
      name: "an update without a UUID",
      body: update(#""state": "TASK_RUNNING", "source": "SOURCE_EXECUTOR""#),
      text: invalid + "Expecting 'uuid' to be present"),
    BadRequest(
      name: "a UUID of three bytes",
      body: update(#""state": "TASK_RUNNING", "source": "SOURCE_EXECUTOR", "uuid": "AAAA""#),
      text: invalid + "uuid has 3 bytes, not the 16 of a UUID"),
    BadRequest(
      name: "a UUID of another kind",
      body: update(
        #""state": "TASK_RUNNING", "source": "SOURCE_EXECUTOR", "uuid": "/////////////////////w==""#),
      text: invalid + "Not a valid UUID"),
    BadRequest(
      name: "a source that it is not",
      body: update(#""state": "TASK_RUNNING", "source": "SOURCE_MASTER", "uuid": "\#(uuid)""#),
      text: invalid
        + "Received Call from executor e of framework FRAMEWORK with invalid source, expecting 'SOURCE_EXECUTOR'"
    ),
    BadRequest(
      name: "another executor in the status",
      body: update(
        #""state": "TASK_RUNNING", "source": "SOURCE_EXECUTOR", "uuid": "\#(uuid)", "executor_id": {"value": "zz"}"#
      ), text: invalid + "ExecutorID in Call: e does not match ExecutorID in TaskStatus: zz"),
    BadRequest(
      name: "a state that is the master's",
      body: update(#""state": "TASK_STAGING", "source": "SOURCE_EXECUTOR", "uuid": "\#(uuid)""#),
      text: invalid + "Received TASK_STAGING from executor e of framework FRAMEWORK which is not allowed"),
  ]

  @Test func whatIsWrongWithARequestIsSaid() async throws {
    try await withAgent { agent in
      let (framework, _) = try await agent.launch("t")
      let client = try await agent.connect()
      for bad in Self.refused {
        func named(_ text: String) -> String { text.replacing("FRAMEWORK", with: framework.id) }
        let reply = try await client.ask(post(named(bad.body), to: "/slave(1)/api/v1/executor", bad.fields))
        #expect(reply.status == bad.status, "\(bad.name)")
        #expect(reply.text.hasPrefix(named(bad.text)), "\(bad.name): \(reply.text)")
        #expect(reply.head.fields["content-type"] == "text/plain; charset=utf-8")
      }
    }
  }

  @Test func aHeartbeatIsTakenFromAnybody() async throws {
    try await withAgent { agent in
      let reply = try await agent.ask(post(executorCall("HEARTBEAT"), to: "/api/v1/executor"))
      #expect(reply.status == 202)
      #expect(reply.body.isEmpty)
    }
  }

  @Test func theEndpointIsFoundByAllItsNames() async throws {
    try await withAgent { agent in
      let client = try await agent.connect()
      for path in [
        "/api/v1/executor", "/slave(1)/api/v1/executor", "/slave%281%29/api/v1/executor", "/api/v1/executor/",
      ] {
        let reply = try await client.ask(get(path))
        #expect(reply.status == 405)
        #expect(reply.head.fields["allow"] == "POST")
        #expect(reply.text == "405 Method Not Allowed. Expecting one of { 'POST' }, but received 'GET'.")
      }
      #expect(try await client.ask(get("/slave(2)/api/v1/executor")).status == 404)
      for path in ["/health", "/slave(1)/health"] { #expect(try await client.ask(get(path)).status == 200) }
      let version = try await client.ask(get("/version"))
      #expect(try JSONValue(version.body)["version"].text == Version.mesos)
      for path in ["/flags", "/slave(1)/flags"] {
        #expect(try JSONValue(try await client.ask(get(path)).body)["flags"]["work_dir"].text == "/srv")
      }
    }
  }

  @Test func aBodyThatIsTooLongIsRefused() async throws {
    var options = HTTPOptions()
    options.maximumBodyBytes = 1000
    try await withAgent(options: options) { agent in
      let data = String(repeating: "A", count: 2000)
      let client = try await agent.connect()
      let reply = try await client.ask(
        post(executorCall("MESSAGE", #""message": {"data": "\#(data)"}"#), to: "/api/v1/executor"))
      #expect(reply.status == 413)
      #expect(try await client.ask(get("/health")).status == 200)
    }
  }

  @Test func aBodyThatDoesNotComeIsNotWaitedForForEver() async throws {
    var options = HTTPOptions()
    options.bodyTimeout = .milliseconds(50)
    try await withAgent(options: options) { agent in
      let client = try await agent.connect()
      try await client.send(
        "POST /api/v1/executor HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
      #expect(try await client.reply().status == 408)
    }
  }

  @Test(arguments: [1, 2] as [UInt64])
  func brokenBodiesAreRefused(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    try await withAgent { agent in
      let (framework, _) = try await agent.launch("t")
      let client = try await agent.connect()
      var encoder = MessageEncoder()
      for _ in 0..<200 {
        let isJSON = Bool.random(using: &generator)
        var body: [UInt8] = []
        if isJSON {
          let text = Self.refused[Int.random(in: 0..<Self.refused.count, using: &generator)].body
          body = Array(text.replacing("FRAMEWORK", with: framework.id).utf8)
        } else {
          encoder.encodeValue(
            ExecutorCall(frameworkID: FrameworkID(framework.id), executorID: "e", .message([1, 2, 3])),
            into: &body)
        }
        damage(&body, &generator)
        // The damage may have made a subscription of it, which would be answered without end: no form of events is taken.
        let head =
          "POST /api/v1/executor HTTP/1.1\r\nAccept: text/html\r\nContent-Length: \(body.count)\r\n"
          + "Content-Type: \(isJSON ? "application/json" : "application/x-protobuf")\r\n\r\n"
        try await client.send(Array(head.utf8) + body)
        let status = try await client.reply().status
        #expect((200..<500).contains(status) || status == 501, "\(status) for \(body)")
      }
      #expect(try await client.ask(get("/health")).status == 200)
    }
  }
}
