import MesetaHTTP
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import Testing

/// Bodies that are almost calls: each is answered, none with an error of the server's, and the connection goes on.
@Suite(.timeLimit(.minutes(1))) struct FuzzTests {
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
        // A stream's name makes every SUBSCRIBE that is still one a bad one.
        let head =
          "POST \(Bool.random(using: &generator) ? "/api/v1/scheduler" : "/api/v1") HTTP/1.1\r\nMesos-Stream-Id: any\r\n"
          + "Content-Type: \(isJSON ? "application/json" : "application/x-protobuf")\r\n"
          + "Content-Length: \(body.count)\r\n\r\n"
        try await client.send(Array(head.utf8) + body)
        let status = try await client.reply().status
        #expect((200..<500).contains(status) || status == 501, "\(status) for \(body)")
      }
      #expect(try await client.ask(get("/health")).status == 200)
    }
  }

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
