// A framework that speaks HTTP: its stream of events, and its calls on another connection.

import Foundation
import MesetaModel
import Testing

/// What JSON holds, as far as tests look.
struct JSONValue {
  private let value: Any?

  init(_ bytes: [UInt8]) throws {
    value = try JSONSerialization.jsonObject(with: Data(bytes))
  }

  private init(_ value: Any?) { self.value = value }

  subscript(name: String) -> JSONValue { JSONValue((value as? [String: Any])?[name]) }
  subscript(index: Int) -> JSONValue {
    let list = value as? [Any]
    return JSONValue(list.flatMap { $0.indices.contains(index) ? $0[index] : nil })
  }
  var text: String? { value as? String }
  var number: Double? { value as? Double }
  var flag: Bool? { value as? Bool }
  var exists: Bool { value != nil }
  var count: Int { (value as? [Any])?.count ?? 0 }
  var names: [String] { ((value as? [String: Any])?.keys).map { $0.sorted() } ?? [] }
}

/// A subscribed framework.
final class Subscription {
  let id: String
  let streamID: String
  private let events: RawClient
  private let calls: RawClient
  /// What came while something else was waited for.
  private var offers: [JSONValue] = []
  /// The UUIDs of the updates that have come.
  private var acknowledged: Set<String> = []

  private init(_ id: String, _ streamID: String, _ events: RawClient, _ calls: RawClient) {
    self.id = id
    self.streamID = streamID
    self.events = events
    self.calls = calls
  }

  /// Subscribes and takes the first two events.
  static func open(
    at address: HostPort, _ fields: String = #""roles": ["*"]"#, id: String? = nil, window: Int? = nil
  ) async throws -> Subscription {
    let events = try await RawClient.connect(to: address, window: window)
    try await events.send(post(subscribe(fields, id: id)))
    let head = try await events.head()
    try #require(head.status == 200)
    #expect(head.fields["transfer-encoding"] == "chunked")
    let first = try JSONValue(try #require(try await events.record()))
    #expect(first["type"].text == "SUBSCRIBED")
    let second = try JSONValue(try #require(try await events.record()))
    #expect(second["type"].text == "HEARTBEAT")
    return Subscription(
      try #require(first["subscribed"]["framework_id"]["value"].text),
      try #require(head.fields["mesos-stream-id"]), events, try await RawClient.connect(to: address))
  }

  /// The next event; nil at the end of the stream.
  func event() async throws -> JSONValue? {
    guard let record = try await events.record() else { return nil }
    #expect(!record.contains(UInt8(ascii: "\n")))
    return try JSONValue(record)
  }

  /// The next event of a type; others before it are passed over, but that offers are kept.
  func event(_ type: String) async throws -> JSONValue {
    while let event = try await event() {
      if event["type"].text == type { return event }
      if event["type"].text == "OFFERS" { offers.append(event["offers"]["offers"][0]) }
    }
    throw ConnectionClosed()
  }

  /// The first of the next offers.
  func offer() async throws -> JSONValue {
    offers.isEmpty ? try await event("OFFERS")["offers"]["offers"][0] : offers.removeFirst()
  }

  /// The next update of a task, acknowledged if it wants to be. One that comes again is only acknowledged again: agents
  /// repeat what they have waited for too long.
  func update(of task: String) async throws -> JSONValue {
    while true {
      let status = try await event("UPDATE")["update"]["status"]
      guard status["task_id"]["value"].text == task else { continue }
      if let uuid = status["uuid"].text, let agent = status["agent_id"]["value"].text {
        let message =
          #""acknowledge": {"agent_id": {"value": "\#(agent)"}, "task_id": {"value": "\#(task)"}, "uuid": "\#(uuid)"}"#
        #expect(try await call("ACKNOWLEDGE", message).status == 202)
        if !acknowledged.insert(uuid).inserted { continue }
      }
      return status
    }
  }

  func call(_ type: String, _ message: String? = nil, stream: String? = nil) async throws -> Reply {
    try await calls.ask(
      post(
        MesetaHTTPTests.call(type, message, of: id), ["Mesos-Stream-Id": stream ?? streamID, "Accept": ""]))
  }

  /// Takes no events any more, and stays.
  func stopReading() async throws { try await events.stopReading() }

  /// Leaves without a word.
  func leave() async throws { try await events.close() }

  /// Ends what it says, as a process that ends does.
  func closeOutput() async throws { try await events.closeOutput() }
}
