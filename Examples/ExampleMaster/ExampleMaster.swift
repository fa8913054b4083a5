// A service that is a master: `swift run ExampleMaster [NATIVE PORT [HTTP PORT]]`.

import Logging
import MesetaMaster
import MesetaRuntime
import MesetaService
import ServiceLifecycle
import UnixSignals

@main
struct ExampleMaster {
  static func main() async throws {
    let logger = Logger(label: "example.master")
    var options = MasterService.Options()
    options.host = "127.0.0.1"
    let ports = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    options.port = ports.first ?? 5052
    options.httpPort = ports.dropFirst().first ?? 5050
    options.configuration.allocationInterval = .milliseconds(200)

    let master = MasterService(options, logger: logger)
    let group = ServiceGroup(
      services: [master], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await group.run()
  }
}
