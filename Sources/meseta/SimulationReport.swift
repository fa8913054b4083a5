// What a campaign shows: how far it is, and what it exercised.

import Foundation
import MesetaService
import MesetaSimulation

/// How many seeds have passed: a bar on a terminal, now and then a line elsewhere.
struct SimulationProgress {
  private let total: Int
  private let width = Terminal.width(of: STDERR_FILENO)
  private let start = Date()
  private var lastShown = Date()

  init(total: Int) { self.total = total }

  mutating func show(_ done: Int) {
    let now = Date()
    guard now.timeIntervalSince(lastShown) > (width == nil ? 15 : 0.1) else { return }
    lastShown = now
    let rate = Double(done) / max(now.timeIntervalSince(start), 0.001)
    var notes = ["\(ProgressBar.rate(rate)) seeds/s"]
    if rate > 0 { notes.append("\(ProgressBar.duration(seconds: Double(total - done) / rate)) left") }
    if let width {
      write("\r\u{1b}[K" + ProgressBar.line(done: done, total: total, notes: notes, width: width - 1))
    } else {
      write((["\(done) of \(total) seeds have passed"] + notes).joined(separator: " · ") + "\n")
    }
  }

  func end() { if width != nil { write("\r\u{1b}[K") } }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// The table at the end.
struct SimulationReport {
  private let result: SimulationCampaign.Result
  private let plan: SimulationPlan

  init(_ result: SimulationCampaign.Result, _ plan: SimulationPlan) {
    self.result = result
    self.plan = plan
  }

  /// The marks that no seed reached.
  var unreached: [String] { NodeMarks.allNames.filter { result.exercised["mark/\($0)"] == 0 } }

  private var hours: Double { Double(result.time) / 3.6e12 }

  func print(requiresMarks: Bool) {
    Swift.print(
      "\(result.passed) of \(plan.seeds.count) seeds passed in \(ProgressBar.duration(seconds: result.elapsed)), "
        + "\(ProgressBar.rate(Double(result.passed) / max(result.elapsed, 0.001))) seeds/s")
    var rows: [(String, String)] = [
      ("virtual time", "\(ProgressBar.rate(hours)) h"),
      ("messages", "\(result.exercised["messages"]), and pings and heartbeats"),
      ("containers", "\(result.exercised["containers"])"),
      ("crashes", "\(result.exercised["crashes"])"),
      ("tasks finished", "\(result.exercised["tasks finished"])"),
    ]
    for (title, prefix) in [("faults", "fault/"), ("frameworks", "framework/"), ("operators", "operator/")] {
      let group = result.exercised.group(prefix)
      if group.isEmpty { continue }
      rows.append((title, group.map { "\($0.name) \($0.count)" }.joined(separator: " · ")))
    }
    let (all, missing) = (NodeMarks.allNames.count, unreached)
    rows.append(("marks", "\(all - missing.count) of \(all) rare branches were reached"))
    if requiresMarks, !missing.isEmpty { rows.append(("never reached", missing.joined(separator: " · "))) }
    let width = Terminal.width(of: STDOUT_FILENO) ?? 120
    for (title, text) in rows {
      for (number, line) in Self.wrapped(text, to: max(20, width - 17)).enumerated() {
        let lead = number == 0 ? title : ""
        Swift.print(lead + String(repeating: " ", count: 17 - lead.count) + line)
      }
    }
  }

  private static func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    for word in text.components(separatedBy: " · ") {
      if let last = lines.last, last.count + word.count + 3 <= width {
        lines[lines.count - 1] = "\(last) · \(word)"
      } else {
        lines.append(word)
      }
    }
    return lines
  }

  func printJSON(requiresMarks: Bool) throws {
    var object: [String: Any] = [
      "seeds": plan.seeds.count, "passed": result.passed, "seconds": result.elapsed, "virtual_hours": hours,
      "exercised": result.exercised.counts, "unreached_marks": unreached,
    ]
    if let failure = result.failure {
      object["failure"] = ["seed": Seed(failure.seed).description, "problem": failure.problem]
    }
    try meseta.printJSON(object)
  }
}
