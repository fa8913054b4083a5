import ArgumentParser
import Foundation
import Logging
import MesetaHTTP
import ServiceLifecycle
import UnixSignals

/// What every long-running command has to say about its log, which goes to standard error.
struct LoggingOptions: ParsableArguments {
  @Option(name: .mesos("logging_level"), help: "debug, info, warning or error. (default: info)")
  var level: String?

  /// - Parameter verbosity: lets operators have more logged for a while.
  func logger(
    _ label: String, _ settings: Settings, verbosity: LogVerbosity = LogVerbosity()
  ) throws -> Logger {
    var logger = Logger(label: label) { verbosity.handler(StreamLogHandler.standardError(label: $0)) }
    logger.logLevel =
      try settings.value(level, "logging_level") { text in
        guard let level = Logger.Level(rawValue: text.lowercased()) else {
          throw BadValue("\"\(text)\" is not debug, info, warning or error")
        }
        return level
      } ?? .info
    return logger
  }
}

/// Runs services until one ends or a signal asks them to; a second signal ends the process at once.
func runServices(_ services: [any Service], logger: Logger) async throws {
  let group = ServiceGroup(
    configuration: .init(
      services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
  try await group.run()
}

/// A path made absolute.
func absolute(_ path: String) -> String {
  URL(fileURLWithPath: path).standardizedFileURL.path
}

extension LoggingOptions {
  /// For commands whose output is for people: only what is an error is logged.
  static func quiet(_ label: String) -> Logger {
    var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .error
    return logger
  }
}
