// A part of a shape, told in a word that can be typed.

import MesetaRuntime

/// What is left of a shape when what a failure does not need is taken out. Written as
/// `agents=3,tasks=2,frameworks=0+4,actions=none,without=messageLoss+partition,seconds=120`.
package struct Reduction: Hashable, Sendable, CustomStringConvertible {
  /// The first so many.
  package var agents: Int?
  /// At most so many for each framework.
  package var tasks: Int?
  /// Those that stay, by their numbers.
  package var frameworks: [Int]?
  /// The same of what operators do.
  package var actions: [Int]?
  package var without: Set<FaultKind> = []
  /// Single faults that do not happen.
  package var skipped: Set<FaultID> = []
  /// How long things go wrong.
  package var seconds: Int?

  package init() {}

  package init?(parsing text: String) {
    for field in text.split(separator: ",") {
      let parts = field.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count == 2 else { return nil }
      let words = parts[1] == "none" ? [] : parts[1].split(separator: "+").map(String.init)
      let numbers = words.compactMap { Int($0) }.filter { $0 >= 0 }
      let areNumbers = numbers.count == words.count
      switch parts[0] {
      case "agents" where numbers.count == 1 && areNumbers: agents = numbers[0]
      case "tasks" where numbers.count == 1 && areNumbers: tasks = numbers[0]
      case "seconds" where numbers.count == 1 && areNumbers && numbers[0] < 1_000_000: seconds = numbers[0]
      case "frameworks" where areNumbers: frameworks = numbers
      case "actions" where areNumbers: actions = numbers
      case "without":
        without = Set(words.compactMap { FaultKind($0) })
        if without.count < words.count { return nil }
      case "skipped":
        skipped = Set(words.compactMap { FaultID($0) })
        if skipped.count < words.count { return nil }
      default: return nil
      }
    }
  }

  package var description: String {
    func list(_ words: [String]) -> String { words.isEmpty ? "none" : words.joined(separator: "+") }
    var fields: [String] = []
    if let agents { fields.append("agents=\(agents)") }
    if let tasks { fields.append("tasks=\(tasks)") }
    if let frameworks { fields.append("frameworks=\(list(frameworks.map(String.init)))") }
    if let actions { fields.append("actions=\(list(actions.map(String.init)))") }
    if !without.isEmpty { fields.append("without=\(list(without.map(\.name).sorted()))") }
    if !skipped.isEmpty { fields.append("skipped=\(list(skipped.map(\.description).sorted()))") }
    if let seconds { fields.append("seconds=\(seconds)") }
    return fields.joined(separator: ",")
  }
}

extension Shape {
  /// The part of the shape that a reduction leaves.
  package func reduced(by reduction: Reduction) -> Shape {
    var shape = self
    if let count = reduction.agents { shape.agents = Array(agents.prefix(count)) }
    if let kept = reduction.frameworks { shape.frameworks = frameworks.filter { kept.contains($0.number) } }
    if let most = reduction.tasks {
      for index in shape.frameworks.indices {
        shape.frameworks[index].tasks = min(shape.frameworks[index].tasks, max(most, 1))
      }
    }
    if let kept = reduction.actions {
      shape.actions = actions.indices.filter { kept.contains($0) }.map { actions[$0] }
    }
    shape.faults.excluded.formUnion(reduction.without)
    shape.faults.skipped.formUnion(reduction.skipped)
    if let seconds = reduction.seconds {
      shape.length = min(length, .seconds(seconds))
      shape.faults.end = shape.length
    }
    return shape
  }
}
