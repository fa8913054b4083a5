// The operator API of an agent: one call, one answer.

import HTTPTypes
import HummingbirdCore
import MesetaAgent
import MesetaHost
import MesetaMaster
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore

/// Answers `POST /api/v1` of an agent: files by its host, everything else from a copy of the agent.
struct AgentOperatorEndpoint: Sendable {
  let host: AgentHost
  let files: AgentFiles
  let metrics: MetricsEndpoint
  let logging: LoggingEndpoint
  let flags: [FlagValue]

  func answer(_ exchange: HTTPExchange) async throws -> Response {
    let request = exchange.request
    guard request.method == .post else { throw HTTPRefusal(onlyTaking: .post, not: request.method) }
    let format = try MessageFormat(ofBodyWith: request.headers)
    let call: AgentAPICall = try format.decode(try await exchange.body(), as: "agent::Call")
    let accepted = try MessageFormat(acceptedBy: request.headers)
    if case .setLoggingLevel(let level, let duration) = call {
      try logging.set(Int(level), for: Span(nanoseconds: duration))
      return .empty(.ok)
    }
    return try .message(try await answer(call, exchange), in: accepted)
  }

  private func answer(_ call: AgentAPICall, _ exchange: HTTPExchange) async throws -> AgentAPIResponse {
    switch call {
    case .getHealth: return .health(true)
    case .getVersion: return .version(Version.mesos)
    case .getFlags: return .flags(flags)
    case .getMetrics:
      let metrics = try await metrics.metrics(for: exchange.operatorPeer)
      return .metrics(metrics.map { MetricValue($0.name, $0.value) })
    case .getLoggingLevel, .setLoggingLevel: return .loggingLevel(UInt32(logging.level))
    case .getResourceProviders: return .resourceProviders
    case .files(let call): return .files(try await files.ask(call, exchange))
    case .unsupported(let name): throw HTTPRefusal(.notImplemented, "\(name) is not implemented")
    case .getContainers: return .containers(await host.describeContainers())
    case .getState: return .state(await contents())
    case .getFrameworks: return .frameworks(await contents().frameworks)
    case .getExecutors: return .executors(await contents().executors)
    case .getTasks: return .tasks(await contents().tasks)
    case .getOperations: return .operations(await contents().operations)
    case .getAgent:
      let contents = await contents()
      return .agent(contents.info, contents.drainConfig)
    }
  }

  private func contents() async -> AgentContents { await host.describeContents() }
}

extension AgentHost {
  /// What is on the agent at present.
  func describeContents() async -> AgentContents {
    let agent = await withAgent { $0 }
    return agent.describeContents()
  }

  /// The agent's containers, with what they use at present.
  func describeContainers() async -> [AgentContents.Container] {
    var containers = await describeContents().containers
    let usage = await measure(containers.map(\.id))
    let now = Double(HostClock.now().wall) / 1e9
    let used = Dictionary(usage.containers.map { ($0.containerID, $0) }) { $1 }
    for index in containers.indices {
      containers[index].used = used[containers[index].id].map {
        AgentContents.Statistics(
          timestamp: now, processorSeconds: Double($0.processorTime.nanoseconds) / 1e9,
          memoryBytes: $0.memoryBytes)
      }
    }
    return containers
  }
}

extension Response {
  /// A message of the schema.
  static func message(_ value: some WireConvertible, in format: MessageFormat) throws(WireError) -> Response {
    var encoder = MessageEncoder()
    var bytes: [UInt8] = []
    switch format {
    case .json:
      try encoder.withMessage(of: value) { message throws(WireError) in try appendJSON(message, to: &bytes) }
    case .protobuf: encoder.encodeValue(value, into: &bytes)
    }
    return Response(
      status: .ok, headers: [.contentType: format.rawValue],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
