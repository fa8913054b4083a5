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
      "reserve": HTTPEndpoint { try await operate("RESERVE_RESOURCES", list: "resources", $0) },
      "unreserve": HTTPEndpoint { try await operate("UNRESERVE_RESOURCES", list: "resources", $0) },
      "create-volumes": HTTPEndpoint { try await operate("CREATE_VOLUMES", list: "volumes", $0) },
      "destroy-volumes": HTTPEndpoint { try await operate("DESTROY_VOLUMES", list: "volumes", $0) },
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
    try exchange.require(.post)
    return try FormFields(try await exchange.body())
  }

  private func teardown(_ exchange: HTTPExchange) async throws -> Response {
    let id = try await form(exchange).required("frameworkId")
    try await calls.carryOut(.teardown(FrameworkID(id)), exchange)
    return .empty(.ok)
  }

  /// - Parameters:
  ///   - type: the call that the form stands for.
  ///   - list: its field that has to be there, besides the agent.
  private func operate(_ type: String, list: String, _ exchange: HTTPExchange) async throws -> Response {
    let form = try await form(exchange)
    var members = ["\"agent_id\":{\"value\":\(try quoted(try form.required("slaveId")))}"]
    func add(_ name: String, _ text: String) throws(HTTPRefusal) {
      guard text.isOneJSONValue(beginningWith: "[") else {
        throw HTTPRefusal(
          .badRequest, "Error parsing '\(name)' query parameter in the request body: it is not a JSON array")
      }
      members.append("\"\(name)\":\(text)")
    }
    try add(list, try form.required(list))
    // Of a reservation, what it is refined from.
    if let source = form["source"], list == "resources" { try add("source", source) }
    let call = try decode(
      type, "{\(members.joined(separator: ","))}",
      problem: "Error parsing '\(list)' query parameter in the request body")
    try await calls.carryOut(call, exchange)
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
      guard case .weights(let weights) = try await calls.ask(.getWeights, exchange) else {
        return .text(.internalServerError, "")
      }
      return try .json(for: exchange) { json throws(WireError) in
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
      return try await change(
        "UPDATE_WEIGHTS", "weight_infos", body, "[", exchange,
        problem: "Failed to parse update weights request JSON '\(body.prefix(256))'")
    default: throw HTTPRefusal(onlyTaking: .get, .put, not: method)
    }
  }

  private func quota(_ exchange: HTTPExchange) async throws -> Response {
    let method = exchange.request.method
    switch method {
    case .get:
      guard case .quota(let quotas) = try await calls.ask(.getQuota, exchange) else {
        return .text(.internalServerError, "")
      }
      return try .json(for: exchange) { json throws(WireError) in try json.value(quotas: quotas) }
    case .post:
      let body = try await text(exchange)
      return try await change(
        "SET_QUOTA", "quota_request", body, "{", exchange,
        problem: "Failed to parse set quota request JSON '\(body.prefix(256))'")
    case .delete:
      let role = exchange.path.split(separator: "/").drop { $0 != "quota" }.dropFirst().joined(separator: "/")
      guard let role = FormFields.decoded(role.utf8), !role.isEmpty else {
        throw HTTPRefusal(
          .badRequest,
          "Failed to parse remove quota request for path '\(exchange.path)': the role is missing, as in "
            + "'/quota/ROLE'")
      }
      try await calls.carryOut(.removeQuota(role: role), exchange)
      return .empty(.ok)
    default: throw HTTPRefusal(onlyTaking: .get, .post, .delete, not: method)
    }
  }

  // MARK: Maintenance

  private func schedule(_ exchange: HTTPExchange) async throws -> Response {
    let method = exchange.request.method
    switch method {
    case .get:
      let response = try await calls.ask(.getMaintenanceSchedule, exchange)
      guard case .maintenanceSchedule(let schedule) = response else {
        return .text(.internalServerError, "")
      }
      return try .json(for: exchange) { json throws(WireError) in try json.value(message: schedule) }
    case .post:
      return try await change(
        "UPDATE_MAINTENANCE_SCHEDULE", "schedule", try await text(exchange), "{", exchange,
        problem: "The schedule cannot be read")
    default: throw HTTPRefusal(onlyTaking: .get, .post, not: method)
    }
  }

  private func status(_ exchange: HTTPExchange) async throws -> Response {
    try exchange.require(.get)
    let response = try await calls.ask(.getMaintenanceStatus, exchange)
    guard case .maintenanceStatus(let status) = response else { return .text(.internalServerError, "") }
    return try .json(for: exchange) { json throws(WireError) in try json.value(message: status) }
  }

  private func changeMachines(_ type: String, _ exchange: HTTPExchange) async throws -> Response {
    try exchange.require(.post)
    return try await change(
      type, "machines", try await text(exchange), "[", exchange, problem: "The machines cannot be read")
  }

  // MARK: Bodies

  private func text(_ exchange: HTTPExchange) async throws -> String {
    let body = try await exchange.body()
    guard let text = String(validating: body, as: UTF8.self) else {
      throw HTTPRefusal(.badRequest, "The body of the request is not valid UTF-8")
    }
    return text
  }

  /// Carries out the call of a type whose one field is the body of the request, an array or an object.
  private func change(
    _ type: String, _ field: String, _ body: String, _ bracket: Character, _ exchange: HTTPExchange,
    problem: String
  ) async throws -> Response {
    guard body.isOneJSONValue(beginningWith: bracket) else {
      throw HTTPRefusal(
        .badRequest, "\(problem): it is not a JSON \(bracket == "[" ? "array" : "object")")
    }
    try await calls.carryOut(try decode(type, "{\"\(field)\":\(body)}", problem: problem), exchange)
    return .empty(.ok)
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
