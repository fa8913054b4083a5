// What only an agent is told, as bytes of a recording.

import MesetaAgent
import MesetaModel
import MesetaRuntime
import Testing

@Suite struct RecordTests {
  static let inputs: [AgentLocalInput] = [
    .stored(StorageToken(.max)), .stop, .container(.started(containerID: "größe", pid: .max)),
    .container(.launchFailed(containerID: "c", reason: "no such file: \"ä\"")),
    .container(.launchFailed(containerID: "", reason: "")),
    .container(.exited(containerID: "c", .exited(255))),
    .container(.exited(containerID: "c", .signaled(9))), .container(.exited(containerID: "c", .exited(-1))),
    .usage(MachineUsage()),
    .usage(
      MachineUsage(
        load: LoadAverages(oneMinute: Scalar(milli: 1), fiveMinutes: Scalar(2), fifteenMinutes: .maximum),
        containers: [
          .init(containerID: "größe", processorTime: .seconds(1), memoryBytes: .max),
          .init(containerID: "", processorTime: .zero, memoryBytes: 0),
        ])),
    .container(.exited(containerID: "c", .lost("the machine has been started anew"))),
  ]

  private func bytes(_ input: AgentLocalInput) -> [UInt8] {
    var bytes: [UInt8] = []
    input.encode(into: &bytes)
    return bytes
  }

  @Test(arguments: inputs) func everyInputSurvivesItsRecord(input: AgentLocalInput) {
    #expect(AgentLocalInput(decoding: bytes(input)) == input)
  }

  @Test func whatIsNoneIsRefused() {
    #expect(AgentLocalInput(decoding: []) == nil)
    #expect(AgentLocalInput(decoding: [0]) == nil)
    #expect(AgentLocalInput(decoding: [8]) == nil)
    #expect(AgentLocalInput(decoding: [2, 0]) == nil)
    let started = bytes(.container(.started(containerID: "abc", pid: 1)))
    for count in 1..<started.count { #expect(AgentLocalInput(decoding: Array(started[..<count])) == nil) }
    #expect(AgentLocalInput(decoding: started.dropLast() + [0xFF]) == nil, "no UTF-8")
    #expect(AgentLocalInput(decoding: [3, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 97]) == nil)
  }
}
