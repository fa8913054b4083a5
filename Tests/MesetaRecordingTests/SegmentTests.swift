// Segments: what is read from them is what was written, and what is none is found out.

import MesetaAgent
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRecording
import MesetaRuntime
import Testing

@Suite struct SegmentTests {
  private static let header = RecordingHeader(
    .master, name: "größe", life: .max, number: 3, time: Time(monotonic: Instant(nanoseconds: 5), wall: -1),
    lost: 7)
  private static let master = Master(
    configuration: MasterConfiguration(), seed: 1, at: Time(monotonic: .zero, wall: 0))
  private static func agent() throws -> Agent {
    let info = AgentInfo(hostname: "a", resources: "cpus:1")
    return try Agent(
      configuration: AgentConfiguration(info: info, workDirectory: "/w"), seed: 1, checkpoint: nil)
  }

  private static func time(_ number: Int64) -> Time {
    Time(monotonic: Instant(nanoseconds: number), wall: .max - number)
  }

  private static func beginning() throws -> [UInt8] { try RecordingFile.begin(header, master) }

  /// A segment with these inputs, the last of which ends the batch.
  private func segment<Local: Codable & Hashable & Sendable>(_ inputs: [NodeInput<Local>]) throws -> [UInt8] {
    var recorder = BatchRecorder()
    for (number, input) in inputs.enumerated() { recorder.add(input, at: Self.time(Int64(number) / 2)) }
    recorder.add(.log(.info, "hello"))
    recorder.end()
    return try Self.beginning() + RecordingFile.batches(recorder.take()) + RecordingFile.end
  }

  private func items<Local: Codable & Hashable & Sendable>(_ bytes: [UInt8], _ type: Local.Type) throws
    -> [RecordedItem<Local>]
  {
    var segment = try RecordingSegment(bytes)
    var items: [RecordedItem<Local>] = []
    while let item = try segment.next(Local.self) { items.append(item) }
    return items
  }

  private func expectSurvival<Local: Codable & Hashable & Sendable>(_ inputs: [NodeInput<Local>]) throws {
    var read = try items(segment(inputs), Local.self)
    #expect(read.popLast() == .end)
    guard case .endOfBatch(let time, effects: 1, _) = read.popLast() else {
      Issue.record("the batch does not end")
      return
    }
    #expect(time == Self.time(Int64(inputs.count - 1) / 2))
    let expected = inputs.enumerated().map { number, input in
      RecordedItem<Local>.input(input, Self.time(Int64(number) / 2))
    }
    #expect(read == expected)
  }

  @Test func everyInputOfAMasterSurvives() throws {
    func decline(_ ids: [OfferID], _ framework: FrameworkID? = "f") -> NodeInput<MasterLocalInput> {
      .received(
        SessionID(9), RequestID(8),
        .schedulerCall(
          SchedulerCall(
            frameworkID: framework, .decline(offerIDs: ids, filters: Filters(refuseSeconds: 0.1))),
          request: 7))
    }
    try expectSurvival([
      .opened(SessionID(.max), Peer(.agent, address: "a (10.0.0.1:5051)", ip: "10.0.0.1")),
      .opened(SessionID(0), Peer(.operator, principal: Principal("ada"), address: "")),
      .connectFailed(reason: "größe"), .closed(SessionID(7), reason: ""), .wake,
      .local(.stored(StorageToken(.max))), .received(SessionID(1), .none, .agentMessage(.pong)),
      decline([
        OfferID(prefix: "m", number: 17), OfferID(prefix: "m", number: 3), OfferID(prefix: "m", number: .max),
      ]),
      decline([]), decline(["m-O1", "n-O2"]), decline(["no number"]), decline(["m-O1"], nil),
    ])
  }

  @Test func whatASessionDeclinesAgainIsShortAndReadWithItsSegment() throws {
    func decline(_ session: UInt64, _ framework: FrameworkID, _ number: UInt64) -> NodeInput<MasterLocalInput>
    {
      let call = SchedulerCall(
        frameworkID: framework,
        .decline(offerIDs: [OfferID(prefix: "master-O", number: number)], filters: Filters(refuseSeconds: 0)))
      return .received(SessionID(session), .none, .schedulerCall(call, request: 0))
    }
    // The second and the last session share a place among those that are known.
    let inputs = [
      decline(1, "f", 1), decline(2, "g", 2), decline(1, "f", 3), decline(1, "other", 4),
      decline(258, "h", 5),
      decline(2, "g", 6), decline(258, "h", 7),
    ]
    try expectSurvival(inputs)

    var recorder = BatchRecorder()
    func bytes(of input: NodeInput<MasterLocalInput>) -> Int {
      let before = recorder.count
      recorder.add(input, at: Self.time(0))
      return recorder.count - before
    }
    _ = bytes(of: .wake)  // with the time
    let first = bytes(of: inputs[0])
    #expect(bytes(of: inputs[2]) == first - "-f".utf8.count - "-master-O".utf8.count)
    recorder.beginSegment()
    #expect(bytes(of: inputs[2]) == first)
  }

  @Test func everyInputOfAnAgentSurvives() throws {
    let locals: [AgentLocalInput] = [
      .stored(StorageToken(.max)), .stop, .container(.started(containerID: "größe", pid: .max)),
      .container(.launchFailed(containerID: "c", reason: "no such file: \"ä\"")),
      .container(.exited(containerID: "c", .exited(-1))), .container(.exited(containerID: "c", .signaled(9))),
      .container(.exited(containerID: "c", .lost("the machine has been started anew"))),
      .usage(MachineUsage()),
      .disk(DiskSample(usage: nil)), .removedSandboxes(problems: ["/srv/ä: Permission denied"]),
      .disk(
        DiskSample(usage: 0.5, sandboxes: [LeftSandbox(path: "/srv/a", containerID: "a", age: .seconds(1))])),
      .usage(
        MachineUsage(
          load: LoadAverages(oneMinute: Scalar(milli: 1), fiveMinutes: Scalar(2), fifteenMinutes: .maximum),
          containers: [.init(containerID: "größe", processorTime: .seconds(1), memoryBytes: .max)])),
    ]
    try expectSurvival(locals.map { NodeInput<AgentLocalInput>.local($0) })
  }

  @Test func theHeaderAndTheStateSurvive() throws {
    let segment = try RecordingSegment(Self.beginning())
    #expect(segment.header == Self.header)
    #expect(try SnapshotEncoder.encode(segment.machine() as Master) == segment.snapshot)
    #expect(throws: RecordingProblem.otherMachine(.master)) { try segment.machine() as Agent }
  }

  @Test func aSegmentThatIsCutAnywhereIsGoodUpToThere() throws {
    let whole = try segment([NodeInput<MasterLocalInput>.wake, .connectFailed(reason: "it is cut")])
    let start = try Self.beginning().count
    var counts: Set<Int> = []
    for cut in start..<whole.count {
      var segment = try RecordingSegment(Array(whole[..<cut]))
      var count = 0
      while try segment.next(MasterLocalInput.self) != nil { count += 1 }
      counts.insert(count)
      #expect(segment.tornBytes < cut - start + 1)
    }
    #expect(counts == [0, 3])
    for cut in [1, 4, 7, 8, 20, start - 1] {
      #expect(throws: RecordingProblem.self) { try RecordingSegment(Array(whole[..<cut])) }
    }
  }

  @Test func aDamageIsFoundAndDoesNotStopTheProgram() throws {
    let whole = try segment([NodeInput<MasterLocalInput>.wake, .connectFailed(reason: "it is damaged")])
    for place in stride(from: 0, to: whole.count, by: 7) {
      var damaged = whole
      damaged[place] ^= 0x10
      // Where the length of a record is damaged it may seem to be cut off.
      let items = try? items(damaged, MasterLocalInput.self)
      #expect(items?.contains(.end) != true, "byte \(place)")
    }
  }

  @Test func whatIsNoRecordingSaysWhatItIs() throws {
    func problem(_ bytes: [UInt8]) -> RecordingProblem? {
      do { _ = try RecordingSegment(bytes) } catch { return error }
      return nil
    }
    #expect(problem(Array("GET / HTTP/1.1".utf8)) == .notARecording)
    #expect(problem([]) == .notARecording)
    var newer = Self.header
    newer.format = 9
    newer.version = "7.1"
    #expect(problem(try RecordingFile.begin(newer, Self.master)) == .otherFormat(9, version: "7.1"))
  }

  @Test func theStateOfAnotherBuildIsRefused() throws {
    let bytes = try RecordingFile.begin(Self.header, Self.agent())  // under a header that says it is a master
    let segment = try RecordingSegment(bytes)
    #expect {
      _ = try segment.machine() as Master
    } throws: { error in
      if case .otherBuild = error as? RecordingProblem { true } else { false }
    }
  }
}
