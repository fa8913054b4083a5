// What dominant resource fairness promises (Ghodsi et al., NSDI 2011), on random static clusters.

import MesetaRuntime

/// The properties of dominant resource fairness. Tasks come as a whole, so that all but the first hold up to some
/// tasks' worth.
public enum FairnessLaws {
  /// Shares out a cluster that is drawn from a seed. Returns which promise is broken; nil if none is.
  public static func failure(seed: UInt64) -> String? {
    var generator = SeededGenerator(seed: seed)
    let isWeighted = seed % 3 == 0
    let cluster = StaticCluster(&generator, isWeighted: isWeighted)
    let counts = cluster.fill().counts
    let broken =
      cluster.isNotProgressive(counts) ?? cluster.isNoIncentive(counts)
      ?? (isWeighted ? nil : cluster.envy(counts)) ?? cluster.profit(counts, &generator)
    return broken.map {
      "seed \(seed): \($0). Capacity \(cluster.capacity), a task of each \(cluster.demands), weights "
        + "\(cluster.weights): \(counts) tasks"
    }
  }
}

extension StaticCluster {
  private var largestStep: Double { demands.map(share).max() ?? 0 }

  func isNotProgressive(_ counts: [Int]) -> String? {
    counts == progressiveFilling ? nil : "progressive filling gives \(progressiveFilling)"
  }

  /// Sharing incentive: nobody would have more of a cluster of its own, of the size of its part of the weights.
  func isNoIncentive(_ counts: [Int]) -> String? {
    let rounding = demands.reduce(0) { $0 + share($1) }
    for index in demands.indices {
      let part = weights[index] / weights.reduce(0, +)
      if Double(counts[index]) * share(demands[index]) <= part * (1 - rounding) - 1e-9 {
        return "framework \(index) has less than its part"
      }
    }
    return nil
  }

  /// Envy-freeness: nobody could run more of its tasks on what another one has.
  func envy(_ counts: [Int]) -> String? {
    for mine in demands.indices {
      for other in demands.indices where other != mine {
        let bundle = demands[other].map { $0 * Int64(counts[other]) }
        let more = tasks(of: demands[mine], in: bundle) - counts[mine]
        if Double(more) * share(demands[mine]) > 6 * largestStep {
          return "framework \(mine) could run \(more) tasks more on what framework \(other) has"
        }
      }
    }
    return nil
  }

  /// Strategy-proofness: nobody runs more of its tasks by asking for what it does not need.
  func profit(_ counts: [Int], _ generator: inout SeededGenerator) -> String? {
    for index in demands.indices {
      var lie = self
      for place in lie.demands[index].indices { lie.demands[index][place] += Int64(generator.below(3)) }
      let count = Int64(lie.fill().counts[index])
      let bundle = lie.demands[index].map { $0 * count }
      let more = tasks(of: demands[index], in: bundle) - counts[index]
      if Double(more) * share(demands[index]) > 6 * largestStep {
        return "framework \(index) runs \(more) tasks more if it asks for \(lie.demands[index]) each"
      }
    }
    return nil
  }
}
