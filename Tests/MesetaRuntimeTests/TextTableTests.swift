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

  @Test func everyEntryIsFoundThatIsThere() {
    var table = TextTable<String, Int>()
    for number in 0..<500 { table["\(number)"] = number }
    for number in stride(from: 0, to: 500, by: 3) { table["\(number)"] = nil }
    var seen = 0
    #expect(
      table.allSatisfy { key, value in
        seen += 1
        return key == "\(value)"
      })
    #expect(seen == table.count)
    #expect(!table.allSatisfy { _, value in value != 7 })
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
    var table = RecentTable<SessionID, Int>()
    let key = SessionID(1)
    table[key] = 1
    #expect(table.find(key) == 1)
    table[key] = 2
    #expect(table.find(key) == 2)
    #expect(table.removeValue(forKey: key) == 2)
    #expect(table.find(key) == nil)
    #expect(table.count == 0)
  }

  @Test func itAnswersAsADictionaryWould() {
    var random = SeededGenerator(seed: 5)
    var table = RecentTable<SessionID, Int>()
    var dictionary: [SessionID: Int] = [:]
    for round in 0..<20_000 {
      // Many keys have a place in common.
      let key = SessionID(random.below(40) * (random.oneIn(2) ? 1 : 256))
      switch random.below(8) {
      case 0:
        table[key] = round
        dictionary[key] = round
      case 1: #expect(table.removeValue(forKey: key) == dictionary.removeValue(forKey: key))
      default: #expect(table.find(key) == dictionary[key])
      }
    }
    #expect(table.count == dictionary.count)
  }
}
