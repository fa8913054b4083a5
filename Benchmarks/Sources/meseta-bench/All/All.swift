// Every benchmark in turn, and what came of it beside what is wanted.

import ArgumentParser

struct All: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs every benchmark, each in a process of its own, and prints one table.",
    discussion: """
      All are run one after the other, as many times around as --rounds says, so that what disturbs the machine for a
      while disturbs all of them. The table gives the medians; a ratio is that of two figures of the same round.
      """)

  @Option(help: "How often each benchmark is run.")
  var rounds = 3

  @Option(help: "For how long each benchmark measures that has no end of its own, in seconds.")
  var seconds: Double = 3

  @Flag(help: "Run everything once, small and short, to see that it works; the figures mean nothing.")
  var smoke = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...99).contains(rounds) else { throw ValidationError("--rounds \(rounds): give 1 to 99") }
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds \(seconds): give more than 0 and at most 3600")
    }
  }

  func run() throws {
    let plan = smoke ? Plan.smoke : Plan.full(seconds: seconds)
    var results: [Round] = []
    for number in 1...(smoke ? 1 : rounds) {
      var round = Round()
      for row in plan.rows {
        progress("round \(number) of \(smoke ? 1 : rounds): \(row.section), \(row.name)")
        round[row.id] = try Figures.measure(row.arguments(round), wanted: row.key)
      }
      results.append(round)
    }
    progress(nil)
    let summary = Summary(plan, results)
    output.json ? summary.printJSON() : summary.printTable()
  }
}
