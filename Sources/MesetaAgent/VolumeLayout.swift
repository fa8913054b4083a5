// Where persistent volumes are, as in Mesos.

public import MesetaModel

/// Why a volume has no place on a machine.
public struct UnusableVolume: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
}

/// A persistent volume in the file system.
public struct VolumeDirectory: Hashable, Codable, Sendable {
  public var path: String
  /// The volume is a mounted disk: its directory stays when the volume goes.
  public var isMount: Bool

  public init(path: String, isMount: Bool) {
    self.path = path
    self.isMount = isMount
  }
}

/// Names the directories of persistent volumes.
///
///     <work_dir>/volumes/roles/<role>/<id>        on the disk of the work directory
///     <root>/volumes/roles/<role>/<id>            on a disk of the kind PATH
///     <root>                                      on a disk of the kind MOUNT
///
/// A slash in a role becomes a space, which no role contains.
public struct VolumeLayout: Hashable, Codable, Sendable {
  private let workDirectory: String

  /// - Parameter workDirectory: the agent's: an absolute path. Roots that are relative begin there.
  public init(workDirectory: String) {
    self.workDirectory = SandboxLayout(workDirectory: workDirectory).workDirectory
  }

  /// Where a persistent volume is.
  ///
  /// - Throws: ``UnusableVolume`` for one that has no directory, or whose names would lead elsewhere.
  public func directory(of volume: Resource) throws(UnusableVolume) -> VolumeDirectory {
    guard let disk = volume.disk, let persistence = disk.persistence, let role = volume.reservationRole else {
      throw UnusableVolume(description: "\(volume) is no persistent volume")
    }
    guard let source = disk.source else {
      return VolumeDirectory(path: try path(in: workDirectory, role, persistence.id), isMount: false)
    }
    switch source.kind {
    case .path:
      return VolumeDirectory(path: try path(in: root(of: source), role, persistence.id), isMount: false)
    case .mount: return VolumeDirectory(path: try root(of: source), isMount: true)
    case .block, .raw: throw UnusableVolume(description: "\(volume) is on a disk without directories")
    }
  }

  private func root(of source: DiskInfo.Source) throws(UnusableVolume) -> String {
    guard let root = source.root, !root.isEmpty, !root.containsNUL else {
      throw UnusableVolume(description: "a disk of the kind \(source.kind) needs a root directory")
    }
    return root.hasPrefix("/") ? root : "\(workDirectory)/\(root)"
  }

  private func path(in root: String, _ role: String, _ id: String) throws(UnusableVolume) -> String {
    if let problem = Role.problem(with: role) { throw UnusableVolume(description: problem) }
    let plainRole = String(role.map { $0 == "/" ? " " : $0 })
    do throws(UnsafePathComponent) {
      let id = try SandboxLayout.component(id, "persistence id")
      return "\(root)/volumes/roles/\(try SandboxLayout.component(plainRole, "role"))/\(id)"
    } catch {
      throw UnusableVolume(description: error.description)
    }
  }
}
