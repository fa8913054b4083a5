// The segments of a recording on disk.

import Foundation
package import MesetaRecording

/// The segments that a path names, by machine and life, each life's in its order.
package struct RecordingFiles {
  /// The segments of one run of a machine. They may have a gap where the oldest have been removed, or batches were lost.
  package struct Life: Sendable {
    package var kind: MachineKind
    /// The paths, the oldest first.
    package var paths: [String]
  }

  /// The oldest first.
  package let lives: [Life]

  /// - Parameter path: a segment, or a directory of them.
  /// - Throws: ``UnreadableRecording`` if there are none, or a file of that name is none.
  package init(_ path: String) throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw UnreadableRecording(path, "there is no such file or directory")
    }
    guard isDirectory.boolValue else {
      lives = [Life(kind: try Self.open(path).header.kind, paths: [path])]
      return
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
      .filter { $0.hasSuffix(".recording") }.sorted()
    if names.isEmpty {
      throw UnreadableRecording(path, "there is no recording (*.recording) in this directory")
    }
    var lives: [(header: RecordingHeader, life: Life)] = []
    for name in names {
      let path = "\(path)/\(name)"
      let header: RecordingHeader
      do { header = try Self.open(path).header } catch let problem as UnreadableRecording {
        // One that a killed machine had only just begun.
        if problem.problem == .empty { continue }
        throw problem
      }
      if let place = lives.firstIndex(where: {
        $0.header.life == header.life && $0.header.kind == header.kind
      }) {
        lives[place].life.paths.append(path)
      } else {
        lives.append((header, Life(kind: header.kind, paths: [path])))
      }
    }
    self.lives = lives.map(\.life)
    if lives.isEmpty { throw UnreadableRecording(path, RecordingProblem.empty.description) }
  }

  /// Reads a segment.
  package static func open(_ path: String) throws -> RecordingSegment {
    do {
      return try RecordingSegment([UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
    } catch let problem as RecordingProblem {
      throw UnreadableRecording(path, problem)
    } catch let error as CocoaError {
      throw UnreadableRecording(path, error.localizedDescription)
    }
  }
}

/// What is wrong with a recording, and where.
package struct UnreadableRecording: Error, CustomStringConvertible {
  package let description: String
  let problem: RecordingProblem?

  init(_ path: String, _ reason: String) {
    description = "\(path): \(reason)"
    problem = nil
  }

  package init(_ path: String, _ problem: RecordingProblem) {
    description = "\(path): \(problem)"
    self.problem = problem
  }
}
