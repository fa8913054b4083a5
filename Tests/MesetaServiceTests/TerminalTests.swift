import MesetaService
import Testing

@Suite struct TextTableTests {
  private func table() -> TextTable {
    var table = TextTable([.init("TASK", isFlexible: true), .init("CPUS", isNumeric: true), .init("STATE")])
    table.add(["a-rather-long-task-name", "0.5", "RUNNING"])
    table.add(["b\u{1b}[31m", "12", "FINISHED"])
    return table
  }

  @Test func numbersAreAlignedToTheRight() {
    #expect(
      table().lines(width: nil) == [
        "TASK                     CPUS  STATE",
        "a-rather-long-task-name   0.5  RUNNING",
        "b?[31m                     12  FINISHED",
      ])
  }

  @Test func theTableIsCutToTheTerminal() {
    let lines = table().lines(width: 30)
    #expect(lines[1] == "a-rathe…k-name   0.5  RUNNING")
    #expect(lines.allSatisfy { $0.count <= 30 })
  }

  @Test func aTerminalThatIsTooNarrowGetsMoreThanItCanShow() {
    #expect(table().lines(width: 3)[1] == "a-ra…ame   0.5  RUNNING")
  }
}

@Suite struct ProgressBarTests {
  @Test func theBarFillsTheRoomThereIs() {
    let line = ProgressBar.line(done: 612, total: 1000, notes: ["2 failed", "431 tasks/s"], width: 60)
    #expect(line == " ██████████████▋          612/1000 · 2 failed · 431 tasks/s")
    #expect(ProgressBar.line(done: 1, total: 2, notes: [], width: 10) == "1/2")
    #expect(ProgressBar.line(done: 0, total: 0, notes: [], width: 12).hasPrefix(" ██████ "))
  }

  @Test(arguments: [(431.7, "431"), (43.17, "43.1"), (4.306, "4.30"), (0.0, "0.00"), (.infinity, "-")])
  func ratesHaveThreeDigits(_ rate: Double, _ text: String) { #expect(ProgressBar.rate(rate) == text) }

  @Test(arguments: [
    (41.2, "41 s"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (3 * 86400 + 7200, "3 d 2 h"), (.nan, "?"),
  ])
  func durationsAreForPeople(_ seconds: Double, _ text: String) {
    #expect(ProgressBar.duration(seconds: seconds) == text)
  }
}
