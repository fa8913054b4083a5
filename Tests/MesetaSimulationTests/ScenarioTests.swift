// Every scenario under Scenarios/ is played and compared with what it says.

import Foundation
import Testing

/// A file of the folder Scenarios.
struct ScenarioFile: CustomTestStringConvertible, Sendable {
  let name: String

  var testDescription: String { name }
  var url: URL { Self.folder.appendingPathComponent(name) }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Scenarios")

  /// All of them, or the one that MESETA_SCENARIO names (without `.txt`).
  static let all: [ScenarioFile] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let files = names.filter { $0.hasSuffix(".txt") }.sorted().map(ScenarioFile.init)
    guard let only = ProcessInfo.processInfo.environment["MESETA_SCENARIO"] else { return files }
    return files.filter { $0.name == only + ".txt" }
  }()
}

@Suite struct ScenarioTests {
  /// With MESETA_REWRITE_SCENARIOS=1 what comes about is written to the files instead, for a review of the difference.
  @Test(arguments: ScenarioFile.all)
  func scenario(_ file: ScenarioFile) throws {
    let script = Script(try String(contentsOf: file.url, encoding: .utf8))
    let played = try Stage.play(script)
    if ProcessInfo.processInfo.environment["MESETA_REWRITE_SCENARIOS"] == "1" {
      try Data(played.text.utf8).write(to: file.url)
      return
    }
    for (expected, actual) in zip(script.lines, played.lines) where expected.expected != actual.expected {
      Issue.record(
        """
        \(file.name), line \(expected.number): \(expected.text)
        expected:
        \(expected.expected.map { "  " + $0 }.joined(separator: "\n"))
        came about:
        \(actual.expected.map { "  " + $0 }.joined(separator: "\n"))
        """)
      return  // what follows mostly follows from it
    }
  }

  @Test(arguments: ScenarioFile.all)
  func theBytesOfMessagesMakeNoDifference(_ file: ScenarioFile) throws {
    let script = Script(try String(contentsOf: file.url, encoding: .utf8))
    #expect(try Stage.play(script, encodesMessages: true).text == Stage.play(script).text)
  }

  @Test func thereAreAtLeastFortyScenarios() {
    let isOne = ProcessInfo.processInfo.environment["MESETA_SCENARIO"] != nil
    #expect(isOne || ScenarioFile.all.count >= 40)
  }
}
