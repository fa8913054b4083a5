// A containerizer in a directory of its own, and its events one by one.

import Glibc
import MesetaAgent
import MesetaContainers

/// What a test needs to run real containers. Not shared between tests.
final class ContainerFixture {
  /// A new directory that everybody may enter.
  let directory: String
  var containerizer: ProcessContainerizer?
  private var events: AsyncStream<ContainerEvent>
  private var seen: [ContainerEvent] = []
  private var launched: [String] = []

  var runtime: String { "\(directory)/run" }

  init() throws {
    directory = try makeTemporaryDirectory()
    events = AsyncStream { $0.finish() }
    try restart()
  }

  deinit {
    // A test that failed half way must not leave its containers running.
    for id in launched { containerizer?.kill(containerID: id, graceNanoseconds: 0) }
    removeTree(directory)
  }

  /// Gives the containers up, as an agent does that is killed, and starts another containerizer.
  func restart() throws {
    containerizer = nil
    let (stream, continuation) = AsyncStream.makeStream(of: ContainerEvent.self)
    events = stream
    seen = []
    containerizer = try ProcessContainerizer(
      runtimeDirectory: runtime, observer: { continuation.yield($0) })
  }

  func launch(_ launch: ContainerLaunch) {
    launched.append(launch.containerID)
    containerizer?.launch(launch)
  }

  /// Launches the container that most tests need only one of.
  func run(
    _ program: ContainerLaunch.Program, environment: [EnvironmentEntry] = [], user: String? = nil,
    workingDirectory: String? = nil
  ) {
    run("c1", program, environment: environment, user: user, workingDirectory: workingDirectory)
  }

  func run(
    _ id: String, _ program: ContainerLaunch.Program, environment: [EnvironmentEntry] = [],
    user: String? = nil,
    workingDirectory: String? = nil
  ) {
    launch(
      ContainerLaunch(
        containerID: id, sandbox: sandbox(id), program: program, environment: environment, user: user,
        workingDirectory: workingDirectory))
  }

  func kill(_ id: String = "c1", grace: Int64 = 0) {
    containerizer?.kill(containerID: id, graceNanoseconds: grace)
  }

  /// The next event that matches; others wait for their turn. The suite's time limit is the deadline.
  private func next<Result>(_ match: (ContainerEvent) -> Result?) async throws -> Result {
    for (index, event) in seen.enumerated() {
      if let result = match(event) {
        seen.remove(at: index)
        return result
      }
    }
    for await event in events {
      if let result = match(event) { return result }
      seen.append(event)
    }
    throw CancellationError()
  }

  /// The main process of a container, once it runs.
  func started(_ id: String = "c1") async throws -> pid_t {
    let event = try await next { $0.containerID == id ? $0 : nil }
    guard case .started(_, let pid) = event else { throw Unexpected(event: event) }
    return pid
  }

  /// How a container ended, whether it was reported as started before or not.
  func exit(_ id: String = "c1") async throws -> ContainerExit {
    let event = try await next { $0.containerID == id && !$0.isStarted ? $0 : nil }
    guard case .exited(_, let exit) = event else { throw Unexpected(event: event) }
    return exit
  }

  func launchFailure(_ id: String = "c1") async throws -> String {
    let event = try await next { $0.containerID == id ? $0 : nil }
    guard case .launchFailed(_, let reason) = event else { throw Unexpected(event: event) }
    return reason
  }

  /// The events that nobody asked for.
  var unexpected: [ContainerEvent] { seen }

  func sandbox(_ id: String = "c1") -> String { "\(directory)/runs/\(id)" }
  func stdout(_ id: String = "c1") throws -> String { try contents("\(sandbox(id))/stdout") }
  func stderr(_ id: String = "c1") throws -> String { try contents("\(sandbox(id))/stderr") }
}
