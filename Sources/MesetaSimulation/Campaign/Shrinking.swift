// The search for the least that still fails.

import MesetaRuntime

/// Takes out of a shape what a failure does not need: one thing after the other, as long as what is left fails alike.
package struct Shrinking {
  package let shape: Shape
  /// The least so far that fails.
  package private(set) var reduction: Reduction
  /// How many were tried.
  package private(set) var trials = 0
  private let fails: (Reduction) -> Bool?
  private var isOver = false
  /// The faults that struck.
  private let faults: [FaultID]

  /// - Parameters:
  ///   - faults: What struck when it failed.
  ///   - reduction: What was left out already when it failed.
  ///   - fails: Whether what a reduction leaves fails alike; nil: no time is left to see.
  package init(
    _ shape: Shape, from reduction: Reduction = Reduction(), faults: [FaultID] = [],
    fails: @escaping (Reduction) -> Bool?
  ) {
    self.faults = faults
    self.shape = shape
    self.reduction = reduction
    self.fails = fails
  }

  package mutating func run() {
    var before: Reduction?
    while !isOver, before != reduction {
      before = reduction
      shrink(list: \.frameworks, of: shape.frameworks.map(\.number))
      shrink(list: \.actions, of: Array(shape.actions.indices))
      for kind in FaultKind.allCases where !reduction.without.contains(kind) {
        attempt { reduction in
          reduction.without.insert(kind)
          // Which of its faults had been left out is not worth a word any more.
          reduction.skipped = reduction.skipped.filter { $0.kind != kind }
        }
      }
      shrink(number: \.seconds, from: Int(shape.length.nanoseconds / 1_000_000_000))
      shrink(number: \.agents, from: shape.agents.count)
      shrinkFaults()
      shrink(number: \.tasks, from: shape.frameworks.map(\.tasks).max() ?? 1)
    }
  }

  /// Keeps a change if what it leaves fails still.
  @discardableResult
  private mutating func attempt(_ change: (inout Reduction) -> Void) -> Bool {
    var candidate = reduction
    change(&candidate)
    let rest = shape.reduced(by: candidate)
    guard !isOver, candidate != reduction, rest.isRoomy else { return false }
    trials += 1
    guard let stillFails = fails(candidate) else {
      isOver = true
      return false
    }
    if stillFails { reduction = candidate }
    return stillFails
  }

  /// Makes a number smaller: in big steps as long as that goes well, and then in small ones.
  private mutating func shrink(number: WritableKeyPath<Reduction, Int?>, from most: Int) {
    var step = max(1, (reduction[keyPath: number] ?? most) / 2)
    while step > 0, !isOver {
      let present = reduction[keyPath: number] ?? most
      let isSmaller = present > step && attempt { $0[keyPath: number] = present - step }
      if !isSmaller { step /= 2 }
    }
  }

  /// Leaves out single faults: halves of them, quarters, and in the end one by one.
  private mutating func shrinkFaults() {
    func present() -> [FaultID] {
      faults.filter { !reduction.skipped.contains($0) && !reduction.without.contains($0.kind) }
    }
    var size = present().count
    while size > 0, !isOver {
      var start = 0
      while start < present().count, !isOver {
        let some = present()[start..<min(start + size, present().count)]
        if !attempt({ $0.skipped.formUnion(some) }) { start += size }
      }
      size /= 2
    }
  }

  /// Takes elements out of a list: halves of it, quarters, and in the end one by one.
  private mutating func shrink(list: WritableKeyPath<Reduction, [Int]?>, of all: [Int]) {
    var size = (reduction[keyPath: list] ?? all).count
    while size > 0, !isOver {
      var start = 0
      while start < (reduction[keyPath: list] ?? all).count, !isOver {
        let present = reduction[keyPath: list] ?? all
        var rest = present
        rest.removeSubrange(start..<min(start + size, present.count))
        if !attempt({ $0[keyPath: list] = rest }) { start += size }
      }
      size /= 2
    }
  }
}
