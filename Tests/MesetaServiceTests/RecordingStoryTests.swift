// A master that records on disk, and its run again from there.

import Foundation
import Logging
import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRecording
import MesetaRuntime
import MesetaService
import Testing

/// A session that nobody listens to.
private struct DeafLink: Link {
  func send(_ messages: [Message]) {}
  func close(reason: String) {}
  func consumed(_ count: Int) {}
}

@Suite struct RecordingStoryTests {
  private let directory = NSTemporaryDirectory() + "/meseta-recording-\(UInt64.random(in: 0 ... .max))"

  private func host(limit: Int = Recording.defaultLimit) throws -> MasterHost {
    let recording = Recording(directory: directory, limit: limit)
    try recording.prepare()
    let logger = Logger(label: "recorded") { _ in SwiftLogNoOpLogHandler() }
    let host = MasterHost(MasterConfiguration(), seed: 1, recording: recording, logger: logger)
    host.start()
    return host
  }

  /// Asks for the teardown of frameworks with long names, which are not there: so many calls of 50 KB.
  private func ask(_ host: MasterHost, _ count: Int) async throws {
    let session = try #require(host.handler.opened(DeafLink(), Peer(.operator, address: "test")))
    for number in 0..<count {
      let id = FrameworkID(String(repeating: "x", count: 50_000) + "\(number)")
      host.handler.received(session, [.operatorCall(.teardown(id), request: 1)])
      _ = await host.withMaster { $0.info }
    }
  }

  private func replayed() throws -> ReplayRun<Master> {
    let lives = try RecordingFiles(directory).lives
    #expect(lives.count == 1)
    var run = try ReplayRun<Master>(lives[0], until: ReplayEnd(), keepsEffects: false)
    try run.run { _, _ in }
    return run
  }

  @Test func whatWasRecordedReplaysToTheSameState() async throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let host = try host()
    try await ask(host, 5)
    await host.stop()
    let run = try replayed()
    #expect(run.replay.counts.inputs == 6)
    #expect(run.replay.counts.effects >= 5)
    #expect(run.notes == [])
    let master = await host.withMaster { $0 }
    #expect(try SnapshotEncoder.encode(run.replay.machine) == SnapshotEncoder.encode(master))
  }

  @Test func theOldestSegmentsGoAndTheRestReplays() async throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let host = try host(limit: 1 << 20)
    try await ask(host, 60)
    await host.stop()
    let names = try FileManager.default.contentsOfDirectory(atPath: directory)
    let sizes = try names.map {
      try FileManager.default.attributesOfItem(atPath: "\(directory)/\($0)")[.size] as? Int ?? 0
    }
    #expect(names.count > 3)
    #expect(sizes.reduce(0, +) < 2 << 20)
    let run = try replayed()
    #expect(run.notes.count == 1, "the first segments are gone")
    #expect(run.replay.counts.inputs < 60)
    let master = await host.withMaster { $0 }
    #expect(try SnapshotEncoder.encode(run.replay.machine) == SnapshotEncoder.encode(master))
  }

  @Test func aReplayStopsWhereItIsTold() async throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let host = try host()
    try await ask(host, 5)
    await host.stop()
    let life = try RecordingFiles(directory).lives[0]
    var run = try ReplayRun<Master>(life, until: ReplayEnd(input: 3), keepsEffects: false)
    try run.run { _, _ in }
    #expect(run.hasStopped)
    #expect(run.replay.counts.inputs == 3)
    run.goOn()
    try run.run { _, _ in }
    #expect(!run.hasStopped)
    #expect(run.replay.counts.inputs == 6)
    var none = try ReplayRun<Master>(life, until: ReplayEnd(moment: .wall(0)), keepsEffects: false)
    try none.run { _, _ in }
    #expect(none.replay.counts.inputs == 0)
  }

  @Test func whatIsNoRecordingIsNamed() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    func problem(_ path: String) -> String {
      do {
        _ = try RecordingFiles(path)
        return ""
      } catch { return "\(error)" }
    }
    #expect(problem(directory).contains("no such file"))
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    #expect(problem(directory).contains("there is no recording"))
    let file = directory + "/master-1.recording"
    try Data("GET / HTTP/1.1".utf8).write(to: URL(fileURLWithPath: file))
    #expect(problem(file).hasPrefix(file))
    #expect(problem(directory).contains("no recording of Meseta"))
  }
}
