// What is measured in a fork.

import MesetaModel
import MesetaProtocol
package import MesetaRuntime

/// Shares, waiting times and utilisation, by role and by framework.
package struct ForkMeasures: Sendable {
  /// Of one role or one framework.
  package struct Figures: Sendable {
    /// The dominant share, on average over the time: the largest part of all processors or of all memory.
    package var share = 0.0
    /// How many tasks were launched, and how long each had waited, ascending in the end.
    package var waits: [Span] = []
    /// How long those have waited that were not launched.
    package var unmet: [Span] = []
    package var finished = 0
    package var lost = 0
    var cpus = Scalar.zero
    var mem = Scalar.zero

    package var launched: Int { waits.count }

    /// The wait of this part of all tasks; what was not launched counts with the time that it has waited so far.
    package func wait(_ part: Double) -> Span? {
      let all = (waits + unmet).sorted()
      return all.isEmpty ? nil : all[min(all.count - 1, Int(Double(all.count) * part))]
    }

    package var meanWait: Span? {
      let all = waits + unmet
      return all.isEmpty
        ? nil : Span(nanoseconds: Int64(all.reduce(0.0) { $0 + Double($1.nanoseconds) } / Double(all.count)))
    }
  }

  /// In the order in which they first had something.
  package private(set) var roles: [(name: String, figures: Figures)] = []
  package private(set) var frameworks: [(name: String, figures: Figures)]
  /// The part of all processors, and of all memory, that was in use, on average over the time.
  package private(set) var cpus = 0.0
  package private(set) var mem = 0.0
  package private(set) var span = Span.zero

  init(_ demand: Demand) {
    frameworks = demand.frameworks.map { ($0.info.name, Figures()) }
    for framework in demand.frameworks { for task in framework.tasks { _ = place(of: task.role) } }
  }

  private mutating func place(of role: String) -> Int {
    if let place = roles.firstIndex(where: { $0.name == role }) { return place }
    roles.append((role, Figures()))
    return roles.count - 1
  }

  private mutating func change(_ role: String, _ framework: Int?, _ body: (inout Figures) -> Void) {
    body(&roles[place(of: role)].figures)
    if let framework { body(&frameworks[framework].figures) }
  }

  mutating func launched(_ task: Demand.Task, _ framework: Int, waited: Span) {
    change(task.role, framework) { $0.waits.append(waited) }
  }

  mutating func started(_ resources: Resources, role: String, framework: Int?) {
    change(role, framework) {
      $0.cpus += resources.scalar("cpus")
      $0.mem += resources.scalar("mem")
    }
  }

  mutating func stopped(_ resources: Resources, role: String, framework: Int?) {
    change(role, framework) {
      $0.cpus -= resources.scalar("cpus")
      $0.mem -= resources.scalar("mem")
    }
  }

  mutating func finished(_ role: String, framework: Int?) { change(role, framework) { $0.finished += 1 } }

  mutating func lost(_ role: String, framework: Int?) { change(role, framework) { $0.lost += 1 } }

  mutating func waiting(_ framework: ForkFramework, _ number: Int, at end: Instant) {
    for (role, span) in framework.waiting(at: end) { change(role, number) { $0.unmet.append(span) } }
  }

  /// So much time goes by.
  mutating func pass(_ time: Span, total: Resources) {
    guard time > .zero else { return }
    let (allCPUs, allMem) = (total.scalar("cpus").value, total.scalar("mem").value)
    let before = span.inSeconds
    span = Span(nanoseconds: span.nanoseconds + time.nanoseconds)
    let weight = time.inSeconds / span.inSeconds
    func average(_ old: Double, _ new: Double) -> Double { before == 0 ? new : old + (new - old) * weight }
    func part(_ amount: Scalar, of all: Double) -> Double { all > 0 ? amount.value / all : 0 }
    func share(_ figures: Figures) -> Double {
      max(part(figures.cpus, of: allCPUs), part(figures.mem, of: allMem))
    }
    for place in roles.indices {
      roles[place].figures.share = average(roles[place].figures.share, share(roles[place].figures))
    }
    for place in frameworks.indices {
      frameworks[place].figures.share = average(
        frameworks[place].figures.share, share(frameworks[place].figures))
    }
    let used = roles.reduce(into: (cpus: Scalar.zero, mem: Scalar.zero)) {
      $0.cpus += $1.figures.cpus
      $0.mem += $1.figures.mem
    }
    cpus = average(cpus, part(used.cpus, of: allCPUs))
    mem = average(mem, part(used.mem, of: allMem))
  }
}
