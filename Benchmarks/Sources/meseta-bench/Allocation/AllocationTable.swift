// The allocator on clusters of several sizes, beside Mesos and what is wanted.

import ArgumentParser

struct AllocationTable: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "allocation-table",
    abstract:
      "Times the allocator on clusters of several sizes and prints one table, with Mesos's figures beside.",
    discussion: """
      Each cluster is measured in a process of its own. Of --rounds runs the table gives the least of each figure: what
      else the machine does can only add to it.
      """)

  @Option(help: "How often each cluster is measured.")
  var rounds = 3

  func validate() throws {
    guard (1...99).contains(rounds) else { throw ValidationError("--rounds \(rounds): give 1 to 99") }
  }

  func run() throws {
    var least: Round = [:]
    for number in 1...rounds {
      for row in AllocationRow.all {
        progress("round \(number) of \(rounds): \(row.name)")
        let figures = try Figures.measure(row.arguments, wanted: "full_cycle_ms.p50")
        least[row.id] = least[row.id]?.least(figures) ?? figures
      }
    }
    progress(nil)
    printFigures(least)
    Swift.print("")
    Summary.print(Target.allocation(of: AllocationRow.all)) { $0.value(least) }
  }

  private func printFigures(_ least: Round) {
    let header = [
      "agents × frameworks", "full ms", "Mesos", "1 % ms", "filtered ms", "Mesos", "idle µs", "recover ms",
      "offers", "µs/offer", "B/filter", "wave ms", "add ms", "peak MB",
    ]
    var table = TextTable(alignment: [.left] + header.dropFirst().map { _ in .right }, header: header)
    for row in AllocationRow.all {
      let figures = least[row.id]
      func text(_ key: String, _ factor: Double = 1) -> String {
        figures?[key].map { Figure.significant($0 * factor) } ?? ""
      }
      let perOffer = row.microsecondsPerOffer(least).map(Figure.significant)
      table.add([
        row.name, text("full_cycle_ms.p50"), row.mesosFull, text("incremental_cycle_ms.p50"),
        text("filtered_cycle_ms.p50"), row.mesosFiltered, text("idle_cycle_ms.p50", 1000),
        text("recover_ms.p50"), text("offers_per_cycle"), perOffer ?? "", text("bytes_per_filter"),
        text("filter_wave_max_slice_ms"), text("add_agents_seconds", 1000), text("peak_rss_bytes", 1e-6),
      ])
    }
    table.print()
  }
}
