import Foundation
import MesetaAgent
import MesetaModel

/// A persistent volume's directory cannot be made or removed.
struct VolumeProblem: Error, CustomStringConvertible {
  let description: String
}

/// Makes the directories of persistent volumes, and removes them.
struct VolumeDirectories: Sendable {
  let layout: VolumeLayout

  /// Makes the directories that are missing. That of a mounted disk has to be there.
  func make(_ volumes: [Resource]) throws {
    for volume in volumes {
      let directory = try layout.directory(of: volume)
      var isDirectory: ObjCBool = false
      if FileManager.default.fileExists(atPath: directory.path, isDirectory: &isDirectory),
        isDirectory.boolValue
      {
        continue
      }
      if directory.isMount {
        throw VolumeProblem(
          description:
            "persistent volume \(volume) is on the disk mounted at \(directory.path), which is not there")
      }
      do {
        try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
      } catch {
        throw VolumeProblem(
          description: "the directory \(directory.path) of persistent volume \(volume) cannot be made: "
            + error.localizedDescription)
      }
    }
  }

  /// Removes the directories with all that is in them. That of a mounted disk stays, empty.
  func remove(_ volumes: [Resource]) throws {
    for volume in volumes {
      let directory = try layout.directory(of: volume)
      guard FileManager.default.fileExists(atPath: directory.path) else { continue }
      do {
        if directory.isMount {
          for entry in try FileManager.default.contentsOfDirectory(atPath: directory.path)
          where entry != "lost+found" {
            try FileManager.default.removeItem(atPath: "\(directory.path)/\(entry)")
          }
        } else {
          try FileManager.default.removeItem(atPath: directory.path)
        }
      } catch {
        throw VolumeProblem(
          description: "the directory \(directory.path) of persistent volume \(volume) cannot be removed: "
            + error.localizedDescription)
      }
    }
  }
}
