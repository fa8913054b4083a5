import MesetaModel
import Testing

/// Requests to the scheduler's endpoint that are refused, with the statuses and the words that clients of Mesos know.
@Suite(.timeLimit(.minutes(5))) struct BadSchedulerCallTests {
  private static let framework = #"{"user": "root", "name": "x"}"#

  /// What is wrong can be told from the request alone.
  static let malformed: [BadRequest] = [
    BadRequest(name: "an empty body", body: "", text: "Failed to parse body into JSON: "),
    BadRequest(
      name: "half of an object", body: #"{"type":"SUBSCRIBE""#, text: "Failed to parse body into JSON: "),
    BadRequest(
      name: "a text", body: #""x""#,
      text: "Failed to convert JSON into Call protobuf: Expecting a JSON object"),
    BadRequest(
      name: "a list", body: "[1]",
      text: "Failed to convert JSON into Call protobuf: Expecting a JSON object"),
    BadRequest(name: "a nest", body: String(repeating: "[", count: 100_000), text: "Failed to "),
    BadRequest(
      name: "no type", body: "{}",
      text: "Failed to validate scheduler::Call: Expecting 'type' to be present"),
    BadRequest(
      name: "a type that nobody knows", body: #"{"type": "FOO"}"#,
      text: "Failed to validate scheduler::Call: Expecting 'type' to be present"),
    BadRequest(
      name: "the type UNKNOWN", body: #"{"type": "UNKNOWN", "framework_id": {"value": "f"}}"#,
      text: "Failed to validate scheduler::Call: "),
    BadRequest(
      name: "a type that is a number", body: #"{"type": 1}"#,
      text: "Failed to convert JSON into Call protobuf: type is a number"),
    BadRequest(
      name: "no subscription", body: #"{"type": "SUBSCRIBE"}"#,
      text: "Failed to validate scheduler::Call: Expecting 'subscribe' to be present"),
    BadRequest(
      name: "no framework", body: #"{"type": "SUBSCRIBE", "subscribe": {}}"#,
      text: "Failed to convert JSON into Call protobuf: Missing required fields: subscribe.framework_info"),
    BadRequest(
      name: "no user", body: #"{"type": "SUBSCRIBE", "subscribe": {"framework_info": {"name": "x"}}}"#,
      text:
        "Failed to convert JSON into Call protobuf: Missing required fields: subscribe.framework_info.user"),
    BadRequest(
      name: "no name", body: #"{"type": "SUBSCRIBE", "subscribe": {"framework_info": {"user": "x"}}}"#,
      text:
        "Failed to convert JSON into Call protobuf: Missing required fields: subscribe.framework_info.name"),
    BadRequest(
      name: "a number for a text",
      body: #"{"type": "SUBSCRIBE", "subscribe": {"framework_info": {"user": 1, "name": "x"}}}"#,
      text: "Failed to convert JSON into Call protobuf: subscribe.framework_info.user is a number"),
    BadRequest(
      name: "no Content-Type", body: subscribe(), fields: ["Content-Type": ""],
      text: "Expecting 'Content-Type' to be present"),
    BadRequest(
      name: "plain text", body: subscribe(), fields: ["Content-Type": "text/plain"], status: 415,
      text: "Expecting 'Content-Type' of application/json or application/x-protobuf"),
    BadRequest(
      name: "JSON that is called protobuf", body: subscribe(),
      fields: ["Content-Type": "application/x-protobuf"], text: "Failed to parse body into Call protobuf"),
    BadRequest(
      name: "only HTML wanted", body: subscribe(), fields: ["Accept": "text/html"], status: 406,
      text: "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'"),
    BadRequest(
      name: "only XML wanted", body: subscribe(), fields: ["Accept": "application/xml"], status: 406,
      text: "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'"),
    BadRequest(
      name: "a subscription on a stream", body: subscribe(), fields: ["Mesos-Stream-Id": "any"],
      text: "Subscribe calls should not include the 'Mesos-Stream-Id' header"),
    BadRequest(
      name: "an id in the framework alone",
      body: subscribe(#""id": {"value": "nope"}"#),
      text: "Failed to validate scheduler::Call: 'framework_id' differs from 'subscribe.framework_info.id'"),
    BadRequest(
      name: "an id in the call alone",
      body: #"{"type": "SUBSCRIBE", "framework_id": {"value": "f"}, "subscribe": {"framework_info": "#
        + framework + "}}",
      text: "Failed to validate scheduler::Call: 'framework_id' differs from 'subscribe.framework_info.id'"),
    BadRequest(
      name: "no id", body: #"{"type": "DECLINE", "decline": {"offer_ids": [{"value": "o"}]}}"#,
      text: "Failed to validate scheduler::Call: Expecting 'framework_id' to be present"),
    BadRequest(
      name: "bytes that are not base64",
      body: call(
        "MESSAGE", #""message": {"agent_id": {"value": "a"}, "executor_id": {"value": "e"}, "data": "!"}"#),
      text: "Failed to convert JSON into Call protobuf: message.data is not base64"),
    BadRequest(
      name: "a UUID of three bytes",
      body: call(
        "ACKNOWLEDGE",
        #""acknowledge": {"agent_id": {"value": "a"}, "task_id": {"value": "t"}, "uuid": "AAAA"}"#),
      text: "Failed to validate scheduler::Call: acknowledge.uuid is not a valid UUID"),
    BadRequest(
      name: "an operation's answer without its agent",
      body: call(
        "ACKNOWLEDGE_OPERATION_STATUS",
        #""acknowledge_operation_status": {"uuid": "AAAAAAAAAAAAAAAAAAAAAA==", "operation_id": {"value": "o"}}"#
      ),
      text: "Failed to validate scheduler::Call: Expecting 'agent_id' to be present"),
    BadRequest(
      name: "a task without an id",
      body: call(
        "ACCEPT",
        #""accept": {"offer_ids": [{"value": "o"}], "operations": [{"type": "LAUNCH", "launch": {"task_infos": "#
          + #"[{"name": "t", "agent_id": {"value": "a"}}]}}]}"#),
      text: "Failed to convert JSON into Call protobuf: Missing required fields: "
        + "accept.operations.launch.task_infos.task_id"),
    BadRequest(
      name: "a framework that was never there", body: call("REVIVE"), fields: ["Mesos-Stream-Id": "any"],
      text: "Framework cannot be found"),
    BadRequest(
      name: "operations asked after in HTML",
      body: call("RECONCILE_OPERATIONS", #""reconcile_operations": {}"#), fields: ["Accept": "text/html"],
      status: 406, text: "Expecting 'Accept' to allow "),
  ]

  /// Calls whose message is missing.
  static let messages = [
    ("ACCEPT", "accept"), ("DECLINE", "decline"), ("ACCEPT_INVERSE_OFFERS", "accept_inverse_offers"),
    ("DECLINE_INVERSE_OFFERS", "decline_inverse_offers"), ("KILL", "kill"), ("SHUTDOWN", "shutdown"),
    ("ACKNOWLEDGE", "acknowledge"), ("ACKNOWLEDGE_OPERATION_STATUS", "acknowledge_operation_status"),
    ("RECONCILE", "reconcile"), ("RECONCILE_OPERATIONS", "reconcile_operations"), ("MESSAGE", "message"),
    ("REQUEST", "request"), ("UPDATE_FRAMEWORK", "update_framework"),
  ]

  @Test(arguments: malformed)
  func whatIsWrongWithARequestIsSaid(bad: BadRequest) async throws {
    try await withMaster { master in
      let client = try await master.connect()
      let reply = try await client.ask(post(bad.body, bad.fields))
      #expect(reply.status == bad.status)
      #expect(reply.text.hasPrefix(bad.text), "\(reply.text)")
      #expect(reply.head.fields["content-type"] == "text/plain; charset=utf-8")
      // The connection goes on.
      #expect(try await client.ask(get("/health")).status == 200)
    }
  }

  @Test(arguments: messages)
  func aCallWithoutItsMessageIsRefused(type: String, field: String) async throws {
    try await withMaster { master in
      let reply = try await master.ask(post(call(type)))
      #expect(reply.status == 400)
      #expect(reply.text == "Failed to validate scheduler::Call: Expecting '\(field)' to be present")
    }
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    var name: String
    /// Of the framework.
    var fields: String
    var error: String

    var testDescription: String { name }
  }

  /// A framework that cannot be subscribed hears of it as an event.
  static let refused: [Refused] = [
    Refused(
      name: "a role with a dash", fields: #""roles": ["-x"]"#,
      error:
        "'FrameworkInfo.roles' contains invalid role: Role component '-x' is invalid because it starts with a dash"
    ),
    Refused(
      name: "a role of a dot", fields: #""roles": ["."]"#,
      error: "'FrameworkInfo.roles' contains invalid role: Role '.' cannot include '.' as a component"),
    Refused(
      name: "a role with a slash", fields: #""roles": ["/a"]"#,
      error: "'FrameworkInfo.roles' contains invalid role: Role '/a' cannot start with a slash"),
    Refused(
      name: "a role with a space", fields: #""roles": ["a b"]"#,
      error:
        "'FrameworkInfo.roles' contains invalid role: Role component 'a b' is invalid because it contains "
        + "backspace or whitespace"),
    Refused(
      name: "a role twice", fields: #""roles": ["a", "a"]"#,
      error: "'FrameworkInfo.roles' contains duplicate items: { a }"),
    Refused(
      name: "no role", fields: #""roles": [""]"#,
      error: "'FrameworkInfo.roles' contains invalid role: Role names cannot be the empty string"),
    Refused(
      name: "a role besides roles", fields: #""roles": ["b"], "role": "a""#,
      error: "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable"),
    Refused(
      name: "a time-out for ever", fields: #""roles": ["*"], "failover_timeout": 1e+30"#,
      error: "The framework failover_timeout (1e+30) is invalid"),
  ]

  @Test(arguments: refused)
  func aFrameworkThatCannotSubscribeHearsWhyAndItsStreamEnds(refused: Refused) async throws {
    try await withMaster { master in
      let client = try await master.connect()
      let reply = try await client.ask(post(subscribe(refused.fields)))
      #expect(reply.status == 200)
      #expect(reply.head.fields["content-type"] == "application/json")
      #expect(reply.head.fields["mesos-stream-id"]?.count == 36)
      let event = #"{"type":"ERROR","error":{"message":"\#(refused.error)"}}"#
      #expect(reply.text == "\(event.utf8.count)\n\(event)")
    }
  }

  @Test func rolesNeedTheirCapability() async throws {
    try await withMaster { master in
      let body =
        #"{"type": "SUBSCRIBE", "subscribe": {"framework_info": {"user": "u", "name": "n", "roles": ["*"]}}}"#
      let reply = try await master.ask(post(body))
      #expect(
        reply.text.contains(
          "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable"))
    }
  }
}

/// A call of a framework that need not be there.
func call(_ type: String, _ message: String? = nil, of framework: String = "f") -> String {
  #"{"type": "\#(type)", "framework_id": {"value": "\#(framework)"}\#(message.map { ", \($0)" } ?? "")}"#
}
