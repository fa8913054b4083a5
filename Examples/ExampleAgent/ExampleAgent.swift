// A service that is an agent: `swift run ExampleAgent [MASTER-PORT [RESOURCES [DIRECTORY]]]`.
//
// Without a directory it has one of its own, which goes with it.

import Foundation
import Logging
import MesetaModel
import MesetaService
import ServiceLifecycle
import UnixSignals

@main
struct ExampleAgent {
  static func main() async throws {
    let logger = Logger(label: "example.agent")
    let arguments = CommandLine.arguments.dropFirst()
    let port = arguments.first.flatMap { Int($0) } ?? 5052
    let kept = arguments.dropFirst(2).first.map { URL(filePath: $0) }
    let directory =
      kept ?? FileManager.default.temporaryDirectory.appending(path: "meseta-example-agent-\(getpid())")

    var options = AgentService.Options(
      master: HostPort(host: "127.0.0.1", port: port), workDirectory: directory.path)
    options.host = "127.0.0.1"
    options.port = 0  // any free ones
    options.httpPort = 0
    options.resources = try Resources(parsing: arguments.dropFirst().first ?? "cpus:2;mem:1024")
    options.attributes = try Attribute.parse("rack:example")

    let agent = try AgentService(options, logger: logger)
    let group = ServiceGroup(services: [agent], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await group.run()
    if kept == nil { try? FileManager.default.removeItem(at: directory) }
  }
}
