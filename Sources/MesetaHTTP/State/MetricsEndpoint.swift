// Metrics, in Mesos's form and in that of Prometheus.

import HTTPTypes
import HummingbirdCore
import MesetaHost
import MesetaMaster
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore

/// Answers `/metrics/snapshot` and `/metrics`, of a master or of an agent.
struct MetricsEndpoint: Sendable {
  /// Measures; refuses who may not see it.
  let measure: @Sendable (Peer) async throws -> MetricList

  /// By their paths within the process `metrics`.
  var endpoints: [String: HTTPEndpoint] { ["": HTTPEndpoint(text), "snapshot": HTTPEndpoint(snapshot)] }

  /// All metrics, those of the machine too, by name.
  func metrics(for peer: Peer) async throws -> [Metric] {
    var list = try await measure(peer)
    list.addSystem()
    return list.metrics.sorted { $0.name < $1.name }
  }

  /// The time-out has no meaning here, for nothing is waited for; one that cannot be read is refused all the same.
  private func snapshot(_ exchange: HTTPExchange) async throws -> Response {
    if let timeout = exchange.query("timeout"), Span(mesos: timeout) == nil {
      throw HTTPRefusal(
        .badRequest, "Invalid timeout '\(timeout)': it is a number and a unit, such as 500ms or 2secs")
    }
    let metrics = try await metrics(for: exchange.operatorPeer)
    return try .json(for: exchange) { json throws(WireError) in
      try json.object { json throws(WireError) in
        for metric in metrics {
          json.name(metric.name)
          json.value(metric.value)
        }
      }
    }
  }

  private func text(_ exchange: HTTPExchange) async throws -> Response {
    let text = PrometheusText(try await metrics(for: exchange.operatorPeer)).text
    return Response(
      status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}

/// The text form of Prometheus: a line for each value, those of one family together.
struct PrometheusText {
  private(set) var text = ""

  init(_ metrics: [Metric]) {
    let families = metrics.map { Self.name(of: $0) }
    var order: [String] = []
    var members: [String: [Metric]] = [:]
    for (family, metric) in zip(families, metrics) {
      if members[family] == nil { order.append(family) }
      members[family, default: []].append(metric)
    }
    for family in order {
      guard let metrics = members[family], let first = metrics.first else { continue }
      text += "# TYPE \(family) \(first.isCounter ? "counter" : "gauge")\n"
      for metric in metrics { text += "\(family)\(Self.labels(of: metric)) \(metric.value)\n" }
    }
  }

  private static func name(of metric: Metric) -> String {
    let name = metric.family.unicodeScalars.map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        ? Character(scalar) : "_"
    }
    return "mesos_" + String(name) + (metric.isCounter ? "_total" : "")
  }

  private static func labels(of metric: Metric) -> String {
    if metric.labels.isEmpty { return "" }
    let labels = metric.labels.map { "\($0.name)=\"\(escaped($0.value))\"" }
    return "{\(labels.joined(separator: ","))}"
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "\"": escaped += "\\\(scalar)"
      case "\n": escaped += "\\n"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

extension Span {
  private static let mesosUnits: [(name: String, nanoseconds: Double)] = [
    ("ns", 1), ("us", 1e3), ("ms", 1e6), ("secs", 1e9), ("mins", 60e9), ("hrs", 3600e9), ("days", 86400e9),
    ("weeks", 604_800e9),
  ]

  /// Reads Mesos's text of a duration: `500ms`, `1.5hrs`.
  init?(mesos text: String) {
    guard let unit = Self.mesosUnits.first(where: { text.hasSuffix($0.name) }),
      let number = Double(text.dropLast(unit.name.count)), number.isFinite,
      abs(number * unit.nanoseconds) < 9e18
    else { return nil }
    self.init(nanoseconds: Int64(number * unit.nanoseconds))
  }
}
