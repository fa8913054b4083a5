// The command line.

import ArgumentParser
import Foundation
import MesetaProtocol

@main
struct MesetaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "meseta",
    abstract: "Turns many machines into one pool of resources.",
    discussion: """
      Start a master, then an agent on each machine, then run something:

        meseta master
        meseta agent --master HOST --work_dir /var/lib/meseta
        meseta run --master HOST 'echo hello'

      Every flag can also be given as a variable MESETA_<FLAG>, such as MESETA_MASTER.
      """,
    version: "meseta \(Version.current)",
    subcommands: [
      MasterCommand.self, AgentCommand.self, RunCommand.self, TasksCommand.self, AgentsCommand.self,
      FrameworksCommand.self, RolesCommand.self, QuotaCommand.self, WeightsCommand.self, ExplainCommand.self,
      MaintenanceCommand.self, RegistryCommand.self,
      SimulateCommand.self, ReplayCommand.self, WhatIfCommand.self,
    ])

  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let known = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    // The parser would look for a flag of ours first, and blame the subcommand's.
    if let problem = UnknownSubcommand(arguments, known: known) {
      FileHandle.standardError.write(Data("\(problem)\n".utf8))
      exit(withError: ExitCode.validationFailure)
    }
    await main(arguments)
  }
}
