// The scheduler API's messages, as a client without a library of Meseta's has them.

import MesetaModel
import MesetaProtocol
import MesetaWire

/// What a client of the benchmark hears.
enum HeardEvent {
  case subscribed(id: String)
  case offers([HeardOffer])
  case update(taskID: String, agentID: String, state: String, uuid: HeardUUID?)
  case other
}

/// Names a status, as it was written.
enum HeardUUID {
  case text(String)
  case binary(UUID)
}

struct HeardOffer {
  var id: String
  var agentID: String
  var cpus: Double
}

/// How the messages are written.
enum SchedulerForm: String, CaseIterable {
  case json, protobuf

  var mediaType: String { self == .json ? "application/json" : "application/x-protobuf" }
}

/// Writes calls and reads events. JSON is put together and looked through as text: a parser would be what is measured.
struct SchedulerCodec {
  let form: SchedulerForm
  private var encoder = MessageEncoder()
  private var decoder = MessageDecoder()

  init(_ form: SchedulerForm) { self.form = form }

  // MARK: Calls

  mutating func subscribe(_ framework: FrameworkInfo) -> [UInt8] {
    guard form == .json else {
      return protobuf(SchedulerCall(frameworkID: nil, .subscribe(.init(framework))))
    }
    let roles = framework.roles.map { "\"\($0)\"" }.joined(separator: ",")
    return Array(
      """
      {"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"root","name":"\(framework.name)","roles":[\(roles)],\
      "failover_timeout":3600,"capabilities":[{"type":"MULTI_ROLE"},{"type":"PARTITION_AWARE"},\
      {"type":"RESERVATION_REFINEMENT"}]}}}
      """.utf8)
  }

  mutating func decline(_ offers: [HeardOffer], of framework: String) -> [UInt8] {
    guard form == .json else {
      return protobuf(
        SchedulerCall(
          frameworkID: FrameworkID(framework),
          .decline(offerIDs: offers.map { OfferID($0.id) }, filters: Filters(refuseSeconds: 0))))
    }
    let ids = offers.map { "{\"value\":\"\($0.id)\"}" }.joined(separator: ",")
    return Array(
      """
      {"type":"DECLINE","framework_id":{"value":"\(framework)"},"decline":{"offer_ids":[\(ids)],\
      "filters":{"refuse_seconds":0}}}
      """.utf8)
  }

  /// Launches tasks of 0.1 processors on an offer.
  mutating func launch(_ tasks: Range<Int>, on offer: HeardOffer, of framework: String) -> [UInt8] {
    guard form == .json else {
      let infos = tasks.map { number in
        TaskInfo(
          name: "t", id: TaskID(String(number)), agentID: AgentID(offer.agentID),
          resources: "cpus:0.1;mem:64", command: .program("/bin/true", ["/bin/true"]))
      }
      return protobuf(
        SchedulerCall(
          frameworkID: FrameworkID(framework),
          .accept(
            .init(
              [OfferID(offer.id)], [Operation(.launch(infos))], filters: Filters(refuseSeconds: 0)))))
    }
    let infos = tasks.map { number in
      """
      {"name":"t","task_id":{"value":"\(number)"},"agent_id":{"value":"\(offer.agentID)"},"resources":[\
      {"name":"cpus","type":"SCALAR","scalar":{"value":0.1}},{"name":"mem","type":"SCALAR","scalar":{"value":64}}],\
      "command":{"value":"/bin/true","shell":false,"arguments":["/bin/true"]}}
      """
    }.joined(separator: ",")
    return Array(
      """
      {"type":"ACCEPT","framework_id":{"value":"\(framework)"},"accept":{"offer_ids":[{"value":"\(offer.id)"}],\
      "operations":[{"type":"LAUNCH","launch":{"task_infos":[\(infos)]}}],"filters":{"refuse_seconds":0}}}
      """.utf8)
  }

  mutating func acknowledge(task: String, agent: String, uuid: HeardUUID, of framework: String) -> [UInt8] {
    let text: String
    switch uuid {
    case .text(let base64): text = base64
    case .binary(let uuid):
      return protobuf(
        SchedulerCall(
          frameworkID: FrameworkID(framework),
          .acknowledge(.init(agentID: AgentID(agent), taskID: TaskID(task), uuid: uuid))))
    }
    return Array(
      """
      {"type":"ACKNOWLEDGE","framework_id":{"value":"\(framework)"},"acknowledge":{"agent_id":{"value":"\(agent)"},\
      "task_id":{"value":"\(task)"},"uuid":"\(text)"}}
      """.utf8)
  }

  /// The call within its envelope of the native protocol: a field with its length, after which the call stands.
  private mutating func protobuf(_ call: SchedulerCall) -> [UInt8] {
    var bytes: [UInt8] = []
    encoder.encode(.schedulerCall(call, request: 0), into: &bytes)
    var start = 1
    while start < bytes.count, bytes[start] & 0x80 != 0 { start += 1 }
    return Array(bytes[(start + 1)...])
  }

  // MARK: Events

  mutating func event(_ record: [UInt8]) -> HeardEvent {
    form == .json ? jsonEvent(record) : protobufEvent(record)
  }

  private mutating func protobufEvent(_ record: [UInt8]) -> HeardEvent {
    var envelope: [UInt8] = [0x1A]
    var length = record.count
    while length >= 0x80 {
      envelope.append(UInt8(length & 0x7F) | 0x80)
      length >>= 7
    }
    envelope.append(UInt8(length))
    envelope += record
    guard case .schedulerEvent(let event)? = try? decoder.decode(envelope) else { return .other }
    switch event {
    case .subscribed(let id, _, _): return .subscribed(id: id.value)
    case .offers(let offers):
      return .offers(
        offers.map {
          HeardOffer(id: $0.id.value, agentID: $0.agentID.value, cpus: $0.resources.scalar("cpus").value)
        })
    case .update(let status):
      return .update(
        taskID: status.taskID.value, agentID: status.agentID?.value ?? "", state: status.state.name,
        uuid: status.uuid.map(HeardUUID.binary))
    default: return .other
    }
  }

  private func jsonEvent(_ record: [UInt8]) -> HeardEvent {
    let text = JSONScan(record)
    switch text.after("\"type\":\"", from: 0)?.value {
    case "SUBSCRIBED":
      return .subscribed(id: text.after("\"framework_id\":{\"value\":\"", from: 0)?.value ?? "")
    case "OFFERS":
      var offers: [HeardOffer] = []
      var place = 0
      while let id = text.after("{\"id\":{\"value\":\"", from: place),
        let agent = text.after("\"agent_id\":{\"value\":\"", from: id.end)
      {
        // An offer may have none: those of the next one are not its own.
        let next = text.after("{\"id\":{\"value\":\"", from: agent.end)?.end ?? record.count
        let cpus = text.after("\"name\":\"cpus\"", from: agent.end)
          .flatMap { $0.end < next ? text.after("\"value\":", from: $0.end) : nil }
        offers.append(
          HeardOffer(id: id.value, agentID: agent.value, cpus: cpus.flatMap { Double($0.value) } ?? 0))
        place = agent.end
      }
      return .offers(offers)
    case "UPDATE":
      return .update(
        taskID: text.after("\"task_id\":{\"value\":\"", from: 0)?.value ?? "",
        agentID: text.after("\"agent_id\":{\"value\":\"", from: 0)?.value ?? "",
        state: text.after("\"state\":\"", from: 0)?.value ?? "",
        uuid: text.after("\"uuid\":\"", from: 0).map { .text($0.value) })
    default: return .other
    }
  }
}

/// Looks for values in JSON by what stands before them.
private struct JSONScan {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// What follows a text, up to a quote, a comma or a bracket.
  func after(_ text: StaticString, from start: Int) -> (value: String, end: Int)? {
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    return bytes.withUnsafeBufferPointer { bytes in
      var place = start
      while place + wanted.count <= bytes.count {
        var length = 0
        while length < wanted.count, bytes[place + length] == wanted[length] { length += 1 }
        guard length == wanted.count else {
          place += 1
          continue
        }
        let first = place + length
        var end = first
        while end < bytes.count, !Self.ends.contains(bytes[end]) { end += 1 }
        return (String(decoding: bytes[first..<end], as: UTF8.self), end)
      }
      return nil
    }
  }

  private static let ends = [UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]")]
}
