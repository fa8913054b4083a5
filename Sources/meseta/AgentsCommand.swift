// The agents of a cluster, and taking them out of use.

import ArgumentParser
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaService

struct AgentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agents", abstract: "List the agents of a cluster, and take them out of use.",
    discussion: """
        meseta agents
        meseta agents drain node1 --max_grace_period 1mins
        meseta agents reactivate node1

      An agent is named by its id, the end of its id, or its host.
      """,
    subcommands: [List.self, Deactivate.self, Drain.self, Reactivate.self, Gone.self],
    defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the agents, and what they have.",
      discussion: """
        The state `recovered` is that of agents that an earlier master had, and that have not come back to this one: what is \
        used of them is not known.
        """)
    @OptionGroup var master: MasterAddress
    @Flag(help: "Print JSON instead of a table.") var json = false

    func run() async throws {
      guard case .agents(let agents, let recovered) = try await master.ask(.getAgents) else {
        throw UnexpectedAnswer()
      }
      try Listing.agents(agents, recovered: recovered).print(asJSON: json)
    }
  }

  struct Deactivate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Offer nothing of an agent any more; its tasks go on.")
    @OptionGroup var master: MasterAddress
    @Argument(help: "The agent.") var agent: String

    func run() async throws {
      let id = try await master.agent(agent)
      _ = try await master.ask(.deactivateAgent(id))
      print("nothing of agent \(id) is offered any more")
    }
  }

  struct Drain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Offer nothing of an agent any more, and kill its tasks.",
      discussion: "`meseta agents` shows it as draining, and as drained once nothing is left on it.")
    @OptionGroup var master: MasterAddress
    @Argument(help: "The agent.") var agent: String
    @Option(
      name: .mesos("max_grace_period"),
      help: "How long tasks have to end at most, such as 1mins. (default: as long as each says itself)")
    var maxGracePeriod: String?
    @Flag(name: .mesos("mark_gone"), help: "Give the agent up for good once it is drained.")
    var marksGone = false

    func validate() throws { _ = try Settings().span(maxGracePeriod, "max_grace_period") }

    func run() async throws {
      let id = try await master.agent(agent)
      let period = try Settings().span(maxGracePeriod, "max_grace_period")
      _ = try await master.ask(
        .drainAgent(id, DrainConfig(maxGracePeriod: period?.nanoseconds, marksGone: marksGone)))
      print("agent \(id) is being drained")
    }
  }

  struct Reactivate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take an agent that was deactivated, or has been drained, back into use.")
    @OptionGroup var master: MasterAddress
    @Argument(help: "The agent.") var agent: String

    func run() async throws {
      let id = try await master.agent(agent)
      _ = try await master.ask(.reactivateAgent(id))
      print("agent \(id) is in use again")
    }
  }

  struct Gone: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give an agent up for good, with all its tasks: it is never taken back.")
    @OptionGroup var master: MasterAddress
    @Argument(help: "The agent; by its full id if it is not connected.") var agent: String

    func run() async throws {
      let id = try await master.agent(agent)
      _ = try await master.ask(.markAgentGone(id))
      print("agent \(id) is given up")
    }
  }
}

extension Listing {
  /// - Parameter recovered: those of an earlier master that are not back.
  static func agents(_ agents: [AgentDescription], recovered: [AgentInfo]) -> Listing {
    var listing = Listing(
      columns: [
        .init("AGENT", isFlexible: true), .init("HOST", isFlexible: true), .init("STATE"),
        .init("CPUS USED", isNumeric: true), .init("CPUS", isNumeric: true),
        .init("MEM USED (MB)", isNumeric: true), .init("MEM (MB)", isNumeric: true),
        .init("ATTRIBUTES", isFlexible: true),
      ],
      keys: ["id", "hostname", "state", "cpus_used", "cpus", "mem_used", "mem", "attributes"])
    for agent in agents {
      let used = agent.allocated.nonRevocable
      listing.addAgent(
        agent.info, agent.state, cpus: .number(used.scalar("cpus").value),
        mem: .number(used.scalar("mem").value))
    }
    for info in recovered { listing.addAgent(info, "recovered", cpus: .noNumber, mem: .noNumber) }
    listing.addOversubscribed(agents)
    return listing
  }

  private mutating func addAgent(_ info: AgentInfo, _ state: String, cpus: Cell, mem: Cell) {
    rows.append([
      .text(info.id?.value ?? "-"), .text(info.hostname), .text(state),
      cpus, .number(info.resources.scalar("cpus").value), mem, .number(info.resources.scalar("mem").value),
      .text(info.attributes.map(\.description).joined(separator: ";")),
    ])
  }
}

extension MasterAddress {
  /// The agent that is meant; a full id also of one that is unreachable, which the list does not have.
  fileprivate func agent(_ word: String) async throws -> AgentID {
    guard case .agents(let agents, let recovered) = try await ask(.getAgents) else {
      throw UnexpectedAnswer()
    }
    do throws(Choice.Unclear) {
      let candidates = agents.map(Choice.Candidate.init) + recovered.map(Choice.Candidate.init)
      return AgentID(try Choice("agent", candidates).find(word))
    } catch {
      if !error.isKnown, word.contains("-S") { return AgentID(word) }
      throw error
    }
  }
}

extension AgentDescription {
  fileprivate var state: String {
    switch standing {
    case .deactivated: "deactivated"
    case .drained(let info): info.state == .drained ? "drained" : "draining"
    case nil: isActive ? "active" : "disconnected"
    }
  }
}
