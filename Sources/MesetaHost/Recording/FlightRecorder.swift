// What a host writes down of its machine.

import Logging
import MesetaProtocol
import MesetaRecording
import MesetaRuntime
import Synchronization

/// Sees what a machine is told and what it asks for, and has both written down.
///
/// Its methods are called where the machine runs, one at a time.
final class FlightRecorder<Machine: RecordedMachine>: Sendable {
  private let batches = Mutex(BatchRecorder())
  private let writer: SegmentWriter

  /// Begins with the machine as it is now.
  init(_ machine: Machine, name: String, _ recording: Recording, logger: Logger) {
    let now = HostClock.now()
    writer = SegmentWriter(
      recording, Machine.kind, name: name, life: .random(in: .min ... .max), logger: logger)
    writer.begin(at: now) { header in try RecordingFile.begin(header, machine) }
  }

  func add(_ input: NodeInput<Machine.Local>, at time: Time) { batches.withLock { $0.add(input, at: time) } }

  func add(_ message: borrowing Message, _ request: RequestID, from session: SessionID, at time: Time) {
    batches.withLock { $0.add(message, request, from: session, at: time) }
  }

  func add(_ effect: RecordedEffect) { batches.withLock { $0.add(effect) } }

  /// A batch is over; the machine is as it is after it.
  func end(_ machine: Machine) {
    let (batch, time) = batches.withLock { batches in
      batches.end()
      return (batches.take(), batches.time)
    }
    // The copy shares what does not change, and is written down elsewhere.
    writer.take(batch, at: time) { { header in try RecordingFile.begin(header, machine) } }
  }

  /// Writes what is there, and that the machine has ended.
  func finish() async { await writer.finish() }
}

/// A sink whose effects may be recorded.
protocol RecordedSink: HostSink {
  associatedtype Machine: RecordedMachine
  var recorder: FlightRecorder<Machine>? { get }
}

extension RecordedSink {
  package mutating func send(_ message: consuming Message, to session: SessionID) {
    if let recorder { recorder.add(.send(copy message, session)) }
    outbox.send(message, to: session)
  }

  package mutating func respond(_ request: RequestID, _ outcome: Outcome) {
    if let recorder { recorder.add(.respond(request, outcome)) }
    outbox.respond(request, outcome)
  }

  package mutating func close(_ session: SessionID, reason: String) {
    if let recorder { recorder.add(.close(session, reason: reason)) }
    outbox.close(session, reason: reason)
  }

  package mutating func connect() {
    if let recorder { recorder.add(.connect) }
    outbox.wantsConnection = true
  }

  package mutating func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    guard let recorder, level > .debug else { return outbox.log(level, message()) }
    let text = message()
    recorder.add(.log(level, text))
    outbox.log(level, text)
  }
}
