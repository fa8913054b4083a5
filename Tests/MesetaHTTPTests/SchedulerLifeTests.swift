import HTTPTypes
import MesetaHTTP
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import Testing

/// The life of a framework that speaks HTTP, as far as it takes no agents.
@Suite(.timeLimit(.minutes(5))) struct SchedulerLifeTests {
  @Test func aSubscriptionIsToldItsMaster() async throws {
    try await withMaster(as: configured { $0.hostname = "here" }) { master in
      let client = try await master.connect()
      try await client.send(post(subscribe(#""roles": ["*"]"#)))
      let head = try await client.head()
      #expect(head.fields["content-type"] == "application/json")
      let event = try JSONValue(try #require(try await client.record()))
      let subscribed = event["subscribed"]
      #expect(event.names == ["subscribed", "type"])
      #expect(subscribed.names == ["framework_id", "heartbeat_interval_seconds", "master_info"])
      #expect(subscribed["heartbeat_interval_seconds"].number == 15)
      let info = subscribed["master_info"]
      #expect(info["hostname"].text == "here")
      #expect(info["ip"].number == 16_777_343)
      #expect(info["port"].number == 5050)
      #expect(info["pid"].text == "master@127.0.0.1:5050")
      #expect(info["address"]["ip"].text == "127.0.0.1")
      #expect(info["capabilities"][0]["type"].text == "AGENT_UPDATE")
      #expect(info["capabilities"][1]["type"].text == "AGENT_DRAINING")
    }
  }

  /// What the real master takes, although one might not think so.
  @Test(arguments: [
    #""roles": ["*"], "failover_timeout": -1"#,
    #""roles": ["*"], "user": "no such""#,
    #""roles": ["*"], "capabilities": [{"type": "MULTI_ROLE"}, {"type": "NOT_A_CAP"}]"#,
    #""roles": ["*"], "offer_filters": {"other": {"min_allocatable_resources": {"quantities": []}}}"#,
    #""roles": ["*"], "nobody_knows": [{"this": null}]"#,
    #""roles": "*""#,
  ])
  func unusualSubscriptionsAreTaken(fields: String) async throws {
    try await withMaster { master in
      _ = try await Subscription.open(at: master.server.address, fields)
    }
  }

  @Test func aFrameworkMayBringAnIDOfItsOwn() async throws {
    try await withMaster { master in
      let framework = try await Subscription.open(at: master.server.address, id: "ghost-0001")
      #expect(framework.id == "ghost-0001")
    }
  }

  @Test func eventsComeInProtobufToWhoWantsThem() async throws {
    try await withMaster { master in
      let client = try await master.connect()
      try await client.send(
        post(subscribe(#""roles": ["*"]"#), ["Accept": "application/x-protobuf"]))
      #expect(try await client.head().fields["content-type"] == "application/x-protobuf")
      var decoder = MessageDecoder()
      let first = try #require(try await client.record())
      guard
        case .subscribed(let id, 15, let info?) = try decoder.decodeValue(SchedulerEvent.self, from: first)
      else {
        Issue.record("another event comes first")
        return
      }
      #expect(id.value.hasSuffix("-0000"))
      #expect(info.port == 5050)
      let second = try #require(try await client.record())
      #expect(try decoder.decodeValue(SchedulerEvent.self, from: second) == .heartbeat)
    }
  }

  @Test func callsComeInProtobuf() async throws {
    try await withMaster { master in
      let framework = FrameworkInfo(user: "u", name: "n", roles: ["*"], capabilities: [.multiRole])
      let call = SchedulerCall(frameworkID: nil, .subscribe(.init(framework)))
      let events = try await master.connect()
      try await events.send(post(call, ["Accept": "application/json"]))
      let head = try await events.head()
      let event = try JSONValue(try #require(try await events.record()))
      let id = try #require(event["subscribed"]["framework_id"]["value"].text)
      let stream = try #require(head.fields["mesos-stream-id"])
      let revive = SchedulerCall(frameworkID: FrameworkID(id), .revive(roles: []))
      let calls = try await master.connect()
      try await calls.send(post(revive, ["Mesos-Stream-Id": stream]))
      #expect(try await calls.reply().status == 202)
    }
  }

  @Test func aSubscriptionIsKeptAlive() async throws {
    try await withMaster(as: configured { $0.heartbeatInterval = .milliseconds(20) }) { master in
      let framework = try await Subscription.open(at: master.server.address)
      for _ in 0..<3 { #expect(try await framework.event()?["type"].text == "HEARTBEAT") }
    }
  }

  // MARK: Calls

  struct Call: Sendable, CustomTestStringConvertible {
    var type: String
    var message: String?
    var status = 202
    var text = ""

    var testDescription: String { "\(type) \(message ?? "")" }
  }

  /// What is answered to a subscribed framework, whether or not it has any effect.
  static let calls: [Call] = [
    Call(type: "DECLINE", message: #""decline": {"offer_ids": [{"value": "nope"}]}"#),
    Call(type: "ACCEPT", message: #""accept": {"offer_ids": []}"#),
    Call(
      type: "ACCEPT",
      message: #""accept": {"offer_ids": [{"value": "nope"}], "operations": [{"type": "NOPE"}]}"#),
    Call(
      type: "ACCEPT_INVERSE_OFFERS",
      message: #""accept_inverse_offers": {"inverse_offer_ids": [{"value": "no"}]}"#),
    Call(
      type: "DECLINE_INVERSE_OFFERS",
      message: #""decline_inverse_offers": {"inverse_offer_ids": [{"value": "no"}]}"#),
    Call(type: "SUPPRESS"),
    Call(type: "SUPPRESS", message: #""suppress": {"roles": ["nope"]}"#),
    Call(type: "SUPPRESS", message: #""suppress": {"roles": ["-bad"]}"#),
    Call(type: "REVIVE"),
    Call(type: "REVIVE", message: #""revive": {"roles": ["nope"]}"#),
    Call(type: "REQUEST", message: #""request": {"requests": []}"#),
    Call(type: "RECONCILE", message: #""reconcile": {"tasks": []}"#),
    Call(
      type: "MESSAGE",
      message: #""message": {"agent_id": {"value": "a"}, "executor_id": {"value": "e"}, "data": "AAEC"}"#),
    Call(
      type: "SHUTDOWN", message: #""shutdown": {"agent_id": {"value": "a"}, "executor_id": {"value": "e"}}"#),
    Call(
      type: "ACKNOWLEDGE",
      message:
        #""acknowledge": {"agent_id": {"value": "a"}, "task_id": {"value": "t"}, "uuid": "re3tFKDTT9C4eQsXnCfFMg=="}"#
    ),
    Call(type: "KILL", message: #""kill": {"task_id": {"value": "t"}, "agent_id": {"value": "a"}}"#),
    Call(
      type: "RECONCILE_OPERATIONS",
      message: #""reconcile_operations": {"operations": [{"operation_id": {"value": "o"}}]}"#),
  ]

  @Test(arguments: calls)
  func callsAreAccepted(call: Call) async throws {
    try await withMaster { master in
      let framework = try await Subscription.open(at: master.server.address)
      let reply = try await framework.call(call.type, call.message)
      #expect(reply.status == call.status)
      #expect(reply.text == call.text)
      #expect(reply.head.fields["content-length"] == "0")
    }
  }

  @Test func callsHaveToNameTheirStream() async throws {
    try await withMaster { master in
      let framework = try await Subscription.open(at: master.server.address)
      let without = try await framework.call("REVIVE", stream: "")
      #expect(without.status == 400)
      #expect(without.text == "All non-subscribe calls should include the 'Mesos-Stream-Id' header")
      for stream in ["zzz", "af7f4be1-d0e8-4178-8386-eee0aea0dfe5"] {
        let wrong = try await framework.call("REVIVE", stream: stream)
        #expect(wrong.status == 400)
        #expect(
          wrong.text
            == "The stream ID '\(stream)' included in this request didn't match the stream ID currently "
            + "associated with framework ID \(framework.id)")
      }
    }
  }

  @Test func unknownTasksAreReconciled() async throws {
    try await withMaster(as: withoutPredecessor) { master in
      let framework = try await Subscription.open(
        at: master.server.address,
        #""roles": ["*"], "capabilities": [{"type": "MULTI_ROLE"}, {"type": "PARTITION_AWARE"}]"#)
      let message = #""reconcile": {"tasks": [{"task_id": {"value": "never"}}]}"#
      #expect(try await framework.call("RECONCILE", message).status == 202)
      let status = try await framework.event("UPDATE")["update"]["status"]
      #expect(status["task_id"]["value"].text == "never")
      #expect(status["state"].text == "TASK_UNKNOWN")
      #expect(status["source"].text == "SOURCE_MASTER")
      #expect(status["reason"].text == "REASON_RECONCILIATION")
      #expect(!status["uuid"].exists)
    }
  }

  @Test func aFrameworkMayChangeItsRolesAndNotItsUser() async throws {
    try await withMaster { master in
      let framework = try await Subscription.open(at: master.server.address)
      func update(_ fields: String, id: String?) async throws -> Reply {
        let own = id.map { #", "id": {"value": "\#($0)"}"# } ?? ""
        return try await framework.call(
          "UPDATE_FRAMEWORK",
          #""update_framework": {"framework_info": {"name": "test", "capabilities": [{"type": "MULTI_ROLE"}]\#(own), "#
            + fields + "}}")
      }
      let good = try await update(#""user": "root", "roles": ["a", "b"]"#, id: framework.id)
      #expect(good.status == 200)
      #expect(good.text.isEmpty)
      let user = try await update(#""user": "nobody", "roles": ["a"]"#, id: framework.id)
      #expect(user.status == 400)
      #expect(
        user.text
          == "FrameworkInfo update is not valid: Updating 'FrameworkInfo.user' is unsupported; attempted to update "
          + "from 'root' to 'nobody'")
      let checkpoint = try await update(
        #""user": "root", "roles": ["a"], "checkpoint": true"#, id: framework.id)
      #expect(checkpoint.status == 400)
      #expect(
        checkpoint.text.hasPrefix("FrameworkInfo update is not valid: Updating 'FrameworkInfo.checkpoint'"))
      let nobody = try await update(#""user": "root", "roles": ["a"]"#, id: nil)
      #expect(nobody.status == 400)
      #expect(
        nobody.text
          == "Failed to validate scheduler::Call: 'framework_id' differs from 'update_framework.framework_info.id'"
      )
    }
  }

  // MARK: Ends

  @Test func aSecondSubscriptionEndsTheFirst() async throws {
    try await withMaster { master in
      let first = try await Subscription.open(at: master.server.address)
      let second = try await Subscription.open(at: master.server.address, id: first.id)
      #expect(second.id == first.id)
      #expect(try await first.event("ERROR")["error"]["message"].text == "Framework failed over")
      #expect(try await first.event() == nil)
      let old = try await second.call("REVIVE", stream: first.streamID)
      #expect(old.status == 400)
      #expect(old.text.hasPrefix("The stream ID '\(first.streamID)' included"))
      #expect(try await second.call("REVIVE").status == 202)
    }
  }

  enum Leaving: CaseIterable { case closing, halfClosing }

  @Test(arguments: Leaving.allCases)
  func aFrameworkThatLeavesMayComeBackInTime(leaving: Leaving) async throws {
    try await withMaster { master in
      let fields = #""roles": ["*"], "failover_timeout": 60"#
      let first = try await Subscription.open(at: master.server.address, fields)
      switch leaving {
      case .closing: try await first.leave()
      case .halfClosing: try await first.closeOutput()
      }
      await master.untilDisconnected(1)
      let refused = try await first.call("REVIVE")
      #expect(refused.status == 403)
      #expect(refused.text == "Framework is not subscribed")
      let second = try await Subscription.open(at: master.server.address, fields, id: first.id)
      #expect(second.id == first.id)
      #expect(try await second.call("REVIVE").status == 202)
    }
  }

  @Test func aFrameworkThatDoesNotComeBackInTimeIsForgotten() async throws {
    try await withMaster { master in
      let framework = try await Subscription.open(at: master.server.address)
      try await framework.leave()
      await master.untilFrameworks { $0.contains { $0.isCompleted } }
      let reply = try await framework.call("REVIVE")
      #expect(reply.status == 400)
      #expect(reply.text == "Framework cannot be found")
    }
  }

  @Test func aFrameworkThatDoesNotReadItsEventsIsDisconnected() async throws {
    var options = HTTPOptions()
    options.maximumOutgoingBytes = 100_000
    // That its system takes nothing either is not what ends it here.
    options.deadPeerTimeout = .minutes(60)
    try await withMaster(as: withoutPredecessor, options: options) { master in
      let framework = try await Subscription.open(
        at: master.server.address, #""roles": ["*"], "failover_timeout": 60"#, window: 4096)
      try await framework.stopReading()
      let tasks = (0..<50_000).map { #"{"task_id": {"value": "t\#($0)"}}"# }.joined(separator: ",")
      _ = try await framework.call("RECONCILE", #""reconcile": {"tasks": [\#(tasks)]}"#)
      await master.untilDisconnected(1)
      let refused = try await framework.call("REVIVE")
      #expect(refused.text == "Framework is not subscribed")
    }
  }

  @Test func aTeardownEndsTheStreamAndTheFramework() async throws {
    try await withMaster { master in
      let framework = try await Subscription.open(at: master.server.address)
      #expect(try await framework.call("TEARDOWN").status == 202)
      #expect(try await framework.event() == nil)
      #expect(try await framework.call("REVIVE").text == "Framework cannot be found")
      let again = try await master.ask(post(subscribe(#""roles": ["*"]"#, id: framework.id)))
      #expect(again.status == 200)
      #expect(again.text == "65\n" + #"{"type":"ERROR","error":{"message":"Framework has been removed"}}"#)
    }
  }

  @Test func aMasterThatEndsEndsItsStreams() async throws {
    let master = try await TestMaster()
    let framework = try await Subscription.open(at: master.server.address)
    await master.stop()
    #expect(try await framework.event() == nil)
  }

  @Test func aMasterThatEndsDoesNotWaitForAClientThatDoesNotRead() async throws {
    var options = HTTPOptions()
    options.lingerTimeout = .milliseconds(50)
    let master = try await TestMaster(as: withoutPredecessor, options: options)
    let framework = try await Subscription.open(at: master.server.address, window: 4096)
    try await framework.stopReading()
    let tasks = (0..<50_000).map { #"{"task_id": {"value": "t\#($0)"}}"# }.joined(separator: ",")
    #expect(try await framework.call("RECONCILE", #""reconcile": {"tasks": [\#(tasks)]}"#).status == 202)
    await master.stop()
  }

  @Test func whoHasProvenWhoTheyAreCannotSubscribeAsSomebodyElse() async throws {
    var options = HTTPOptions()
    options.authenticate = { $0[.authorization].map { Principal($0) } }
    try await withMaster(options: options) { master in
      let reply = try await master.ask(
        post(subscribe(#""roles": ["*"], "principal": "eve""#), ["Authorization": "ann"]))
      #expect(reply.status == 400)
      #expect(reply.text.contains("Authenticated principal 'ann' does not match principal 'eve'"))
    }
  }
}

/// A master that speaks for all agents there ever were.
private let withoutPredecessor = configured { $0.agentReregisterTimeout = .zero }
