// Launches that cannot work: each is refused with a reason that names the value, and leaves nothing behind.

import Glibc
import MesetaAgent
import MesetaContainers
import Testing

@Suite(.timeLimit(.minutes(2))) struct LaunchFailureTests {
  private func failure(
    _ program: ContainerLaunch.Program = .exec(path: "/bin/true", arguments: ["true"]),
    change: (inout ContainerLaunch) -> Void = { _ in }
  ) async throws -> String {
    let containers = try ContainerFixture()
    var launch = ContainerLaunch(
      containerID: "c1", sandbox: containers.sandbox(), program: program)
    change(&launch)
    containers.launch(launch)
    return try await containers.launchFailure(launch.containerID)
  }

  @Test func aMissingProgramIsNamed() async throws {
    let reason = try await failure(.exec(path: "/no/such", arguments: ["such"]))
    #expect(reason == "cannot execute \"/no/such\": No such file or directory")
  }

  @Test func aProgramThatMayNotBeExecutedIsNamed() async throws {
    let reason = try await failure(.exec(path: "/etc/passwd", arguments: ["passwd"]))
    #expect(reason == "cannot execute \"/etc/passwd\": Permission denied")
  }

  @Test func aMissingWorkingDirectoryIsNamed() async throws {
    let reason = try await failure { $0.workingDirectory = "/no/such" }
    #expect(reason == "cannot enter the working directory of \"/no/such\": No such file or directory")
  }

  @Test func anUnknownUserIsNamed() async throws {
    let reason = try await failure { $0.user = "no-such-user" }
    #expect(reason == "cannot find the user \"no-such-user\" on this machine: No such file or directory")
  }

  @Test func anEnvironmentThatIsTooLargeForTheKernelIsRefused() async throws {
    let reason = try await failure {
      $0.environment = (0..<60).map { .init(name: "V\($0)", value: String(repeating: "v", count: 100_000)) }
    }
    #expect(reason == "cannot execute \"/bin/true\": Argument list too long")
  }

  @Test func anEnvironmentThatIsTooLargeForTheRecordIsRefused() async throws {
    let reason = try await failure {
      $0.environment = [.init(name: "V", value: String(repeating: "v", count: 17 << 20))]
    }
    #expect(reason.contains("more than the 16777216 allowed"))
  }

  @Test func whatCannotBeWrittenDownIsRefused() async throws {
    #expect(
      try await failure(.exec(path: "/bin/true", arguments: ["a\0b"]))
        == "the argument \"a\\0b\" contains a NUL byte, which no program can be given")
    #expect(
      try await failure { $0.environment = [.init(name: "A=B", value: "")] }
        == "\"A=B\" cannot name an environment variable: it is empty or contains '='")
    #expect(
      try await failure { $0.environment = [.init(name: "A", value: "s3cret\0")] }
        == "the environment variable \"A\" contains a NUL byte, which no program can be given")
    #expect(
      try await failure { $0.sandbox = "here" } == "the sandbox \"here\" is not an absolute path")
  }

  @Test(arguments: ["", "..", "a/b"])
  func aContainerIDThatLeadsElsewhereIsRefused(id: String) async throws {
    let reason = try await failure { $0.containerID = id }
    #expect(reason == UnsafePathComponent(kind: "container id", value: id).description)
  }

  @Test func aSandboxThatCannotBeMadeIsNamed() async throws {
    let reason = try await failure { $0.sandbox = "/etc/passwd/sandbox" }
    #expect(reason == "cannot create the directory \"/etc/passwd/sandbox\": Not a directory")
  }

  @Test func aSecondContainerOfTheSameIDIsRefusedAndTheFirstGoesOn() async throws {
    let containers = try ContainerFixture()
    containers.run(.shell("sleep 1000"))
    _ = try await containers.started()
    containers.run(.shell("exit 0"))
    #expect(try await containers.launchFailure() == "a container with this id is running already")
    containers.kill()
    #expect(try await containers.exit() == .signaled(SIGKILL))
    containers.run(.shell("exit 0"))
    #expect(try await containers.launchFailure().hasSuffix("run/c1\": File exists"))
  }

  @Test func anExecutableThatIsNoSupervisorIsLostAndNotWaitedFor() async throws {
    let directory = try makeTemporaryDirectory()
    defer { removeTree(directory) }
    let (events, continuation) = AsyncStream.makeStream(of: ContainerEvent.self)
    let containerizer = try ProcessContainerizer(
      runtimeDirectory: "\(directory)/run", supervisor: "/bin/true", observer: { continuation.yield($0) })
    containerizer.launch(
      ContainerLaunch(containerID: "c1", sandbox: "\(directory)/s", program: .shell("exit 0")))
    var iterator = events.makeAsyncIterator()
    #expect(await iterator.next() == .exited(containerID: "c1", .lost("its supervisor was killed")))
  }

  @Test func aMissingSupervisorIsNamed() throws {
    #expect(throws: SupervisorNotFound(path: "/no/such")) {
      try ProcessContainerizer(runtimeDirectory: "/tmp", supervisor: "/no/such", observer: { _ in })
    }
  }
}
