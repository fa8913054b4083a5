// What containers find of volumes.

import Glibc
import MesetaAgent
import MesetaContainers
import Testing

@Suite(.timeLimit(.minutes(2))) struct VolumeTests {
  private func launch(
    _ containers: ContainerFixture, _ id: String, _ line: String, containerPath: String = "data"
  ) {
    containers.launch(
      ContainerLaunch(
        containerID: id, sandbox: containers.sandbox(id), program: .shell(line),
        environment: [EnvironmentEntry(name: "PATH", value: "/usr/bin:/bin")],
        volumes: [VolumeLink(path: "\(containers.directory)/volume", containerPath: containerPath)]))
  }

  @Test func whatOneContainerWritesAnotherReads() async throws {
    let containers = try ContainerFixture()
    mkdir("\(containers.directory)/volume", 0o755)
    launch(containers, "writer", "echo kept > data/file")
    #expect(try await containers.exit("writer") == .exited(0))
    launch(containers, "reader", "cat data/file")
    #expect(try await containers.exit("reader") == .exited(0))
    #expect(try containers.stdout("reader") == "kept\n")
  }

  @Test func aVolumeOutsideOfTheSandboxIsRefused() async throws {
    let containers = try ContainerFixture()
    launch(containers, "c", "true", containerPath: "../data")
    #expect(try await containers.launchFailure("c").contains("container path"))
  }
}
