import MesetaRuntime
import Testing

@Suite struct SlotMapTests {
  @Test func aFreedSlotIsToldFromItsSuccessor() {
    var map = SlotMap<String>()
    let first = map.insert("first")
    #expect(map.remove(first) == "first")
    let second = map.insert("second")
    #expect(first.index == second.index)
    #expect(map[first] == nil)
    #expect(map[second] == "second")
    #expect(map.remove(first) == nil)
    #expect(map.count == 1)
  }

  @Test func entriesKeepTheirPlaceOverManyPages() {
    var map = SlotMap<Int>()
    let keys = (0..<1000).map { map.insert($0) }
    for key in keys where key.index % 3 == 0 { map.remove(key) }
    for (number, key) in keys.enumerated() {
      #expect(map[key] == (number % 3 == 0 ? nil : number))
    }
    map.update(keys[1]) { $0 = -1 }
    #expect(map[keys[1]] == -1)
    var seen: [UInt32] = []
    map.visit { key, _ in seen.append(key.index) }
    #expect(seen == seen.sorted() && seen.count == map.count)
  }

  @Test func aSnapshotDoesNotSeeLaterChanges() {
    var map = SlotMap<Int>()
    let key = map.insert(1)
    let snapshot = map
    map.update(key) { $0 = 2 }
    #expect(snapshot[key] == 1)
    #expect(map[key] == 2)
  }
}
