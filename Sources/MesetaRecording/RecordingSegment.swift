// Reading a segment: what it says of itself, the state that it begins with, and one item after the other.

import MesetaModel
import MesetaProtocol
package import MesetaRuntime
import MesetaWire

/// What a segment tells.
package enum RecordedItem<Local: Codable & Hashable & Sendable>: Hashable, Sendable {
  case input(NodeInput<Local>, Time)
  /// The batch is over: the machine is told so, and has then had so many effects with this digest.
  case endOfBatch(Time, effects: UInt64, digest: UInt64)
  /// So many batches are missing.
  case gap(UInt64)
  /// The machine ended here.
  case end
}

/// Reads a segment.
package struct RecordingSegment {
  package let header: RecordingHeader
  /// The bytes of the state that the segment begins with.
  package let snapshot: [UInt8]
  /// How many bytes at the end are a piece of a record, as after a crash. Known when the end is reached.
  package private(set) var tornBytes = 0

  private let size: Int
  private var records: RecordFileReader
  private var batches = ByteReader([])
  private var time: Time
  private var decliners = KnownDecliners()
  private var decoder = MessageDecoder(limits: WireLimits(maximumBytes: .max, maximumArenaBytes: .max))

  package init(_ bytes: [UInt8]) throws(RecordingProblem) {
    size = bytes.count
    do {
      records = try RecordFileReader(bytes, maximumLength: .max)
      guard let first = try records.next(), first.first == RecordingFile.Kind.header.rawValue else {
        throw RecordingProblem.notARecording
      }
      header = try RecordingHeader(first.dropFirst())
      time = header.time
      snapshot = try Self.snapshot(&records)
    } catch {
      throw RecordingProblem(reading: error)
    }
  }

  private static func snapshot(_ records: inout RecordFileReader) throws -> [UInt8] {
    var snapshot: [UInt8] = []
    while let piece = try records.next() {
      snapshot += piece.dropFirst()
      switch piece.first.flatMap(RecordingFile.Kind.init) {
      case .snapshot: continue
      case .lastOfSnapshot: return snapshot
      default: throw RecordingProblem.damaged("the state is not whole", offset: piece.startIndex)
      }
    }
    throw RecordingProblem.empty
  }

  /// The machine as it was when the segment began.
  package func machine<Machine: RecordedMachine>(as type: Machine.Type = Machine.self)
    throws(RecordingProblem)
    -> Machine
  {
    guard header.kind == Machine.kind else { throw .otherMachine(header.kind) }
    do {
      return try SnapshotDecoder.decode(from: snapshot[...])
    } catch let problem as SnapshotProblem {
      throw .otherBuild(version: header.version, problem.description)
    } catch let DecodingError.dataCorrupted(context) {
      throw .otherBuild(version: header.version, context.debugDescription)
    } catch {
      throw .otherBuild(version: header.version, "there is a case that this version does not have")
    }
  }

  // MARK: Items

  /// The next item; nil at the end of the file, or where a crash cut it off.
  package mutating func next<Local>(
    _ type: Local.Type = Local.self
  ) throws(RecordingProblem) -> RecordedItem<Local>? {
    do {
      while batches.isAtEnd {
        guard let record = try records.next() else { return nil }
        let content = record.dropFirst()
        switch record.first.flatMap(RecordingFile.Kind.init) {
        case .batches:
          batches = ByteReader(content)
        case .gap:
          var reader = ByteReader(content)
          return .gap(try reader.number())
        case .end: return .end
        default: throw RecordingProblem.damaged("an unexpected record", offset: record.startIndex)
        }
      }
      return try item()
    } catch let error as RecordFileError where error.reason == .truncated {
      tornBytes = size - error.offset
      return nil
    } catch let error as RecordFileError {
      throw .damaged("\(error)", offset: error.offset)
    } catch {
      throw RecordingProblem(reading: error, at: batches.position)
    }
  }

  private mutating func item<Local>() throws -> RecordedItem<Local>? {
    while true {
      switch ItemKind(rawValue: try batches.byte()) {
      case .time:
        let monotonic = Instant(nanoseconds: try batches.signedNumber())
        time = Time(monotonic: monotonic, wall: try batches.signedNumber())
      case .opened: return .input(.opened(try session(), try peer()), time)
      case .connectFailed: return .input(.connectFailed(reason: try batches.text()), time)
      case .received: return .input(try received(), time)
      case .declined:
        let session = try session()
        let decliner = KnownDecliners.Decliner(
          session: session, framework: FrameworkID(try batches.text()), prefix: try batches.text())
        decliners[session] = decliner
        return .input(try declined(by: decliner), time)
      case .declinedAgain:
        let session = try session()
        guard let decliner = decliners[session], decliner.session == session else {
          throw RecordingProblem.damaged(
            "nobody has declined in session \(session.number)", offset: batches.position)
        }
        return .input(try declined(by: decliner), time)
      case .closed: return .input(.closed(try session(), reason: try batches.text()), time)
      case .local: return .input(.local(try SnapshotDecoder.decode(from: try batches.data())), time)
      case .wake: return .input(.wake, time)
      case .endOfBatch:
        return .endOfBatch(time, effects: try batches.number(), digest: try batches.fixedNumber())
      case nil: throw RecordingProblem.damaged("an unexpected item", offset: batches.position)
      }
    }
  }

  private mutating func session() throws -> SessionID { SessionID(try batches.number()) }

  private mutating func peer() throws -> Peer {
    guard let role = PeerRole(rawValue: Int32(truncatingIfNeeded: try batches.number())) else {
      throw RecordingProblem.damaged("an unknown role of a peer", offset: batches.position)
    }
    let address = try batches.text()
    let present = try batches.number()
    return Peer(
      role, principal: present & 1 == 0 ? nil : Principal(try batches.text()), address: address,
      ip: present & 2 == 0 ? nil : try batches.text())
  }

  private mutating func received<Local>() throws -> NodeInput<Local> {
    let (session, request) = (try session(), RequestID(try batches.number()))
    let message: Message = try batches.data().withUnsafeBytes { bytes in try decoder.decode(bytes) }
    return .received(session, request, message)
  }

  private mutating func declined<Local>(by decliner: KnownDecliners.Decliner) throws -> NodeInput<Local> {
    let request = RequestID(try batches.number())
    let number = try batches.number()
    let filters = Filters(refuseSeconds: Double(bitPattern: try batches.fixedNumber()))
    let count = try batches.number()
    guard count <= batches.count else {
      throw RecordingProblem.damaged("\(count) offers in \(batches.count) bytes", offset: batches.position)
    }
    var ids: [OfferID] = []
    var last: UInt64 = 0
    for _ in 0..<count {
      last = last &+ UInt64(bitPattern: try batches.signedNumber())
      ids.append(OfferID(prefix: decliner.prefix, number: last))
    }
    let call = SchedulerCall(frameworkID: decliner.framework, .decline(offerIDs: ids, filters: filters))
    return .received(decliner.session, request, .schedulerCall(call, request: number))
  }
}

extension RecordingProblem {
  fileprivate init(reading error: any Error, at offset: Int = 0) {
    switch error {
    case let problem as RecordingProblem: self = problem
    case let error as RecordFileError:
      switch error.reason {
      case .notARecordFile: self = .notARecording
      case .truncated: self = .empty
      default: self = .damaged("\(error)", offset: error.offset)
      }
    case is ByteReader.Ended: self = .damaged("an item is not whole", offset: offset)
    default: self = .damaged("\(error)", offset: offset)
    }
  }
}
