// A recording whose disk is too slow.

import Foundation
import Logging
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRecording
import MesetaRuntime
import Testing

@testable import MesetaHost

@Suite struct SegmentWriterTests {
  /// So many batches may wait for the disk.
  private static let buffered = 16
  private static let time = Time(monotonic: .zero, wall: 0)

  /// A batch of 1,000 bytes and a few.
  private static let batch: [UInt8] = {
    var recorder = BatchRecorder()
    let input = NodeInput<MasterLocalInput>.connectFailed(reason: String(repeating: "x", count: 1000))
    recorder.add(input, at: time)
    recorder.end()
    return recorder.take()
  }()

  /// What the segments in a directory tell, in their order.
  private func segments(in directory: String) throws -> [(
    header: RecordingHeader, items: [RecordedItem<MasterLocalInput>]
  )] {
    try FileManager.default.contentsOfDirectory(atPath: directory).map { name in
      var segment = try RecordingSegment(
        Array(Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name)"))))
      var items: [RecordedItem<MasterLocalInput>] = []
      while let item = try segment.next(MasterLocalInput.self) { items.append(item) }
      return (segment.header, items)
    }.sorted { $0.header.number < $1.header.number }
  }

  @Test(.timeLimit(.minutes(5))) func whatTheDiskIsTooSlowForIsLeftOutAndTheRecordingSaysSo() async throws {
    let directory = NSTemporaryDirectory() + "/meseta-gap-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let recording = Recording(directory: directory)
    try recording.prepare()
    let master = Master(configuration: MasterConfiguration(), seed: 1, at: Self.time)
    let disk = Semaphore()
    let (isAtTheDisk, atTheDisk) = AsyncStream.makeStream(of: Void.self)
    let writer = SegmentWriter(
      .master, name: "m", recording, at: Self.time, bufferLimit: Self.buffered * Self.batch.count,
      logger: Logger(label: "gap") { _ in SwiftLogNoOpLogHandler() }
    ) { header in
      atTheDisk.finish()
      disk.wait()
      return try RecordingFile.begin(header, master)
    }
    var taken = 0
    func take() -> Bool {
      taken += 1
      return writer.take(Self.batch, at: Self.time) { SegmentWriter.beginning(with: master) }
    }
    for await _ in isAtTheDisk {}
    for _ in 0..<2 * Self.buffered { #expect(!take()) }
    disk.signal()
    while !Task.isCancelled, !take() { await Task.yield() }  // until the disk has caught up
    #expect(!take())
    await writer.finish()

    let segments = try segments(in: directory)
    #expect(segments.map(\.header.number) == [0, 1])
    guard case .gap(let lost) = segments[0].items.last else {
      Issue.record("the segment does not end with the gap")
      return
    }
    #expect(segments.map(\.header.lost) == [0, lost])
    #expect(segments[1].items.last == .end)
    let written = segments.flatMap(\.items).count { if case .endOfBatch = $0 { true } else { false } }
    #expect(written == taken - Int(lost))
    #expect(lost >= UInt64(Self.buffered))
  }
}
