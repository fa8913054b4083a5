// What containers use, measured.

import Glibc
import MesetaAgent
import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaContainers

@Suite(.timeLimit(.minutes(2))) struct UsageTests {
  @Test func processesCountWithTheContainerThatTheyAreIn() {
    func process(_ parent: pid_t, ticks: Int64, pages: UInt64 = 1) -> ProcessTable.Process {
      ProcessTable.Process(parent: parent, ticks: ticks, residentPages: pages)
    }
    // 10 is a supervisor with its main process 11, that one's child 12, and 13, which was left behind by somebody.
    let table = ProcessTable([
      1: process(0, ticks: 1000), 10: process(1, ticks: 1), 11: process(10, ticks: 20),
      12: process(11, ticks: 300),
      13: process(10, ticks: 4000), 20: process(1, ticks: 50_000), 21: process(20, ticks: 600_000, pages: 5),
    ])
    let tick = 1_000_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK)))
    let usage = table.usage(of: [("a", 11), ("b", 21), ("gone", 99)])
    #expect(usage.map(\.containerID) == ["a", "b"])
    #expect(usage.map(\.processorTime.nanoseconds) == [4321 * tick, 650_000 * tick])
    #expect(usage.map(\.memoryBytes) == [4, 6].map { $0 * UInt64(sysconf(Int32(_SC_PAGESIZE))) })
  }

  @Test func theLinesOfTheKernelAreRead() {
    let rest = "S 17 5 5 0 -1 4194560 1 2 3 4 100 20 3 4 20 0 1 0 12345 1000000 77 18446744073709551615"
    let expected = ProcessTable.Process(parent: 17, ticks: 127, residentPages: 77)
    #expect(ProcessTable.Process(parsing: "42 (sh) \(rest)") == expected)
    #expect(ProcessTable.Process(parsing: "42 (a) 1 (b c) \(rest)\n") == expected)
    #expect(ProcessTable.Process(parsing: "42 (sh) S 17") == nil)
    #expect(ProcessTable.Process(parsing: "") == nil)
  }

  @Test func theTimeOfABusyContainerGrows() async throws {
    let containers = try ContainerFixture()
    // A child does the work, and is waited for.
    containers.run(.shell("(i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done); exec sleep 60"))
    _ = try await containers.started()
    var usage: MachineUsage.Container?
    while !Task.isCancelled, usage.map({ $0.processorTime < .milliseconds(50) }) ?? true {
      usage = containers.containerizer?.measure(["c1", "c2"]).containers.first
      await Task.yield()
    }
    #expect(usage?.containerID == "c1")
    #expect((usage?.memoryBytes ?? 0) > 0)
    containers.kill()
    _ = try await containers.exit()
    #expect(containers.containerizer?.measure(["c1"]).containers == [])
  }

  @Test func whatIsRevocableGetsLessProcessorTime() async throws {
    let containers = try ContainerFixture()
    let launch = { (id: String, isRevocable: Bool) in
      ContainerLaunch(
        containerID: id, sandbox: containers.sandbox(id), program: .shell("nice"), isRevocable: isRevocable)
    }
    containers.launch(launch("c1", true))
    containers.launch(launch("c2", false))
    #expect(try await containers.exit("c1") == .exited(0))
    #expect(try await containers.exit("c2") == .exited(0))
    #expect(try containers.stdout("c1") == "10\n")
    #expect(try containers.stdout("c2") == "0\n")
  }
}
