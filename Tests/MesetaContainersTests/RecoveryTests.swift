// Containers outlive their containerizer, and a new one finds them; also those whose supervisor did not.

import Glibc
import MesetaAgent
import MesetaContainers
import Testing

@Suite(.timeLimit(.minutes(2))) struct RecoveryTests {
  @Test func aRunningContainerIsFoundAgainAndKilled() async throws {
    let containers = try ContainerFixture()
    containers.run(.shell("sleep 1000"))
    let pid = try await containers.started()
    try containers.restart()
    #expect(containers.containerizer?.recover() == ["c1"])
    #expect(try await containers.started() == pid)
    containers.kill(grace: 60_000_000_000)
    #expect(try await containers.exit() == .signaled(SIGTERM))
  }

  @Test func aRecoveredContainersExitIsReported() async throws {
    let containers = try ContainerFixture()
    let gate = "\(containers.directory)/gate"
    mkfifo(gate, 0o600)
    containers.run(.shell("read line <\(gate); exit 9"))
    _ = try await containers.started()
    try containers.restart()
    _ = containers.containerizer?.recover()
    _ = try await containers.started()
    try write("go\n", to: gate)
    #expect(try await containers.exit() == .exited(9))
  }

  @Test func aContainerThatEndedMeanwhileIsReportedOnce() async throws {
    let containers = try ContainerFixture()
    containers.run("good", .shell("exit 4"))
    containers.run("bad", .exec(path: "/no/such", arguments: ["such"]))
    #expect(try await containers.exit("good") == .exited(4))
    _ = try await containers.launchFailure("bad")
    try containers.restart()
    #expect(containers.containerizer?.recover() == ["bad", "good"])
    #expect(try await containers.exit("good") == .exited(4))
    #expect(
      try await containers.launchFailure("bad") == "cannot execute \"/no/such\": No such file or directory")
    #expect(containers.unexpected == [])
  }

  @Test func aContainerThatIsGivenUpWhileItStartsIsFoundAgain() async throws {
    // Wherever that is: before, while, or after the supervisor listens. The link comes right before its start.
    for n in 0..<30 {
      let containers = try ContainerFixture()
      let id = "c\(n)"
      containers.run(id, .shell("exit 6"))
      while !Task.isCancelled, readLink("\(containers.runtime)/\(id)/sandbox") == nil { sched_yield() }
      try containers.restart()
      #expect(containers.containerizer?.recover() == [id])
      #expect(try await containers.exit(id) == .exited(6))
    }
  }

  @Test func aForgottenContainerIsNotFoundAgain() async throws {
    let containers = try ContainerFixture()
    containers.run("over", .shell("exit 0"))
    containers.run("running", .shell("sleep 1000"))
    #expect(try await containers.exit("over") == .exited(0))
    _ = try await containers.started("running")
    containers.containerizer?.forget(containerID: "over")
    containers.containerizer?.forget(containerID: "running")
    // A launch goes the same way as the removal, behind it.
    containers.run("marker", .shell("exit 0"))
    _ = try await containers.exit("marker")
    #expect(containers.containerizer?.recover() == ["marker", "running"])
    #expect(access("\(containers.runtime)/over", F_OK) != 0)
  }

  @Test func aKilledSupervisorIsLostAndItsDescendantsDie() async throws {
    let containers = try ContainerFixture()
    let fifo = try Fifo("\(containers.directory)/fifo")
    containers.run(
      .shell(
        "exec 9>\(fifo.path); setsid sh -c 'echo escaped >&9; while :; do sleep 1000; done' & sleep 1000"))
    let pid = try await containers.started()
    #expect(try fifo.line() == "escaped")
    Glibc.kill(try parent(of: pid), SIGKILL)
    #expect(try await containers.exit() == .lost("its supervisor was killed"))
    try fifo.waitForEnd()
  }

  @Test func aSupervisorKilledWhileTheAgentWasAwayIsLostAndItsDescendantsDie() async throws {
    let containers = try ContainerFixture()
    let fifo = try Fifo("\(containers.directory)/fifo")
    containers.run(
      .shell(
        "exec 9>\(fifo.path); setsid sh -c 'echo escaped >&9; while :; do sleep 1000; done' & sleep 1000"))
    let pid = try await containers.started()
    #expect(try fifo.line() == "escaped")
    let supervisor = try parent(of: pid)
    try containers.restart()
    Glibc.kill(supervisor, SIGKILL)
    var status: Int32 = 0
    waitpid(supervisor, &status, 0)
    #expect(containers.containerizer?.recover() == ["c1"])
    #expect(try await containers.exit() == .lost("its supervisor was killed"))
    try fifo.waitForEnd()
  }

  @Test func aLinkInPlaceOfAnOutputFileDoesNotKillOthers() async throws {
    let containers = try ContainerFixture()
    let fifo = try Fifo("\(containers.directory)/fifo")
    let second = try Fifo("\(containers.directory)/second")
    containers.run(
      "bystander", .shell("exec >\(containers.directory)/shared; echo ready >\(fifo.path); sleep 1000"))
    #expect(try fifo.line() == "ready")
    containers.run(
      .shell("ln -sf \(containers.directory)/shared stdout; echo done >\(second.path); sleep 1000"))
    #expect(try second.line() == "done")
    Glibc.kill(try parent(of: try await containers.started()), SIGKILL)
    #expect(try await containers.exit() == .lost("its supervisor was killed"))
    let bystander = try await containers.started("bystander")
    #expect(!isGone(bystander))
    containers.kill("bystander")
    #expect(try await containers.exit("bystander") == .signaled(SIGKILL))
  }
}
