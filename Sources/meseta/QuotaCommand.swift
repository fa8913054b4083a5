// What roles are promised, and what they may have at most.

import ArgumentParser
import Foundation
import MesetaModel
import MesetaProtocol
import MesetaService

struct QuotaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quota", abstract: "List, set and remove the quotas of roles.",
    discussion: """
      A quota holds for a role and all roles below it: so much is kept for it while it asks for it (guarantee), and more than \
      so much it is not offered (limit).

        meseta quota
        meseta quota set eng --guarantee 'cpus:4;mem:8192' --limit 'cpus:16'
        meseta quota remove eng
      """,
    subcommands: [List.self, Set.self, Remove.self], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the quotas, and how much of them is used.")
    @OptionGroup var master: MasterAddress
    @Flag(help: "Print JSON instead of a table.") var json = false

    func run() async throws {
      guard case .roles(let roles) = try await master.ask(.getRoles) else { throw UnexpectedAnswer() }
      var listing = Listing(
        columns: [
          .init("ROLE", isFlexible: true), .init("RESOURCE"), .init("GUARANTEE", isNumeric: true),
          .init("CONSUMED", isNumeric: true), .init("LIMIT", isNumeric: true),
        ],
        keys: ["role", "resource", "guarantee", "consumed", "limit"])
      for role in roles where !role.quota.isDefault {
        for name in Swift.Set((role.quota.guarantees + role.quota.limits).map(\.name)).sorted() {
          listing.rows.append([
            .text(role.name), .text(name), Self.cell(role.quota.guarantees, name),
            .number(ResourceSums(role.consumed).amount(name).value), Self.cell(role.quota.limits, name),
          ])
        }
      }
      try listing.print(asJSON: json)
    }

    private static func cell(_ quantities: [ResourceQuantity], _ name: String) -> Listing.Cell {
      quantities.first { $0.name == name }.map { .number($0.scalar.value) } ?? .noNumber
    }
  }

  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Set the quota of a role.",
      discussion: "What is not given stays as it is; \"none\" takes away all guarantees or limits.")
    @OptionGroup var master: MasterAddress
    @Argument(help: "The role, such as eng or eng/backend.") var role: String
    @Option(help: "What is kept for the role, such as \"cpus:4;mem:8192\".") var guarantee: String?
    @Option(help: "What the role may have at most, such as \"cpus:16\".") var limit: String?
    @Flag(help: "Even if the cluster has less, or the role has more.") var force = false

    func validate() throws {
      if let problem = Role.problem(with: role) { throw ValidationError(problem) }
      guard guarantee != nil || limit != nil else {
        throw ValidationError(
          "say what to set, such as --guarantee cpus:4 or --limit cpus:16; `meseta quota remove \(role)` takes a quota "
            + "away")
      }
      if let guarantee { _ = try WrittenQuantity.list(guarantee, "--guarantee") }
      if let limit { _ = try WrittenQuantity.list(limit, "--limit") }
    }

    func run() async throws {
      guard case .quota(let quotas) = try await master.ask(.getQuota) else { throw UnexpectedAnswer() }
      var config = QuotaConfig(quotas.first { $0.role == role } ?? RoleQuota(role, Quota()))
      if let guarantee { config.guarantees = try WrittenQuantity.list(guarantee, "--guarantee") }
      if let limit { config.limits = try WrittenQuantity.list(limit, "--limit") }
      _ = try await master.ask(.updateQuota([config], isForced: force))
      guard let quota = config.exact?.quota, !quota.isDefault else {
        print("role \(role) has no quota any more")
        return
      }
      print(
        "role \(role) is guaranteed \(quota.guarantees.isEmpty ? "nothing" : quota.guarantees.text) and "
          + (quota.limits.isEmpty ? "not limited" : "limited to \(quota.limits.text)"))
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take the quota of a role away.")
    @OptionGroup var master: MasterAddress
    @Argument(help: "The role.") var role: String

    func run() async throws {
      _ = try await master.ask(.removeQuota(role: role))
      print("role \(role) has no quota any more")
    }
  }
}

extension WrittenQuantity {
  /// Reads `cpus:4;mem:8192`, also with `=` and `,`.
  static func list(_ text: String, _ flag: String) throws -> [WrittenQuantity] {
    if text == "none" { return [] }
    let quantities = try text.split(whereSeparator: { $0 == ";" || $0 == "," }).map { part in
      let sides = part.split(maxSplits: 1, whereSeparator: { $0 == ":" || $0 == "=" })
        .map { $0.trimmingCharacters(in: .whitespaces) }
      guard sides.count == 2, !sides[0].isEmpty, let value = Double(sides[1]) else {
        throw ValidationError("\(flag): \"\(part)\" is not NAME:AMOUNT, such as cpus:4")
      }
      return WrittenQuantity(sides[0], value)
    }
    if let name = quantities.map(\.name).repeatedName {
      throw ValidationError("\(flag): \"\(text)\" names \(name) twice")
    }
    return quantities
  }
}

extension [String] {
  fileprivate var repeatedName: String? {
    var seen = Set<String>()
    return first { !seen.insert($0).inserted }
  }
}
