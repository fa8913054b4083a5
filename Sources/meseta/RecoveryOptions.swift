// What an agent does that is started again.

import ArgumentParser
import MesetaAgent
import MesetaService

struct RecoveryOptions: ParsableArguments {
  @Option(
    name: .mesos("recover"),
    help: """
      What becomes of what an earlier life of the agent has left running: reconnect, or cleanup, which ends it and then \
      the agent. (default: reconnect)
      """)
  var recover: String?
  @Option(
    name: .mesos("strict"),
    help: """
      Whether a record of an earlier life that cannot be read keeps the agent from starting, rather than being passed \
      over. (default: true)
      """)
  var strict: String?
  @Option(
    name: .mesos("reconfiguration_policy"),
    help: """
      How the agent may be set up otherwise than before: equal, not at all, or additive, with more resources and \
      attributes. (default: equal)
      """)
  var reconfigurationPolicy: String?

  func mode(_ settings: Settings) throws -> RecoveryMode {
    try settings.value(recover, "recover", Self.parse) ?? .reconnect
  }

  func set(_ options: inout AgentService.Options, _ settings: Settings) throws {
    try settings.set(&options.isStrict, strict, "strict")
    options.reconfigurationPolicy =
      try settings.value(reconfigurationPolicy, "reconfiguration_policy", Self.parse) ?? .equal
  }

  private static func parse<Value: CaseIterable & RawRepresentable<String>>(_ text: String) throws -> Value {
    guard let value = Value(rawValue: text) else {
      throw BadValue(
        "\"\(text)\" is none of " + Value.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return value
  }
}
