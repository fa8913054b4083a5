import MesetaModel
import MesetaRuntime
import Testing

@Suite struct TextTableTests {
  @Test func itAnswersAsADictionaryWould() {
    var table = TextTable<TaskID, Int>()
    var expected: [TaskID: Int] = [:]
    var random = SeededGenerator(seed: 7)
    for step in 0..<20_000 {
      let id = TaskID("task-\(random.below(300))")
      switch random.below(4) {
      case 0: #expect(table.removeValue(forKey: id) == expected.removeValue(forKey: id))
      case 1: #expect(table[id] == expected[id])
      case 2:
        #expect(table.value(for: id, orEntering: step) == expected[id] ?? step)
        expected[id] = expected[id] ?? step
      default:
        table[id] = step
        expected[id] = step
      }
      #expect(table.count == expected.count)
    }
    for (id, value) in expected { #expect(table[id] == value) }
  }

  @Test func textsOfAnyLengthAreToldApart() {
    let texts = (0..<40).flatMap {
      [String(repeating: "a", count: $0), String(repeating: "a", count: $0) + "b"]
    }
    var table = TextTable<String, Int>()
    for (number, text) in texts.enumerated() { table[text] = number }
    for (number, text) in texts.enumerated() { #expect(table[text] == number) }
    #expect(table.count == texts.count)
  }

  @Test func equalTextsAreOneHoweverTheyAreWritten() {
    var table = TextTable<String, Int>()
    table["caf\u{e9}"] = 1
    #expect(table["cafe\u{301}"] == 1)
  }
}

@Suite struct RecentTableTests {
  @Test func whatWasFoundLastIsForgottenWhenItChanges() {
    var table = RecentTable<String, Int>()
    table["a"] = 1
    #expect(table.find("a") == 1)
    table["a"] = 2
    #expect(table.find("a") == 2)
    #expect(table.removeValue(forKey: "a") == 2)
    #expect(table.find("a") == nil)
    #expect(table.count == 0)
  }
}
