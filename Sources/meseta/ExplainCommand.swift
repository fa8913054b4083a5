// Why a framework is, or is not, offered what there is.

import ArgumentParser
import Foundation
import MesetaModel
import MesetaProtocol
import MesetaService

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say why each agent is, or is not, on offer to a framework.",
    discussion: """
      First how many agents there are for each reason, then the agents; those with the same reason are shown together where \
      there are many.

        meseta explain batch
        meseta explain batch --role eng --agent S3
      """)
  @OptionGroup var master: MasterAddress
  @Argument(help: "The framework's name or id, or the end of its id.") var framework: String
  @Option(help: "Only this agent: its id, the end of its id, or its host.") var agent: String?
  @Option(help: "Only this one of the framework's roles.") var role: String?
  @Flag(help: "Print JSON instead of text.") var json = false

  func run() async throws {
    guard case .frameworks(let frameworks) = try await master.ask(.getFrameworks) else {
      throw UnexpectedAnswer()
    }
    let id = try Choice("framework", frameworks.map(Choice.Candidate.init)).find(framework)
    if let role, let found = frameworks.first(where: { $0.info.id?.value == id })?.info,
      !found.subscribedRoles.contains(role)
    {
      let roles = found.subscribedRoles.joined(separator: ", ")
      throw ValidationError("--role: \(found.name) is not subscribed to \"\(role)\" but to \(roles)")
    }
    var agentID: AgentID?
    if let agent {
      guard case .agents(let agents, _) = try await master.ask(.getAgents) else { throw UnexpectedAnswer() }
      agentID = AgentID(try Choice("agent", agents.map(Choice.Candidate.init)).find(agent))
    }
    let call = OperatorCall.explain(FrameworkID(id), agentID: agentID, role: role)
    guard case .explanation(let explanation) = try await master.ask(call) else { throw UnexpectedAnswer() }
    let names = Dictionary(
      frameworks.compactMap { framework in framework.info.id.map { ($0, framework.info.name) } },
      uniquingKeysWith: { $1 })
    let text = ExplanationText(explanation, names: names)
    if json { return try printJSON(Self.json(explanation, text)) }
    for line in text.lines(width: Terminal.width(of: STDOUT_FILENO)) { print(line) }
  }

  private static func json(_ explanation: Explanation, _ text: ExplanationText) -> [String: Any] {
    [
      "framework_id": explanation.frameworkID.value, "name": explanation.frameworkName,
      "roles": explanation.roles,
      "summary": Dictionary(text.counts.map { ($0.name, $0.count) }, uniquingKeysWith: +),
      "agents": zip(explanation.agents, text.sentences).map { agent, reason in
        var object: [String: Any] = [
          "agent_id": agent.id.value, "hostname": agent.hostname, "reason": reason.name,
          "text": reason.sentence,
        ]
        object["role"] = agent.role
        switch agent.reason {
        case .outstandingLimit(let limit): object["limit"] = limit
        case .reserved(let role): object["reserved_for"] = role
        case .quotaLimit(let role, let used):
          object["quota_role"] = role
          object["used"] = amounts(used)
        case .tooSmall(let short): object["short"] = amounts(short)
        case .filtered(let until): object["until"] = Double(until) / 1e9
        case .behind(let first, let share):
          object["first_framework_id"] = first.value
          object["share"] = share
        default: break
        }
        return object
      },
    ]
  }

  private static func amounts(_ amounts: [Explanation.Amount]) -> [[String: Any]] {
    amounts.map { ["name": $0.name, "amount": $0.amount.value, "of": $0.bound.value] }
  }
}
