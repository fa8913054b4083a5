// A cluster on which nothing ends, shared out task by task: the setting of the paper on dominant resource fairness.

import MesetaAllocator
import MesetaModel
import MesetaRuntime

struct StaticCluster {
  static let names = ["cpus", "mem", "disk"]

  var capacity: [Int64]
  /// What a task of each framework takes.
  var demands: [[Int64]]
  var weights: [Double]

  /// Draws two to five frameworks whose tasks take 0 to 4 parts of some hundred of each resource.
  init(_ generator: inout SeededGenerator, isWeighted: Bool) {
    func draw(_ range: ClosedRange<Int64>) -> Int64 {
      range.lowerBound + Int64(generator.below(UInt64(range.upperBound - range.lowerBound + 1)))
    }
    capacity = Self.names.map { _ in draw(100...300) }
    demands = []
    weights = []
    for _ in 0..<draw(2...5) {
      var demand = Self.names.map { _ in draw(0...4) }
      if demand.allSatisfy({ $0 == 0 }) { demand[0] = 1 }
      demands.append(demand)
      weights.append(isWeighted ? Double(draw(1...4)) : 1)
    }
  }

  init(capacity: [Int64], demands: [[Int64]], weights: [Double]) {
    (self.capacity, self.demands, self.weights) = (capacity, demands, weights)
  }

  /// The share that one task of such a demand adds.
  func share(_ demand: [Int64]) -> Double {
    zip(demand, capacity).map { Double($0) / Double($1) }.max() ?? 0
  }

  /// How many tasks of such a demand a bundle has room for.
  func tasks(of demand: [Int64], in bundle: [Int64]) -> Int {
    zip(demand, bundle).compactMap { $0 > 0 ? Int($1 / $0) : nil }.min() ?? 0
  }

  /// What each framework has in the end, in tasks, by the algorithm of the paper.
  var progressiveFilling: [Int] {
    var rest = capacity
    var counts = demands.map { _ in 0 }
    var active = Array(demands.indices)
    func level(_ index: Int) -> Double {
      // Computed as the allocator does, so that what is equal to it is equal here.
      share(demands[index].map { $0 * Int64(counts[index]) }) / weights[index]
    }
    while let next = active.min(by: { (level($0), counts[$0], $0) < (level($1), counts[$1], $1) }) {
      if zip(demands[next], rest).allSatisfy({ $0 <= $1 }) {
        rest = zip(rest, demands[next]).map { $0 - $1 }
        counts[next] += 1
      } else {
        active.removeAll { $0 == next }
      }
    }
    return counts
  }

  /// The same by the allocator: whoever is offered what is free takes one task's worth, and gives up for good when
  /// that does not fit. Also who took a task, one by one.
  func fill() -> (counts: [Int], order: [Int]) {
    var allocator = Allocator(Allocator.Options(minimalAllocatable: []), seed: 1)
    _ = allocator.addAgent(total: bag(capacity))
    let frameworks = demands.indices.map { allocator.addFramework(roles: ["role\($0)"]) }
    for (index, weight) in weights.enumerated() { allocator.setWeight("role\(index)", weight) }
    var counts = demands.map { _ in 0 }
    var order: [Int] = []
    while true {
      var offers: [Allocation] = []
      while !allocator.allocate(now: .zero, { offers.append($0) }) {}
      guard let offer = offers.first, let index = frameworks.firstIndex(of: offer.framework) else {
        return (counts, order)
      }
      let task = bag(demands[index])
      let isFitting = offer.resources.contains(task)
      if isFitting {
        counts[index] += 1
        order.append(index)
        allocator.use(offer.agent, offer.framework, offer.role, task)
      }
      allocator.recoverOffered(
        offer.agent, offer.framework, offer.role, isFitting ? offer.resources - task : offer.resources,
        refuse: isFitting ? nil : .seconds(1000), now: .zero)
    }
  }

  private func bag(_ amounts: [Int64]) -> Resources {
    Resources(
      zip(Self.names, amounts).compactMap { $1 > 0 ? Resource($0, .scalar(Scalar(milli: $1 * 1000))) : nil })
  }
}
