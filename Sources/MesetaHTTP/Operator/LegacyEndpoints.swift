// Mesos's endpoints without a version by which operators change something. Each stands for a call of the operator API.

import HTTPTypes
import HummingbirdCore
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaWire
import NIOCore

/// Answers `/teardown`, `/weights` and their like.
struct LegacyEndpoints: Sendable {
  let calls: OperatorCalls

  /// By their paths.
  var endpoints: [String: HTTPEndpoint] {
    [
      "teardown": HTTPEndpoint(teardown),
      "reserve": HTTPEndpoint { try await operate("RESERVE_RESOURCES", lists: ["resources"], $0) },
      "unreserve": HTTPEndpoint { try await operate("UNRESERVE_RESOURCES", lists: ["resources"], $0) },
      "create-volumes": HTTPEndpoint { try await operate("CREATE_VOLUMES", lists: ["volumes"], $0) },
      "destroy-volumes": HTTPEndpoint { try await operate("DESTROY_VOLUMES", lists: ["volumes"], $0) },
      "weights": HTTPEndpoint(weights),
      "quota": HTTPEndpoint(quota),
      "maintenance/schedule": HTTPEndpoint(schedule),
      "maintenance/status": HTTPEndpoint(status),
      "machine/down": HTTPEndpoint { try await changeMachines("START_MAINTENANCE", $0) },
      "machine/up": HTTPEndpoint { try await changeMachines("STOP_MAINTENANCE", $0) },
    ]
  }

  // MARK: Forms

  private func form(_ exchange: HTTPExchange) async throws -> FormFields {
    let method = exchange.request.method
    guard method == .post else { throw HTTPRefusal(onlyTaking: .post, not: method) }
    return try FormFields(try await exchange.body())
  }

  private func teardown(_ exchange: HTTPExchange) async throws -> Response {
    let id = try await form(exchange).required("frameworkId")
    try await calls.carryOut(.teardown(FrameworkID(id)), exchange.operatorPeer)
    return .empty(.ok)
  }

  /// - Parameters:
  ///   - type: the call that the form stands for.
  ///   - lists: its fields that have to be there, besides the agent.
  private func operate(_ type: String, lists: [String], _ exchange: HTTPExchange) async throws -> Response {
    let form = try await form(exchange)
    let agent = try form.required("slaveId")
    var members: [(name: String, list: String)] = []
    for name in lists { members.append((name, try form.required(name))) }
    if type == "RESERVE_RESOURCES", let source = form["source"] { members.append(("source", source)) }
    for (name, list) in members where !list.isOneJSONValue(beginningWith: "[") {
      throw HTTPRefusal(
        .badRequest, "Error parsing '\(name)' query parameter in the request body: it is not a JSON array")
    }
    let name = try quoted(agent)
    let fields = members.map { ",\"\($0.name)\":\($0.list)" }.joined()
    let call = try decode(
      type, "{\"agent_id\":{\"value\":\(name)}\(fields)}",
      problem: "Error parsing '\(lists[0])' query parameter in the request body")
    try await calls.carryOut(call, exchange.operatorPeer)
    return .empty(.accepted)
  }

  private func quoted(_ text: String) throws -> String {
    let json = try JSONBuilder.document { json in json.value(text) }
    return String(decoding: json, as: UTF8.self)
  }

  // MARK: Roles

  private func weights(_ exchange: HTTPExchange) async throws -> Response {
    let method = exchange.request.method
    switch method {
    case .get:
      guard case .weights(let weights) = try await calls.ask(.getWeights, exchange.operatorPeer) else {
        return .text(.internalServerError, "")
      }
      return try json(exchange) { json throws(WireError) in
        try json.array { json throws(WireError) in
          for weight in weights {
            try json.object { json in
              json.field("role", weight.role)
              json.field("weight", weight.weight)
            }
          }
        }
      }
    case .put:
      let body = try await text(exchange)
      let problem = "Failed to parse update weights request JSON '\(body.prefix(256))'"
      guard body.isOneJSONValue(beginningWith: "[") else {
        throw HTTPRefusal(.badRequest, "\(problem): it is not a JSON array")
      }
      let call = try decode("UPDATE_WEIGHTS", "{\"weight_infos\":\(body)}", problem: problem)
      try await calls.carryOut(call, exchange.operatorPeer)
      return .empty(.ok)
    default: throw HTTPRefusal(onlyTaking: .get, .put, not: method)
    }
  }

  private func quota(_ exchange: HTTPExchange) async throws -> Response {
    let method = exchange.request.method
    switch method {
    case .get:
      guard case .quota(let quotas) = try await calls.ask(.getQuota, exchange.operatorPeer) else {
        return .text(.internalServerError, "")
      }
      return try json(exchange) { json throws(WireError) in try json.value(quotas: quotas) }
    case .post:
      let body = try await text(exchange)
      let problem = "Failed to parse set quota request JSON '\(body.prefix(256))'"
      guard body.isOneJSONValue(beginningWith: "{") else {
        throw HTTPRefusal(.badRequest, "\(problem): it is not a JSON object")
      }
      let call = try decode("SET_QUOTA", "{\"quota_request\":\(body)}", problem: problem)
      try await calls.carryOut(call, exchange.operatorPeer)
      return .empty(.ok)
    case .delete:
      let role = exchange.path.split(separator: "/").drop { $0 != "quota" }.dropFirst().joined(separator: "/")
      guard let role = FormFields.decoded(role.utf8), !role.isEmpty else {
        throw HTTPRefusal(
          .badRequest,
          "Failed to parse remove quota request for path '\(exchange.path)': the role is missing, as in "
            + "'/quota/ROLE'")
      }
      try await calls.carryOut(.removeQuota(role: role), exchange.operatorPeer)
      return .empty(.ok)
    default: throw HTTPRefusal(onlyTaking: .get, .post, .delete, not: method)
    }
  }

  // MARK: Maintenance

  private func schedule(_ exchange: HTTPExchange) async throws -> Response {
    let method = exchange.request.method
    switch method {
    case .get:
      let response = try await calls.ask(.getMaintenanceSchedule, exchange.operatorPeer)
      guard case .maintenanceSchedule(let schedule) = response else {
        return .text(.internalServerError, "")
      }
      return try json(exchange) { json throws(WireError) in try json.value(message: schedule) }
    case .post:
      let body = try await text(exchange)
      guard body.isOneJSONValue(beginningWith: "{") else {
        throw HTTPRefusal(.badRequest, "The schedule is not a JSON object")
      }
      let call = try decode(
        "UPDATE_MAINTENANCE_SCHEDULE", "{\"schedule\":\(body)}", problem: "The schedule is not one")
      try await calls.carryOut(call, exchange.operatorPeer)
      return .empty(.ok)
    default: throw HTTPRefusal(onlyTaking: .get, .post, not: method)
    }
  }

  private func status(_ exchange: HTTPExchange) async throws -> Response {
    let method = exchange.request.method
    guard method == .get else { throw HTTPRefusal(onlyTaking: .get, not: method) }
    let response = try await calls.ask(.getMaintenanceStatus, exchange.operatorPeer)
    guard case .maintenanceStatus(let status) = response else { return .text(.internalServerError, "") }
    return try json(exchange) { json throws(WireError) in try json.value(message: status) }
  }

  private func changeMachines(_ type: String, _ exchange: HTTPExchange) async throws -> Response {
    let method = exchange.request.method
    guard method == .post else { throw HTTPRefusal(onlyTaking: .post, not: method) }
    let body = try await text(exchange)
    guard body.isOneJSONValue(beginningWith: "[") else {
      throw HTTPRefusal(.badRequest, "The machines are not a JSON array")
    }
    let call = try decode(type, "{\"machines\":\(body)}", problem: "The machines are not such")
    try await calls.carryOut(call, exchange.operatorPeer)
    return .empty(.ok)
  }

  // MARK: Bodies

  private func text(_ exchange: HTTPExchange) async throws -> String {
    let body = try await exchange.body()
    guard let text = String(validating: body, as: UTF8.self) else {
      throw HTTPRefusal(.badRequest, "The body of the request is not valid UTF-8")
    }
    return text
  }

  private func json(
    _ exchange: HTTPExchange, _ write: (inout JSONBuilder) throws(WireError) -> Void
  ) throws -> Response {
    try .json(ByteBuffer(bytes: try JSONBuilder.document(write)), for: exchange)
  }

  /// The call of a type with a message in JSON.
  private func decode(_ type: String, _ message: String, problem: String) throws(HTTPRefusal) -> OperatorCall
  {
    let json = "{\"type\":\"\(type)\",\"\(type.lowercased())\":\(message)}"
    let call: MasterAPICall
    do throws(WireError) {
      call = try MasterAPICall(json: Array(json.utf8))
    } catch {
      throw HTTPRefusal(.badRequest, "\(problem): \(error.path) \(error.reason)")
    }
    if case .other(let call) = call { return call }
    throw HTTPRefusal(.notImplemented, "\(type) is not implemented")
  }
}

extension JSONBuilder {
  /// As Mesos's `QuotaStatus`.
  fileprivate mutating func value(quotas: [RoleQuota]) throws(WireError) {
    try object { json throws(WireError) in
      if quotas.isEmpty { return }
      try json.array("infos") { json throws(WireError) in
        for quota in quotas {
          try json.object { json throws(WireError) in
            json.field("role", quota.role)
            if quota.quota.guarantees.isEmpty { return }
            try json.array("guarantee") { json throws(WireError) in
              for guarantee in quota.quota.guarantees {
                try json.object { json throws(WireError) in
                  json.field("name", guarantee.name)
                  json.field("type", "SCALAR")
                  try json.object("scalar") { $0.field("value", guarantee.scalar.value) }
                }
              }
            }
          }
        }
      }
      try json.array("configs") { json throws(WireError) in
        for quota in quotas { try json.value(message: quota) }
      }
    }
  }
}

extension String {
  /// Whether the text is one array, or one object, as far as brackets say: what is put between others has to keep within.
  fileprivate func isOneJSONValue(beginningWith bracket: Character) -> Bool {
    let text = utf8.filter { $0 > 0x20 }
    guard let first = text.first, first == bracket.asciiValue else { return false }
    var (depth, isText, isEscaped) = (0, false, false)
    for (index, byte) in text.enumerated() {
      if isText {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isText = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isText = true
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth -= 1
        if depth <= 0 { return depth == 0 && index == text.count - 1 }
      default: break
      }
    }
    return false
  }
}
