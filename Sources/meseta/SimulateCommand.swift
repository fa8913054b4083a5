// `meseta simulate`: whole clusters that fail in every way, each from a number.

import ArgumentParser
import Foundation
import MesetaRuntime
import MesetaService
import MesetaSimulation

struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Simulate clusters in which everything fails, and check that nothing breaks.",
    discussion: """
      A seed decides everything: machines, frameworks, what these do, what operators do, and what goes wrong. Things go wrong \
      for some minutes of virtual time; after that everybody has to get what they want. What must hold is checked all the \
      time. The first seed that fails is shrunk: what the failure does not need is taken out. The exit status is 0 if all \
      seeds passed.

        meseta simulate --seeds 1..1000
        meseta simulate --seed 0x5eed --trace
      """)

  @Option(help: "One seed, such as 17 or 0x5eed.") var seed: String?
  @Option(help: "Several, FIRST..LAST. (default: 1..100)") var seeds: String?
  @Option(help: "How long things go wrong, in minutes of virtual time. (default: by the seed)") var minutes:
    Int?
  @Option(help: "How many agents there are. (default: by the seed)") var agents: Int?
  @Option(help: "How many frameworks there are. (default: by the seed)") var frameworks: Int?
  @Option(help: "How many tasks each of them wants to run. (default: by the seed)") var tasks: Int?
  @Option(
    help: "Faults that do not happen, of \(FaultKind.allCases.map(\.name).joined(separator: ",")); or all.")
  var without: String?
  @Option(help: "Leave out what a failure did not need, in the words that `meseta simulate` printed.")
  var reduce: String?
  @Flag(help: "Print everything that happens, of one seed.") var trace = false
  @Flag(help: "Print JSON instead of a table.") var json = false
  @Option(help: "How many processes run seeds. (default: one for each processor)") var jobs: Int?
  @Flag(help: "Fail if one of the marked rare branches was never reached.") var requireMarks = false
  @Option(help: "How many seconds to look for the least that still fails.") var shrinkSeconds = 60
  @Option(help: .hidden) var worker: String?

  func validate() throws {
    _ = try plan()
    if seed != nil, seeds != nil { throw ValidationError("--seed and --seeds exclude each other") }
    if trace, seed == nil { throw ValidationError("--trace: say which seed, with --seed") }
  }

  private func plan() throws -> SimulationPlan {
    func number(_ value: Int?, _ flag: String, _ range: ClosedRange<Int>) throws -> Int? {
      guard let value else { return nil }
      guard range.contains(value) else {
        throw ValidationError(
          "--\(flag): \(value) is not a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
    var wishes = ShapeWishes()
    wishes.agents = try number(agents, "agents", 1...10_000)
    wishes.frameworks = try number(frameworks, "frameworks", 0...1000)
    wishes.tasks = try number(tasks, "tasks", 1...100_000)
    wishes.length = try number(minutes, "minutes", 0...1_000_000).map { .minutes($0) }
    wishes.without = try kinds()
    _ = try number(jobs, "jobs", 1...1000)
    _ = try number(shrinkSeconds, "shrink-seconds", 0...1_000_000)
    var reduction = Reduction()
    if let reduce {
      guard let parsed = Reduction(parsing: reduce) else {
        throw ValidationError(
          "--reduce: \"\(reduce)\" is not in a form such as agents=3,frameworks=0+2,seconds=90")
      }
      reduction = parsed
    }
    return SimulationPlan(seeds: try range(), wishes: wishes, reduction: reduction)
  }

  private func kinds() throws -> Set<FaultKind> {
    guard let without else { return [] }
    if without == "all" { return Set(FaultKind.allCases) }
    var kinds = Set<FaultKind>()
    for word in without.split(separator: ",") {
      guard let kind = FaultKind(String(word)) else {
        let all = FaultKind.allCases.map(\.name).joined(separator: ", ")
        throw ValidationError("--without: there is no fault \"\(word)\"; there are \(all), and all")
      }
      kinds.insert(kind)
    }
    return kinds
  }

  private func range() throws -> ClosedRange<UInt64> {
    if let seed {
      guard let seed = Seed(parsing: seed) else {
        throw ValidationError("--seed: \"\(seed)\" is not a number such as 17 or 0x5eed")
      }
      return seed.value...seed.value
    }
    let text = seeds ?? "1..100"
    let ends = text.split(separator: ".", omittingEmptySubsequences: true).compactMap {
      Seed(parsing: String($0))
    }
    guard ends.count == 2, text.contains(".."), ends[0].value <= ends[1].value,
      ends[1].value - ends[0].value < 1_000_000_000
    else { throw ValidationError("--seeds: \"\(text)\" is not FIRST..LAST, such as 1..1000") }
    return ends[0].value...ends[1].value
  }

  func run() async throws {
    let plan = try plan()
    if let worker { return try SimulationWorker(plan, share: worker).run() }
    if trace { return try runTraced(plan) }
    let arguments = CommandLine.arguments.dropFirst().filter { $0 != "--json" }
    let campaign = SimulationCampaign(
      plan, arguments: passedOn(Array(arguments)), jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount)
    let result = try await campaign.run()
    let report = SimulationReport(result, plan)
    if json {
      try report.printJSON(requiresMarks: requireMarks)
    } else {
      report.print(requiresMarks: requireMarks || plan.seeds.count >= 300)
    }
    if let failure = result.failure {
      try await explain(failure, plan, campaign)
      throw ExitCode(1)
    }
    if requireMarks, !report.unreached.isEmpty { throw ExitCode(1) }
  }

  /// What a worker needs to know of the command line: what decides the shapes.
  private func passedOn(_ arguments: [String]) -> [String] {
    var words: [String] = []
    let options: [(String, String?)] = [
      ("--minutes", minutes.map(String.init)), ("--agents", agents.map(String.init)),
      ("--frameworks", frameworks.map(String.init)), ("--tasks", tasks.map(String.init)),
      ("--without", without),
    ]
    for case (let name, let value?) in options { words += [name, value] }
    return words
  }

  /// Runs one seed in this process, so that it can be looked at with a debugger.
  private func runTraced(_ plan: SimulationPlan) throws {
    var trial = Trial(plan.shape(Seed(plan.seeds.lowerBound))) { line in print(line) }
    let outcome = trial.run()
    print(
      "seed \(Seed(outcome.seed)): \(outcome.exercised["messages"]) lines, hash \(String(outcome.hash, radix: 16))"
    )
    guard let problem = outcome.problem else { return }
    print(problem)
    throw ExitCode(1)
  }

  private func explain(
    _ failure: SimulationCampaign.Failure, _ plan: SimulationPlan, _ campaign: SimulationCampaign
  ) async throws {
    func say(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
    let seed = Seed(failure.seed)
    let own = ["meseta simulate --seed \(seed)"] + campaign.arguments
    say("\nFAILED \(failure.problem)")
    say("replay: \(own.joined(separator: " ")) --trace\n")
    guard shrinkSeconds > 0 else { return }
    say("shrinking for \(shrinkSeconds) s at most …")
    let shrunk = campaign.shrink(failure, plan, within: Double(shrinkSeconds))
    let last = try campaign.runOne(failure.seed, shrunk.reduction, lines: 60)
    let shape = plan.base(seed).reduced(by: shrunk.reduction)
    say(
      "after \(shrunk.trials) trials it still fails with \(shape.agents.count) agents, "
        + "\(shape.frameworks.map(\.name).joined(separator: ", ")), \(shape.actions.count) actions of operators "
        + "and \(shape.length) of faults:")
    for line in last.lines { say("  \(line)") }
    say("\nreplay what is left: \(own.joined(separator: " ")) --reduce '\(shrunk.reduction)' --trace")
  }
}

/// Which shapes are simulated.
struct SimulationPlan: Sendable {
  var seeds: ClosedRange<UInt64>
  var wishes: ShapeWishes
  var reduction: Reduction

  /// What a seed stands for, before anything is left out.
  func base(_ seed: Seed) -> Shape { Shape(seed, wishes) }

  func shape(_ seed: Seed) -> Shape { base(seed).reduced(by: reduction) }
}
