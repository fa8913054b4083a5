// The rule about workplace paths must be able to fail. The samples are joined, or they would break it.

import Testing

@Suite struct PathRulesTests {
  private let place = "/" + "work"

  private func lines(_ text: String) -> [Int] {
    workplacePaths(TextFile(path: "a.txt", text: text)).map(\.line)
  }

  @Test func absolutePathsOfAWorkplaceAreFound() {
    #expect(lines("a\ncd \(place)/meseta") == [2])
    #expect(lines("\"\(place)/x\"") == [1])
    #expect(lines("\(place)/x") == [1])
    #expect(lines("PATH=/opt" + "/swift/usr/bin") == [1])
  }

  @Test func otherPathsAreNot() {
    #expect(lines("docs\(place)/x ${HOME}\(place)/x ../x\(place)/y http://h\(place)/x") == [])
    #expect(lines("\(place)-in-progress, /opt/swiftly/bin, \(place)") == [])
  }
}
