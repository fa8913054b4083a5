// How far a batch is: a bar on a terminal, a line for each tenth where the output is piped.

import Foundation
import MesetaService

struct ProgressLine {
  private let total: Int
  private let width = Terminal.width(of: STDERR_FILENO)
  private let start = ContinuousClock.now
  private var shown = ContinuousClock.now
  private var tenths = 0

  init(total: Int) { self.total = total }

  mutating func show(done: Int, retried: Int) {
    guard let width else {
      if done * 10 / max(total, 1) > tenths, done < total {
        tenths = done * 10 / total
        write("\(done) of \(total) tasks are done\n")
      }
      return
    }
    let now = ContinuousClock.now
    guard now - shown > .milliseconds(100) else { return }
    shown = now
    let rate = ProgressBar.rate(Double(done) / ((now - start) / .seconds(1)))
    let notes = (retried > 0 ? ["\(retried) retried"] : []) + ["\(rate) tasks/s"]
    write("\r\u{1b}[K" + ProgressBar.line(done: done, total: total, notes: notes, width: width - 1))
  }

  func say(_ line: String) {
    end()
    write(line + "\n")
  }

  /// Takes the bar away.
  func end() { if width != nil { write("\r\u{1b}[K") } }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
