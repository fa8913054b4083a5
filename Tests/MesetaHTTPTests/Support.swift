// A master that answers HTTP, and requests to it.

import Logging
import MesetaHTTP
import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaService
import MesetaWire
import NIOPosix
import ServiceLifecycle
import Testing

let quietLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A master without agents, and its HTTP server.
struct TestMaster {
  let host: MasterHost
  let server: HTTPServer

  init(
    as configuration: MasterConfiguration = configured(), options: HTTPOptions = HTTPOptions(),
    recovered: RegistryState = RegistryState()
  ) async throws {
    host = MasterHost(configuration, seed: 1, recovered: recovered, logger: quietLogger)
    server = try await HTTPServer.listen(
      at: HostPort(host: "127.0.0.1", port: 0), on: group, options: options,
      logger: quietLogger)
    host.start()
    server.serve(
      MasterHTTP(
        host, at: HostPort(host: "master.example", port: server.address.port),
        flags: [FlagValue("port", "5050"), FlagValue("roles", #"a"b"#)], options: options, logger: quietLogger
      ).routes)
  }

  func connect() async throws -> RawClient { try await RawClient.connect(to: server.address) }

  /// Asks on a connection of its own.
  func ask(_ request: String) async throws -> Reply { try await connect().ask(request) }

  /// Waits until the master sees its frameworks so.
  func untilFrameworks(_ are: @escaping @Sendable ([FrameworkDescription]) -> Bool) async {
    while !Task.isCancelled, !(await host.withMaster { are($0.describeFrameworks()) }) { await Task.yield() }
  }

  /// Waits until so many frameworks are disconnected.
  func untilDisconnected(_ count: Int) async {
    await untilFrameworks { $0.filter { !$0.isConnected }.count == count }
  }

  func stop() async {
    await host.stop()
    await server.stop()
  }
}

/// A master that offers declined resources again at once, changed in one respect.
func configured(_ change: (inout MasterConfiguration) -> Void = { _ in }) -> MasterConfiguration {
  var configuration = MasterConfiguration()
  configuration.allocationInterval = .milliseconds(10)
  change(&configuration)
  return configuration
}

/// Runs a test with a master.
func withMaster(
  as configuration: MasterConfiguration = configured(), options: HTTPOptions = HTTPOptions(),
  _ body: (TestMaster) async throws -> Void
) async throws {
  let master = try await TestMaster(as: configuration, options: options)
  do {
    try await body(master)
  } catch {
    await master.stop()
    throw error
  }
  await master.stop()
}

/// The text of a request without a body.
func get(_ path: String, method: String = "GET", _ fields: String...) -> String {
  "\(method) \(path) HTTP/1.1\r\nHost: master\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
}

/// The text of a request with a body. Fields replace those of the same name that it would have; an empty value leaves it out.
func post(_ body: String, to path: String = "/api/v1/scheduler", _ fields: [String: String] = [:]) -> String {
  var all = [
    "Content-Type": "application/json", "Accept": "application/json", "Content-Length": "\(body.utf8.count)",
  ]
  all.merge(fields) { $1 }
  let lines = all.filter { !$0.value.isEmpty }.map { "\($0.key): \($0.value)\r\n" }.sorted().joined()
  return "POST \(path) HTTP/1.1\r\nHost: master\r\n\(lines)\r\n\(body)"
}

/// A SUBSCRIBE of a framework with some of its fields.
func subscribe(_ fields: String = "", id: String? = nil) -> String {
  let more = fields.isEmpty ? "" : ", \(fields)"
  let own = id.map { ", \"id\": {\"value\": \"\($0)\"}" } ?? ""
  let call = id.map { "\"framework_id\": {\"value\": \"\($0)\"}, " } ?? ""
  return """
    {"type": "SUBSCRIBE", \(call)"subscribe": {"framework_info": \
    {"user": "root", "name": "test", "capabilities": [{"type": "MULTI_ROLE"}]\(own)\(more)}}}
    """
}

/// Where servers and clients of the tests run.
let group = MultiThreadedEventLoopGroup.singleton

/// A call in protobuf, whose sender wants protobuf unless it says otherwise.
func post(_ call: SchedulerCall, _ fields: [String: String] = [:]) -> [UInt8] {
  var encoder = MessageEncoder()
  var body: [UInt8] = []
  encoder.encodeValue(call, into: &body)
  let type = "application/x-protobuf"
  let all = ["Content-Type": type, "Accept": type, "Content-Length": "\(body.count)"].merging(fields) { $1 }
  let head = all.map { "\($0.key): \($0.value)\r\n" }.sorted().joined()
  return Array("POST /api/v1/scheduler HTTP/1.1\r\n\(head)\r\n".utf8) + body
}

/// Runs a test with a master and an agent that runs real processes.
func withCluster(_ body: (HostPort) async throws -> Void) async throws {
  let cluster = try EmbeddedCluster(
    agents: 1, resources: try Resources(parsing: "cpus:2;mem:512;disk:512"),
    http: HostPort(host: "127.0.0.1", port: 0), logger: quietLogger)
  let group = ServiceGroup(configuration: .init(services: [.init(service: cluster)], logger: quietLogger))
  let running = Task { try await group.run() }
  do {
    try await body(try #require(await cluster.httpAddress()))
  } catch {
    await group.triggerGracefulShutdown()
    throw error
  }
  await group.triggerGracefulShutdown()
  try await running.value
}

/// A request that is refused, with the status and the words that clients of Mesos know.
struct BadRequest: Sendable, CustomTestStringConvertible {
  var name: String
  var body: String
  var fields: [String: String] = [:]
  var status = 400
  /// What the answer begins with. A test may put something in the place of a word in capitals.
  var text: String

  var testDescription: String { name }
}
