// A service that is a master: `swift run ExampleMaster [PORT]`.

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
    options.port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 5052
    options.configuration.allocationInterval = .milliseconds(200)

    let master = MasterService(options, logger: logger)
    let group = ServiceGroup(
      services: [master], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await group.run()
  }
}
