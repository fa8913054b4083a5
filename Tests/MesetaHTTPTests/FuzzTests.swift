import MesetaHTTP
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import Testing

/// Bodies that are almost calls: each is answered, none with an error of the server's, and the connection goes on.
@Suite(.timeLimit(.minutes(5))) struct FuzzTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func brokenBodiesAreRefused(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    try await withMaster { master in
      let client = try await master.connect()
      for _ in 0..<200 {
        let isJSON = Bool.random(using: &generator)
        var body =
          isJSON ? Array(json[Int.random(in: 0..<json.count, using: &generator)].utf8) : protobuf(&generator)
        damage(&body, &generator)
        // To operators a SUBSCRIBE is a good one, whose answer has no end.
        let isSubscribe = String(decoding: body, as: UTF8.self).contains("SUBSCRIBE")
        // A stream's name makes every SUBSCRIBE that is still one a bad one.
        let head =
          "POST \(isSubscribe || Bool.random(using: &generator) ? "/api/v1/scheduler" : "/api/v1") HTTP/1.1\r\nMesos-Stream-Id: any\r\n"
          + "Content-Type: \(isJSON ? "application/json" : "application/x-protobuf")\r\n"
          + "Content-Length: \(body.count)\r\n\r\n"
        try await client.send(Array(head.utf8) + body)
        let status = try await client.reply().status
        #expect((200..<500).contains(status) || status == 501, "\(status) for \(body)")
      }
      #expect(try await client.ask(get("/health")).status == 200)
    }
  }

  /// Requests that are almost as documented, to every path there is.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func oddRequestsToAnyPathAreAnswered(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    try await withMaster { master in
      let client = try await master.connect()
      for _ in 0..<300 {
        let method = pick(["GET", "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"], &generator)
        var path = (pick(["", "", "/master"], &generator) + pick(paths, &generator)).utf8.map { $0 }
        let parts = (0..<Int.random(in: 0...3, using: &generator)).map { _ in pick(queries, &generator) }
        if !parts.isEmpty { path += Array("?\(parts.joined(separator: "&"))".utf8) }
        var body = Array(pick(bodies, &generator).utf8)
        if Bool.random(using: &generator) { damage(&body, &generator) }
        let type = pick(
          ["application/json", "application/x-www-form-urlencoded", "application/x-protobuf", "a/b;c=\"d"],
          &generator)
        let head =
          "\(method) \(String(decoding: path, as: UTF8.self)) HTTP/1.1\r\nContent-Type: \(type)\r\n"
          + "Accept-Encoding: \(pick(["gzip", "*", "gzip;q=x", ",,"], &generator))\r\n"
          + "Content-Length: \(body.count)\r\n\r\n"
        try await client.send(Array(head.utf8) + body)
        let status = try await client.reply().status
        #expect((200..<500).contains(status) || status == 501, "\(status) for \(head)\(body)")
      }
      #expect(try await client.ask(get("/health")).status == 200)
    }
  }

  private func pick<Element>(_ elements: [Element], _ generator: inout SeededGenerator) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &generator)]
  }

  private let paths = [
    "/state", "/state-summary", "/slaves", "/frameworks", "/tasks", "/roles", "/weights", "/quota",
    "/quota/a/b", "/quota/%zz", "/teardown", "/reserve", "/unreserve", "/create-volumes", "/destroy-volumes",
    "/maintenance/schedule", "/maintenance/status", "/machine/down", "/machine/up", "/metrics/snapshot",
    "/metrics", "/logging/toggle", "/flags", "/version", "/health", "/redirect", "/api/v1",
    "/api/v1/scheduler", "/state/more", "//state", "/%2e%2e/state", "/tasks/", "/metrics/snapshot/x",
  ]
  private let queries = [
    "jsonp=f", "jsonp=(", "jsonp=", "limit=-1", "limit=99999999999999999999", "offset=x", "offset=-5",
    "order=asc", "task_id=", "framework_id=%ff%fe", "slave_id=a%00b", "timeout=1secs", "timeout=-1",
    "timeout=1e999hrs", "level=1", "duration=1ms", "level=-9223372036854775808", "=", "%", "a=b=c",
  ]
  private let bodies = [
    "", "[]", "{}", "null", "frameworkId=x", "frameworkId=%", "slaveId=S1&resources=[]",
    "slaveId=S1&resources=[{]", "slaveId=%00&volumes=[1]", #"slaveId="&resources=[{"name":1}]"#,
    #"[{"role":"a","weight":1e308}]"#, #"[{"role":"","weight":1}]"#, #"[{"role":"a"}]"#,
    #"{"role":"a","guarantee":[{"name":"cpus","type":"SCALAR","scalar":{"value":-1}}]}"#,
    #"{"windows":[{"machine_ids":[],"unavailability":{"start":{"nanoseconds":0}}}]}"#,
    #"{"windows":[{"machine_ids":[{"hostname":"h"}],"unavailability":{"start":{"nanoseconds":-1},"duration":{"nanoseconds":9223372036854775807}}}]}"#,
    #"[{"hostname":"h"}]"#, #"[{}]"#, #"{"type":"GET_STATE"}"#, #"{"type":"GET_METRICS","get_metrics":{}}"#,
    #"{"type":"SET_LOGGING_LEVEL","set_logging_level":{"level":9,"duration":{"nanoseconds":-1}}}"#,
    String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000),
  ]

  private let json = [
    subscribe(#""roles": ["*"], "offer_filters": {"a": {"min_allocatable_resources": {"quantities": []}}}"#),
    call("REVIVE"), call("KILL", #""kill": {"task_id": {"value": "t"}}"#),
    call("ACCEPT", #""accept": {"offer_ids": [{"value": "o"}], "filters": {"refuse_seconds": 1e3}}"#),
    #"{"type": "GET_HEALTH"}"#,
    #"{"type": "UPDATE_WEIGHTS", "update_weights": {"weight_infos": [{"role": "dev", "weight": 2.5}]}}"#,
    String(repeating: #"{"type":"#, count: 10_000), String(repeating: "[[", count: 50_000),
    #"{"type": "REVIVE", "x": \#(String(repeating: #"{"a":"#, count: 60))1\#(String(repeating: "}", count: 60))}"#,
  ]

  private func protobuf(_ generator: inout SeededGenerator) -> [UInt8] {
    var encoder = MessageEncoder()
    var bytes: [UInt8] = []
    let framework = FrameworkInfo(user: "u", name: "n", roles: ["*"], capabilities: [.multiRole])
    let calls: [SchedulerCall] = [
      SchedulerCall(frameworkID: nil, .subscribe(.init(framework))),
      SchedulerCall(frameworkID: "f", .decline(offerIDs: ["a", "b"], filters: Filters())),
      SchedulerCall(frameworkID: "f", .message(agentID: "a", executorID: "e", data: [1, 2, 3])),
    ]
    encoder.encodeValue(calls[Int.random(in: 0..<calls.count, using: &generator)], into: &bytes)
    return bytes
  }
}

/// Cuts, repeats and changes some bytes.
func damage(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
  for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
    let place = Int.random(in: 0..<bytes.count, using: &generator)
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: bytes.removeSubrange(place...)
    case 1: bytes[place] = .random(in: .min ... .max, using: &generator)
    case 2: bytes.remove(at: place)
    default: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
    }
  }
}
