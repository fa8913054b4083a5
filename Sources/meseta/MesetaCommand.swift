// The command line.

import ArgumentParser
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
      FrameworksCommand.self,
    ])
}
