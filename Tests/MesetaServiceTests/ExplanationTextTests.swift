// What an operator reads of why agents are, or are not, on offer.

import MesetaModel
import MesetaProtocol
import MesetaService
import Testing

@Suite struct ExplanationTextTests {
  private static let second: Int64 = 1_000_000_000

  private func text(_ reasons: [(String, Explanation.Reason)], role: String? = "eng") -> ExplanationText {
    let agents = reasons.enumerated().map { index, entry in
      Explanation.Agent(AgentID("m-S\(index)"), hostname: entry.0, role: role, entry.1)
    }
    let explanation = Explanation(
      frameworkID: FrameworkID("m-0001"), frameworkName: "batch", roles: ["eng"], time: 100 * Self.second,
      agents: agents)
    return ExplanationText(explanation, names: [FrameworkID("m-0002"): "spark"]) {
      "12:00:\($0 / Self.second - 90)"
    }
  }

  @Test func theCountsComeFirstAndThenTheAgents() {
    let eight = Explanation.Amount("cpus", Scalar(8), of: Scalar(8))
    let lines = text([
      ("host-a", .offered), ("host-b", .filtered(until: 352 * Self.second)),
      ("host-c", .quotaLimit(role: "eng", used: [eight])), ("host-d", .filtered(until: 112 * Self.second)),
    ]).lines(width: nil)
    #expect(
      lines == [
        "batch (role eng) is offered 1 of 4 agents",
        "",
        "  2  declined  by the framework, the first until 12:00:22 (in 12 s)",
        "  1  on offer  offered to the framework in role eng",
        "  1  quota     quota of role eng used up: 8 of 8 cpus",
        "",
        "AGENT  HOST    WHY",
        "m-S1   host-b  declined until 12:00:262 (in 4 min 12 s)",
        "m-S3   host-d  declined until 12:00:22 (in 12 s)",
        "m-S0   host-a  offered to the framework in role eng",
        "m-S2   host-c  quota of role eng used up: 8 of 8 cpus",
      ])
  }

  @Test func manyAgentsWithTheSameReasonAreOneLine() {
    let many = (1...40).reversed().map { ("web-\($0)", Explanation.Reason.allocatedElsewhere) }
    let text = text(many + [("db-1", .suppressed)])
    #expect(text.counts.map(\.name) == ["allocated_elsewhere", "suppressed"])
    #expect(text.counts.map(\.count) == [40, 1])
    #expect(
      text.lines(width: nil).suffix(2) == [
        "40 agents  web-1, web-2 … web-40  all of it is used or offered",
        "m-S40      db-1                   the framework suppresses offers in role eng",
      ])
  }

  @Test func whoGetsNothingIsToldWhatToDo() {
    let lines = text([("host-a", .suppressed), ("host-b", .suppressed)]).lines(width: nil)
    #expect(lines[0] == "batch (role eng) is offered 0 of 2 agents")
    #expect(lines.contains("next: the framework has to revive offers (REVIVE) when it wants some"))
  }

  @Test func ofOneAgentThereIsALine() {
    #expect(
      text([("host-a", .offered)]).lines(width: nil) == [
        "host-a (m-S0) is on offer to batch (role eng): offered to the framework in role eng"
      ])
    #expect(
      text([("host-a", .reserved(role: "db"))]).lines(width: nil) == [
        "host-a (m-S0) is not on offer to batch (role eng): what is free is reserved for role db"
      ])
  }

  @Test func withoutAgentsThereIsNothingToTell() {
    #expect(text([]).lines(width: nil) == ["batch (role eng): there are no agents"])
  }

  @Test(arguments: [
    (
      Explanation.Reason.tooSmall([
        .init("cpus", Scalar(milli: 100), of: Scalar(milli: 500)), .init("mem", Scalar(16), of: Scalar(32)),
      ]), "free are only 0.1 of 0.5 cpus or 16 of 32 mem (MB)"
    ),
    (.behind(FrameworkID("m-0002"), share: 0.125), "spark is served first: its share is smaller by 12.5 %"),
    (.behind(FrameworkID("x"), share: 0), "x is served first: its share is not greater"),
    (.reserved(role: "db"), "what is free is reserved for role db"),
    (.reserved(role: "*"), "what is free is reserved for other roles"),
    (.outstandingLimit(20), "the framework has 20 unanswered offers, as many as it may have"),
    (
      .filtered(until: (100 + 365 * 86400) * Self.second),
      "declined until 12:00:31536010 (in 365 d 0 h)"
    ),
  ])
  func aReasonIsAPlainSentence(_ reason: Explanation.Reason, _ sentence: String) {
    #expect(text([("host", reason)]).sentences.map(\.sentence) == [sentence])
  }

  @Test func everyReasonHasANameOfItsOwn() {
    let reasons: [Explanation.Reason] = [
      .frameworkInactive, .noRole, .suppressed, .outstandingLimit(1), .agentInactive, .gpuOnly, .remoteRegion,
      .constraint, .allocatedElsewhere, .setAside, .reserved(role: "r"), .incapable,
      .quotaLimit(role: "r", used: []), .quotaHeadroom, .tooSmall([]), .filtered(until: 0),
      .behind(FrameworkID("f"), share: 0), .available, .offered, .unknown,
    ]
    let texts = text(reasons.map { ("host", $0) }).sentences
    #expect(Set(texts.map(\.name)).count == reasons.count)
    #expect(Set(texts.map(\.kind)).count == reasons.count)
  }
}
