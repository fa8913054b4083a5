// Tries the laws of the allocator on random sequences of events and on random static clusters. Says by which seeds a law
// is broken; --seed N plays one again.

import ArgumentParser
import MesetaAllocatorLaws

@main
struct Laws: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "allocator-laws", abstract: "Try the laws of the allocator on random sequences of events.")

  @Option(help: "How many sequences to play, from seed 1 on.")
  var sequences: UInt64 = 10_000

  @Option(help: "How many static clusters to share out, from seed 1 on.")
  var clusters: UInt64 = 1000

  @Option(help: "Play the sequence and the cluster of this seed alone.")
  var seed: UInt64?

  func run() async throws {
    let start = ContinuousClock.now
    let seeds = seed.map { $0...$0 }
    let broken =
      await failures(seeds ?? 1...max(1, sequences)) { AllocatorLaws.failure(seed: $0) }
      + failures(seeds ?? 1...max(1, clusters)) { FairnessLaws.failure(seed: $0) }
    for failure in broken.prefix(3) { print(failure) }
    let time = (ContinuousClock.now - start).formatted
    guard broken.isEmpty else {
      print("\(broken.count) seeds break a law of the allocator (\(time))")
      throw ExitCode.failure
    }
    print("the laws of the allocator hold (\(time))")
  }

  /// Tries seeds on all processors. Returns the failures by ascending seed.
  private func failures(
    _ seeds: ClosedRange<UInt64>, _ failure: @escaping @Sendable (UInt64) -> String?
  ) async -> [String] {
    let step: UInt64 = 50
    return await withTaskGroup(of: (UInt64, [String]).self) { group in
      for start in stride(from: seeds.lowerBound, through: seeds.upperBound, by: Int(step)) {
        group.addTask {
          (start, (start...min(start + step - 1, seeds.upperBound)).compactMap(failure))
        }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }
  }
}

extension Duration {
  fileprivate var formatted: String {
    let seconds = components.seconds
    let tenths = components.attoseconds / 100_000_000_000_000_000
    return "\(seconds).\(tenths) s"
  }
}
