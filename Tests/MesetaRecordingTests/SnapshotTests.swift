// Values of every shape, and back.

import MesetaModel
import MesetaRecording
import MesetaRuntime
import Testing

@Suite struct SnapshotTests {
  private struct Shapes: Codable, Hashable {
    enum Choice: Codable, Hashable {
      case none
      case some(Int, named: String?)
      indirect case nested(Choice)
    }

    enum Raw: Int32, Codable { case one = 1 }

    var flag = true
    var small: UInt8 = 255
    var negative: Int64 = .min
    var large: UInt64 = .max
    var double = -0.0
    var text = "größe \u{0}"
    var nothing: String?
    var missing: Int?
    var present: Double? = .infinity
    var twice: Int?? = .some(nil)
    var bytes: [UInt8] = [1, 2, 3]
    var list: [Int?] = [1, nil, 3]
    var choices: [Choice] = [.none, .some(-1, named: nil), .nested(.nested(.some(2, named: "x")))]
    var raw = Raw.one
    var table: [String: [Int]] = ["a": [1], "": [], "b": [2, 3]]
    var keyed: [Choice: Choice] = [.none: .nested(.none), .some(1, named: "y"): .none]
    var set: Set<Int> = [3, 1, 2]
    var range: ClosedRange<UInt64> = 1...2
  }

  @Test func everyShapeSurvives() throws {
    let bytes = try SnapshotEncoder.encode(Shapes())
    #expect(try SnapshotDecoder.decode(from: bytes[...]) == Shapes())
    #expect(throws: (any Error).self) { try SnapshotDecoder.decode(Shapes.self, from: bytes.dropLast()) }
    #expect(throws: (any Error).self) { try SnapshotDecoder.decode(Shapes.self, from: bytes[...] + [0]) }
    for place in bytes.indices {  // An error or another value, but no crash.
      var damaged = bytes
      damaged[place] ^= 0x41
      _ = try? SnapshotDecoder.decode(Shapes.self, from: damaged[...])
    }
  }

  @Test func tablesGiveTheSameBytesHoweverTheyWereFilled() throws {
    let names = (0..<100).map { "name\($0)" }
    func table(_ names: [String]) -> [String: Int] {
      names.reduce(into: [:]) { $0[$1] = $1.count }
    }
    #expect(try SnapshotEncoder.encode(table(names)) == SnapshotEncoder.encode(table(names.reversed())))
    #expect(try SnapshotEncoder.encode(Set(names)) == SnapshotEncoder.encode(Set(names.reversed())))
  }

  @Test func aSlotMapGivesTheSameKeysAfterwards() throws {
    var map = SlotMap<String>()
    var keys = (0..<600).map { map.insert("entry \($0)") }
    for index in stride(from: 0, to: 600, by: 3) { map.remove(keys[index]) }
    keys[0] = map.insert("again")
    var copy: SlotMap<String> = try SnapshotDecoder.decode(from: try SnapshotEncoder.encode(map)[...])
    for key in keys { #expect(copy[key] == map[key]) }
    for number in 0..<300 { #expect(copy.insert("\(number)") == map.insert("\(number)")) }
    #expect(try SnapshotEncoder.encode(copy) == SnapshotEncoder.encode(map))
  }

  @Test func deadlinesComeUpInTheSameOrder() throws {
    var deadlines = Deadlines<Int>()
    for number in 0..<100 { deadlines.add(number, at: Instant(nanoseconds: Int64(number * 37 % 10))) }
    var copy: Deadlines<Int> = try SnapshotDecoder.decode(from: try SnapshotEncoder.encode(deadlines)[...])
    while let key = deadlines.takeDue(.never) { #expect(copy.takeDue(.never) == key) }
    #expect(copy.count == 0)
  }

  @Test func numbersThatWereDrawnAreDrawnOn() throws {
    var generator = SeededGenerator(seed: 3)
    _ = generator.next()
    var copy: SeededGenerator = try SnapshotDecoder.decode(from: try SnapshotEncoder.encode(generator)[...])
    #expect(copy.next() == generator.next())
  }
}
