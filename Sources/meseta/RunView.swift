// What `meseta run` shows of how far the tasks are: a bar on a terminal, lines for what went wrong.

import Foundation
import MesetaFramework
import MesetaModel
import MesetaService

struct RunView {
  let total: Int
  let jobs: [BatchJob]
  /// Of the terminal; nil if standard error is none.
  let width: Int?
  private let start = Date()
  private var lastShown = Date.distantPast
  private var finished = 0
  private var failed = 0
  private var cancelled = 0
  private var retried = 0
  private var lastStatus: TaskStatus?

  init(total: Int, jobs: [BatchJob], width: Int?) {
    self.total = total
    self.jobs = jobs
    self.width = width
  }

  private var done: Int { finished + failed + cancelled }
  var isDone: Bool { done == total }

  mutating func show(_ transition: BatchScheduler.Transition) {
    let name = jobs[transition.job].name
    let reason = transition.status.map { "\($0.state.name)\($0.message.map { ": \($0)" } ?? "")" } ?? ""
    switch transition.kind {
    case .launched, .running: break
    case .finished:
      finished += 1
      lastStatus = transition.status
    case .retrying(let left):
      retried += 1
      say("\(name): \(reason); \(left == 0 ? "one last try" : "\(left + 1) tries left")")
    case .failed:
      failed += 1
      lastStatus = transition.status
      say("\(name): \(reason)")
    case .cancelled: cancelled += 1
    }
    showBar()
  }

  mutating func conclude() {
    clearBar()
    guard total > 1 || cancelled > 0 else { return }
    var parts = ["\(finished) finished"]
    if failed > 0 { parts.append("\(failed) failed") }
    if cancelled > 0 { parts.append("\(cancelled) cancelled") }
    if retried > 0 { parts.append("\(retried) retried") }
    let seconds = Date().timeIntervalSince(start)
    parts.append("\(ProgressBar.duration(seconds: seconds))")
    parts.append("\(ProgressBar.rate(Double(done) / max(seconds, 0.001))) tasks/s")
    write(parts.joined(separator: " · ") + "\n")
  }

  /// That of the command if there is one; otherwise whether all succeeded.
  var exitStatus: Int32 {
    if cancelled > 0 { return 130 }
    if failed == 0 { return finished == total ? 0 : 1 }
    guard total == 1, let words = lastStatus?.message?.split(separator: " "),
      words.last.flatMap({ Int32($0) }) != nil,
      let status = words.last.flatMap({ Int32($0) }), (1...255).contains(status)
    else { return 1 }
    return status
  }

  private mutating func say(_ line: String) {
    clearBar()
    write(line + "\n")
  }

  private mutating func showBar() {
    guard let width, total > 1 else { return }
    let now = Date()
    guard now.timeIntervalSince(start) > 1, now.timeIntervalSince(lastShown) > 0.1 else { return }
    lastShown = now
    let rate = Double(done) / now.timeIntervalSince(start)
    var notes: [String] = []
    if failed > 0 { notes.append("\(failed) failed") }
    if retried > 0 { notes.append("\(retried) retried") }
    notes.append("\(ProgressBar.rate(rate)) tasks/s")
    if rate > 0 { notes.append("\(ProgressBar.duration(seconds: Double(total - done) / rate)) left") }
    write("\r\u{1b}[K" + ProgressBar.line(done: done, total: total, notes: notes, width: width - 1))
  }

  private func clearBar() {
    // After Ctrl-C the terminal has shown it as ^C.
    if width != nil, lastShown != .distantPast || cancelled > 0 { write("\r\u{1b}[K") }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
