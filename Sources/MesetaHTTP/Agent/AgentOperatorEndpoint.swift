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
  let files: FileEndpoints
  let node: NodeEndpoint

  func answer(_ exchange: HTTPExchange) async throws -> Response {
    let call: AgentAPICall = try await exchange.call("agent::Call")
    let accepted = try MessageFormat(acceptedBy: exchange.request.headers)
    guard let response = try await answer(call, exchange) else { return .empty(.ok) }
    return try .message(response, in: accepted)
  }

  /// Nil where Mesos answers with nothing.
  private func answer(_ call: AgentAPICall, _ exchange: HTTPExchange) async throws -> AgentAPIResponse? {
    switch call {
    case .node(let call): return try await node.answer(call, exchange).map { .node($0) }
    case .getResourceProviders: return .resourceProviders
    case .files(let call): return .files(try await files.ask(call, exchange))
    case .unsupported(let name): throw HTTPRefusal(.notImplemented, "\(name) is not implemented")
    case .getContainers: return .containers(await host.describeContainers())
    case .getState: return .state(await contents())
    case .getFrameworks: return .frameworks(await contents().frameworks)
    case .getExecutors:
      let contents = await contents()
      return .executors(contents.executors, completed: contents.completedExecutors)
    case .getTasks: return .tasks(await contents().tasks)
    case .getOperations: return .operations(await contents().operations)
    case .getAgent:
      let contents = await contents()
      return .agent(contents.info, contents.drainConfig)
    }
  }

  private func contents() async -> AgentContents { await host.describeContents() }
}

extension FileEndpoints {
  /// The sandboxes of an agent.
  init(of host: AgentHost) {
    let sessions = RequestSessions(host: host.handler, role: .operator, node: "agent")
    self.init(
      ask: { call, exchange in
        try await sessions.outcome(
          ofLone: .operatorCall(call, request: 0), exchange, name: "somebody who asks for files"
        ).answer()
      },
      places: {
        let contents = await host.describeContents()
        return (contents.completedContainers + contents.containers).map { container in
          let executor = "/frameworks/\(container.frameworkID)/executors/\(container.executorID)"
          return ("\(executor)/runs/\(container.id)", container.directory)
        }
      })
  }
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
