// What a host writes down of its machine.

import MesetaProtocol
import MesetaRecording
import MesetaRuntime

/// Sees what a machine is told and what it asks for, and has both written down.
struct FlightRecorder {
  private var batches = BatchRecorder()
  private let segments: SegmentWriter

  init(_ segments: SegmentWriter) { self.segments = segments }

  mutating func add<Local: Encodable>(_ input: NodeInput<Local>, at time: Time) {
    batches.add(input, at: time)
  }

  mutating func add(
    _ message: borrowing Message, _ request: RequestID, from session: SessionID, at time: Time
  ) {
    batches.add(message, request, from: session, at: time)
  }

  mutating func add(_ effect: RecordedEffect) { batches.add(effect) }

  mutating func add(sent message: Message, to session: SessionID) { batches.add(sent: message, to: session) }

  /// A batch is over; the machine is as it is after it.
  mutating func end(_ machine: some RecordedMachine) {
    batches.end()
    if segments.take(batches.take(), at: batches.time, { SegmentWriter.beginning(with: machine) }) {
      batches.beginSegment()
    }
  }
}

/// A sink whose effects may be recorded.
protocol RecordedSink: HostSink {
  var recorder: FlightRecorder? { get set }
}

extension RecordedSink {
  package mutating func send(_ message: consuming Message, to session: SessionID) {
    recorder?.add(sent: message, to: session)
    outbox.send(message, to: session)
  }

  package mutating func respond(_ request: RequestID, _ outcome: Outcome) {
    recorder?.add(.respond(request, outcome))
    outbox.respond(request, outcome)
  }

  package mutating func close(_ session: SessionID, reason: String) {
    recorder?.add(.close(session, reason: reason))
    outbox.close(session, reason: reason)
  }

  package mutating func connect() {
    recorder?.add(.connect)
    outbox.wantsConnection = true
  }

  package mutating func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    guard recorder != nil, level > .debug else { return outbox.log(level, message()) }
    let text = message()
    recorder?.add(.log(level, text))
    outbox.log(level, text)
  }
}
