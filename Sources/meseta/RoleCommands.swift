// What roles there are, and their weights.

import ArgumentParser
import MesetaModel
import MesetaProtocol
import MesetaService

struct RolesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "roles", abstract: "List the roles of a cluster, and what they have.",
    discussion: "What is counted is that of the role and of all roles below it.")
  @OptionGroup var master: MasterAddress
  @Flag(help: "Print JSON instead of a table.") var json = false

  func run() async throws {
    guard case .roles(let roles) = try await master.ask(.getRoles) else { throw UnexpectedAnswer() }
    try Listing.roles(roles).print(asJSON: json)
  }
}

extension Listing {
  static func roles(_ roles: [RoleDescription]) -> Listing {
    var listing = Listing(
      columns: [
        .init("ROLE", isFlexible: true), .init("WEIGHT", isNumeric: true),
        .init("FRAMEWORKS", isNumeric: true), .init("ALLOCATED"), .init("OFFERED"), .init("RESERVED"),
        .init("GUARANTEE"), .init("LIMIT"),
      ],
      keys: [
        "role", "weight", "frameworks", "allocated", "offered", "reserved", "guarantee", "limit",
      ])
    for role in roles {
      listing.rows.append([
        .text(role.name), .number(role.weight), .number(Double(role.frameworks.count)),
        .quantities(role.allocated), .quantities(role.offered), .quantities(role.reserved),
        .quantities(role.quota.guarantees), .quantities(role.quota.limits),
      ])
    }
    return listing
  }
}

struct WeightsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weights", abstract: "List and set the weights of roles.",
    discussion: """
      A role of weight 2 is due twice as much as one of weight 1, which is the weight of a role without one.

        meseta weights
        meseta weights set prod=3 dev=1
      """,
    subcommands: [List.self, Set.self], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the weights that were set.")
    @OptionGroup var master: MasterAddress
    @Flag(help: "Print JSON instead of a table.") var json = false

    func run() async throws {
      guard case .weights(let weights) = try await master.ask(.getWeights) else { throw UnexpectedAnswer() }
      var listing = Listing(
        columns: [.init("ROLE", isFlexible: true), .init("WEIGHT", isNumeric: true)],
        keys: ["role", "weight"])
      for weight in weights { listing.rows.append([.text(weight.role), .number(weight.weight)]) }
      try listing.print(asJSON: json)
    }
  }

  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Set the weights of roles.")
    @OptionGroup var master: MasterAddress
    @Argument(help: "ROLE=WEIGHT, such as prod=3.") var weights: [String]

    func validate() throws { _ = try parsed() }

    func run() async throws {
      let weights = try parsed()
      _ = try await master.ask(.updateWeights(weights))
      for weight in weights { print("the weight of role \(weight.role) is \(weight.text)") }
    }

    private func parsed() throws -> [RoleWeight] {
      try weights.map { text in
        do {
          return try RoleWeight(parsing: text)
        } catch {
          throw ValidationError("\(error)")
        }
      }
    }
  }
}

extension RoleWeight {
  fileprivate var text: String { Scalar(checking: weight)?.description ?? "\(weight)" }

  /// Reads `ROLE=WEIGHT`.
  init(parsing text: String) throws {
    let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard sides.count == 2, let weight = Double(sides[1]), weight > 0, weight.isFinite else {
      throw BadValue("\"\(text)\" is not ROLE=WEIGHT with a positive weight, such as prod=3")
    }
    if let problem = Role.problem(with: sides[0]) { throw BadValue(problem) }
    self.init(role: sides[0], weight: weight)
    if let problem { throw BadValue(problem) }
  }
}
