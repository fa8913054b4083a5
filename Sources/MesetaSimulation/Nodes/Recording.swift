// A machine's run in a simulation as its flight recorder would write it down, in memory.

package import MesetaRecording
package import MesetaRuntime

/// The segments of one life of a machine.
package struct Recording<Machine: RecordedMachine>: Sendable {
  /// How many batches a segment has.
  private static var batchesPerSegment: Int { 50 }

  /// The bytes of each segment's file.
  package private(set) var segments: [[UInt8]] = []
  /// How many effects the machine asked for in all batches that are over.
  package private(set) var effectCount = 0

  private var inputs: [(input: NodeInput<Machine.Local>, time: Time)] = []
  private var effects: [RecordedEffect] = []
  private var batches = 0

  /// Begins with the machine as it is.
  init(_ machine: Machine, at time: Time) { begin(machine, at: time) }

  private mutating func begin(_ machine: Machine, at time: Time) {
    let header = RecordingHeader(
      Machine.kind, name: "simulated", life: 1, number: UInt64(segments.count), time: time)
    // Nothing in a simulation is beyond writing down; without its beginning a segment is found to be empty.
    segments.append((try? RecordingFile.begin(header, machine)) ?? [])
  }

  /// - Parameter machine: as it is after the input.
  mutating func append(
    _ input: NodeInput<Machine.Local>, at time: Time, _ effects: ArraySlice<Effect>, _ machine: Machine
  ) {
    inputs.append((input, time))
    self.effects += effects.compactMap(\.recorded)
    guard case .endOfBatch = input else { return }
    var recorder = BatchRecorder()
    for (input, time) in inputs { recorder.add(input, at: time) }
    for effect in self.effects { recorder.add(effect) }
    recorder.end()
    segments[segments.count - 1] += RecordingFile.batches(recorder.take())
    effectCount += self.effects.count
    inputs = []
    self.effects = []
    batches += 1
    if batches % Self.batchesPerSegment == 0 { begin(machine, at: time) }
  }

  /// Tells the machine the same again, segment by segment, each of which has to begin as the one before it ended.
  ///
  /// - Parameter machine: what is told; nil: the recorded one.
  /// - Returns: what the machine was told.
  /// - Throws: where it does not do the same.
  package func replayed(by machine: Machine? = nil) throws -> [NodeInput<Machine.Local>] {
    var inputs: [NodeInput<Machine.Local>] = []
    var segments = segments
    if let machine {
      let first = try RecordingSegment(segments[0])
      let records = segments[0].suffix(
        segments[0].count - (try RecordingFile.begin(first.header, first.machine() as Machine).count))
      segments[0] = try RecordingFile.begin(first.header, machine) + records
    }
    var replay = try Replay<Machine>(RecordingSegment(segments[0]))
    for (number, segment) in segments.enumerated() {
      if number > 0 { try replay.go(on: RecordingSegment(segment)) }
      while let step = try replay.step() {
        if case .input(let input) = step { inputs.append(input) }
      }
    }
    return inputs
  }
}
