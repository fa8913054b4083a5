// What a recording says of itself, in a form that later versions can still read.

import MesetaProtocol
package import MesetaRuntime

/// The first record of a segment.
package struct RecordingHeader: Hashable, Sendable {
  /// How everything after the header is written. Raised with each change to it.
  package static let currentFormat: UInt64 = 2

  package var format = Self.currentFormat
  /// The version of Meseta that wrote it.
  package var version = Version.current
  package var kind: MachineKind
  /// The machine, for people to read.
  package var name: String
  /// Tells one run of the machine from others.
  package var life: UInt64
  /// How many segments this run had before.
  package var number: UInt64
  /// When the segment began.
  package var time: Time
  /// How many batches were lost between the segment before and this one.
  package var lost: UInt64

  package init(
    _ kind: MachineKind, name: String, life: UInt64, number: UInt64, time: Time, lost: UInt64 = 0
  ) {
    self.kind = kind
    self.name = name
    self.life = life
    self.number = number
    self.time = time
    self.lost = lost
  }

  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.append(format)
    writer.append(version)
    writer.append(UInt64(kind.rawValue))
    writer.append(name)
    writer.append(fixed: life)
    writer.append(number)
    writer.append(signed: time.monotonic.nanoseconds)
    writer.append(signed: time.wall)
    writer.append(lost)
    return writer.bytes
  }

  init(_ bytes: ArraySlice<UInt8>) throws(RecordingProblem) {
    var reader = ByteReader(bytes)
    do {
      format = try reader.number()
      version = try reader.text()
      guard format == Self.currentFormat else { throw RecordingProblem.otherFormat(format, version: version) }
      let number = try reader.number()
      guard let kind = UInt8(exactly: number).flatMap(MachineKind.init) else {
        throw RecordingProblem.unknownMachine(number)
      }
      self.kind = kind
      name = try reader.text()
      life = try reader.fixedNumber()
      self.number = try reader.number()
      time = Time(monotonic: Instant(nanoseconds: try reader.signedNumber()), wall: try reader.signedNumber())
      lost = try reader.number()
    } catch let problem as RecordingProblem {
      throw problem
    } catch {
      throw .damaged("its header is too short", offset: 0)
    }
  }
}

/// Why a recording cannot be read, or does not replay.
package enum RecordingProblem: Error, Hashable, CustomStringConvertible {
  case notARecording
  case otherFormat(UInt64, version: String)
  case unknownMachine(UInt64)
  /// The recording is of another kind of machine than is wanted.
  case otherMachine(MachineKind)
  /// Not even its beginning was written.
  case empty
  case damaged(String, offset: Int)
  /// The state cannot be read: it is that of another build.
  case otherBuild(version: String, String)

  package var description: String {
    switch self {
    case .notARecording: "this is no recording of Meseta: it does not begin as one"
    case .otherFormat(let format, let version):
      "it was recorded by Meseta \(version) in format \(format), and this is \(Version.current), which reads format "
        + "\(RecordingHeader.currentFormat): replay it with the version that recorded it"
    case .unknownMachine(let number): "it is of a machine of kind \(number), which this version does not know"
    case .otherMachine(let kind): "it is the recording of \(kind == .agent ? "an agent" : "a master")"
    case .empty: "its beginning is not there: the machine ended before it was written"
    case .damaged(let what, let offset): "it is damaged at byte \(offset): \(what)"
    case .otherBuild(let version, let what):
      "it was recorded by another build of Meseta (\(version)), whose state this one (\(Version.current)) cannot "
        + "read: \(what). Replay it with the build that recorded it"
    }
  }
}
