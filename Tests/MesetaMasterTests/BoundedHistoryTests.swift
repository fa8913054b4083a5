import Testing

@testable import MesetaMaster

@Suite struct BoundedHistoryTests {
  @Test func theOldestIsForgotten() {
    var history = BoundedHistory<String, Int>(limit: 2)
    history.insert("a", 1)
    history.insert("b", 2)
    history.insert("a", 3)
    history.insert("c", 4)
    #expect(history.entries.map(\.key) == ["a", "c"])
    #expect(history["a"] == 3 && history["b"] == nil)
    history.remove("a")
    for number in 0..<100 { history.insert("x\(number % 2)", number) }
    #expect(history.count == 2)
    #expect(history.entries.map(\.value) == [98, 99])
  }

  @Test func whatIsEnteredAgainIsTheNewest() {
    var history = BoundedHistory<String, Int>(limit: 3)
    for (number, key) in ["a", "b", "c", "a", "d"].enumerated() { history.insert(key, number) }
    #expect(history.entries.map(\.key) == ["c", "a", "d"])
    #expect(history.entries.map(\.value) == [2, 3, 4])
  }

  @Test func nothingIsKeptWithoutRoom() {
    var history = BoundedHistory<String, Int>(limit: 0)
    for number in 0..<100 { history.insert("a", number) }
    #expect(history.count == 0 && history.entries.isEmpty)
  }

  @Test func whatWasRemovedIsGone() {
    var history = BoundedHistory<String, Int>(limit: 2)
    history.insert("a", 1)
    #expect(history.remove("a") == 1)
    #expect(history.remove("a") == nil)
    history.insert("b", 2)
    history.insert("c", 3)
    #expect(history.entries.map(\.key) == ["b", "c"])
  }
}
