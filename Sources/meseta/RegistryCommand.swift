// What masters have written down: shown, checked, carried away and brought back.

import ArgumentParser
import Foundation
import MesetaHost
import MesetaModel
import MesetaService

struct RegistryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "registry", abstract: "Show, check, export and import what masters have written down.",
    discussion: """
      The registry holds what a master must not forget: which agents there are, quotas, weights and maintenance. It can be read \
      while a master runs.

        meseta registry show --work_dir /var/lib/meseta
        meseta registry export --work_dir /var/lib/meseta >registry.json
        meseta registry import registry.json --work_dir /var/lib/meseta-new
      """,
    subcommands: [Show.self, Check.self, Export.self, Import.self])

  /// Where a registry is.
  struct Place: ParsableArguments {
    @Option(name: .mesos("work_dir"), help: "The work directory of the master.")
    var workDirectory: String?
    @Option(name: .mesos("zk"), help: "Where ZooKeeper is, as several masters are told.")
    var zk: String?

    func location() throws -> StoredRegistry.Location {
      if let address = try Settings().zooKeeper(zk, "zk") { return .zooKeeper(address) }
      guard let directory = Settings().string(workDirectory, "work_dir"), !directory.isEmpty else {
        throw ValidationError(
          "say where the registry is: --work_dir DIRECTORY, the one of the master, or --zk zk://…")
      }
      return .workDirectory(directory)
    }

    func read() async throws -> StoredRegistry { try await StoredRegistry(location()) }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the agents that are written down.")
    @OptionGroup var place: Place
    @Flag(help: "Print JSON instead of a table.") var json = false

    func run() async throws {
      let registry = try await place.read()
      var listing = Listing(
        columns: [
          .init("AGENT", isFlexible: true), .init("HOSTNAME", isFlexible: true), .init("STATE"),
          .init("SINCE"),
        ],
        keys: ["agent", "hostname", "state", "since"])
      for agent in registry.agents {
        listing.rows.append([
          .text(agent.id.value), .text(agent.hostname.isEmpty ? "-" : agent.hostname),
          .text(agent.state.rawValue),
          .text(agent.since.map(Self.text) ?? "-"),
        ])
      }
      try listing.print(asJSON: json)
      if !json { print(registry.summary) }
    }

    private static func text(_ nanoseconds: Int64) -> String {
      Date(timeIntervalSince1970: Double(nanoseconds) / 1e9).formatted(.iso8601)
    }
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read all of it, and say whether it is whole.")
    @OptionGroup var place: Place

    func run() async throws {
      let registry = try await place.read()
      print("\(try place.location()) is whole: \(registry.summary)")
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write all of it to standard output, as JSON.")
    @OptionGroup var place: Place

    func run() async throws {
      let registry = try await place.read()
      try FileHandle.standardOutput.write(contentsOf: Data(try registry.json() + [UInt8(ascii: "\n")]))
    }
  }

  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Fill an empty registry with what was exported. No master may use it meanwhile.")
    @Argument(help: "The file that was exported; - for standard input.") var file: String
    @OptionGroup var place: Place

    func run() async throws {
      let json: Data
      if file == "-" {
        json = try FileHandle.standardInput.readToEnd() ?? Data()
      } else {
        do { json = try Data(contentsOf: URL(fileURLWithPath: file)) } catch {
          throw ValidationError("\(file) cannot be read: \(error.localizedDescription)")
        }
      }
      let summary = try await StoredRegistry.fill(place.location(), withJSON: [UInt8](json))
      print("\(try place.location()) holds \(summary)")
    }
  }
}
