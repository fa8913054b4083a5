import MesetaModel
import Testing

@testable import MesetaAgent

/// Which frameworks an agent remembers.
@Suite struct FrameworkTableTests {
  private var table = FrameworkTable()

  /// A framework has a task more.
  private mutating func use(_ name: String) -> FrameworkTable.Key {
    let key = table.admit(FrameworkID(name), FrameworkInfo(name: name))
    table.retain(key)
    return key
  }

  @Test mutating func ofThoseWithoutTasksTheNewestAreRemembered() {
    for number in 0..<FrameworkTable.maxCompletedFrameworks + 2 { table.release(use("f\(number)")) }
    #expect(table.find(FrameworkID("f1")) == nil)
    #expect(table.find(FrameworkID("f2")) != nil)
  }

  @Test mutating func oneThatHasATaskAgainIsNotForgotten() {
    table.release(use("back"))
    let key = use("back")
    for number in 0..<2 * FrameworkTable.maxCompletedFrameworks { table.release(use("f\(number)")) }
    #expect(table[key]?.users == 1)
    table.release(key)
    #expect(table.find(FrameworkID("back")) == key)
  }
}
