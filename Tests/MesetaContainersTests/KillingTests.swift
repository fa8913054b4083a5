// The end of a container, by a kill or by its main process: no descendant is left.

import Glibc
import MesetaAgent
import MesetaContainers
import Testing

/// Detaches itself from everything as daemons do (two forks, a session of its own), ignores SIGTERM, tells its
/// process id through the pipe and stays.
private func daemon(_ fifo: Fifo) -> String {
  """
  (setsid sh -c '(trap "" TERM HUP; exec 9>\(fifo.path); sh -c "echo \\$PPID" >&9; \
  while :; do sleep 1000; done) &' >/dev/null 2>&1 &)
  """
}

@Suite(.timeLimit(.minutes(2))) struct KillingTests {
  private static let minute: Int64 = 60_000_000_000

  @Test func aProgramMayEndGracefully() async throws {
    let containers = try ContainerFixture()
    let fifo = try Fifo("\(containers.directory)/fifo")
    containers.run(
      .shell("trap 'exit 7' TERM; echo ready >\(fifo.path); while :; do sleep 1000 & wait; done"))
    #expect(try fifo.line() == "ready")
    containers.kill(grace: Self.minute)
    #expect(try await containers.exit() == .exited(7))
  }

  @Test func aProgramThatIgnoresTheTermSignalIsKilledAfterTheGracePeriod() async throws {
    let containers = try ContainerFixture()
    let fifo = try Fifo("\(containers.directory)/fifo")
    containers.run(.shell("trap '' TERM; echo ready >\(fifo.path); while :; do sleep 1000; done"))
    #expect(try fifo.line() == "ready")
    containers.kill(grace: 100_000_000)
    #expect(try await containers.exit() == .signaled(SIGKILL))
  }

  @Test func aLaterKillMayShortenTheGracePeriodAndNotExtendIt() async throws {
    let containers = try ContainerFixture()
    let fifo = try Fifo("\(containers.directory)/fifo")
    containers.run(.shell("trap '' TERM; echo ready >\(fifo.path); while :; do sleep 1000; done"))
    #expect(try fifo.line() == "ready")
    containers.kill(grace: .max)
    containers.kill(grace: 100_000_000)
    containers.kill(grace: Self.minute * 10)
    #expect(try await containers.exit() == .signaled(SIGKILL))
  }

  @Test func aKillThatOvertakesTheLaunchIsNotForgotten() async throws {
    let containers = try ContainerFixture()
    for n in 0..<20 {
      containers.run("c\(n)", .exec(path: "/bin/sleep", arguments: ["sleep", "1000"]))
      containers.kill("c\(n)", grace: n % 2 == 0 ? 0 : Self.minute)
    }
    for n in 0..<20 {
      #expect(try await containers.exit("c\(n)") == .signaled(n % 2 == 0 ? SIGKILL : SIGTERM))
    }
  }

  @Test func killingWhatIsUnknownOrOverDoesNothing() async throws {
    let containers = try ContainerFixture()
    containers.kill("nobody")
    containers.run(.shell("exit 3"))
    #expect(try await containers.exit() == .exited(3))
    containers.kill()
    containers.run("c2", .shell("exit 4"))
    #expect(try await containers.exit("c2") == .exited(4))
  }

  @Test(arguments: [0, 50_000_000] as [Int64])
  func aDetachedDescendantDiesWithAKill(grace: Int64) async throws {
    let containers = try ContainerFixture()
    let fifo = try Fifo("\(containers.directory)/fifo")
    containers.run(.shell("trap '' TERM; \(daemon(fifo)); while :; do sleep 1000; done"))
    let daemon = try fifo.pid()
    #expect(!isGone(daemon))
    containers.kill(grace: grace)
    #expect(try await containers.exit() == .signaled(SIGKILL))
    #expect(isGone(daemon))
  }

  @Test func aDetachedDescendantDiesWithTheMainProcess() async throws {
    let containers = try ContainerFixture()
    let (fifo, gate) = (try Fifo("\(containers.directory)/fifo"), "\(containers.directory)/gate")
    mkfifo(gate, 0o600)
    containers.run(.shell("\(daemon(fifo)); read line <\(gate); exit 5"))
    let daemon = try fifo.pid()
    #expect(!isGone(daemon))
    try write("go\n", to: gate)
    #expect(try await containers.exit() == .exited(5))
    #expect(isGone(daemon))
  }

  @Test func aWholeForestOfSessionsDies() async throws {
    let containers = try ContainerFixture()
    let fifo = try Fifo("\(containers.directory)/fifo")
    // Each of 8 sessions begins 4 more, none of which hears SIGTERM.
    let leaf = "setsid sh -c 'trap \"\" TERM; echo leaf >&9; while :; do sleep 1000; done' &"
    try write(
      "trap '' TERM\nfor i in 1 2 3 4; do \(leaf)\ndone\nwait\n", to: "\(containers.directory)/branch.sh")
    containers.run(
      .shell(
        "exec 9>\(fifo.path); for i in 1 2 3 4 5 6 7 8; do setsid sh \(containers.directory)/branch.sh & done; wait"
      ))
    for _ in 0..<32 { #expect(try fifo.line() == "leaf") }
    containers.kill()
    #expect(try await containers.exit() == .signaled(SIGKILL))
    try fifo.waitForEnd()
  }

  @Test func aProgramThatForksWithoutEndIsStopped() async throws {
    let containers = try ContainerFixture()
    let fifo = try Fifo("\(containers.directory)/fifo")
    // It always has a young child in a new session, whose parent is gone already.
    try write(
      "trap '' TERM\nsetsid sh \(containers.directory)/hydra.sh &\n", to: "\(containers.directory)/hydra.sh")
    containers.run(
      .shell("exec 9>\(fifo.path); sh \(containers.directory)/hydra.sh; echo ready >&9; sleep 1000"))
    #expect(try fifo.line() == "ready")
    containers.kill()
    #expect(try await containers.exit() == .signaled(SIGKILL))
    try fifo.waitForEnd()
  }
}
