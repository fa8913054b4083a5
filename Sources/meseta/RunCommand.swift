import ArgumentParser
import Foundation
import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaService
import UnixSignals

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run commands as tasks, and show their output.",
    discussion: """
      Each COMMAND is a line for the shell and becomes a task of its own. What the tasks write is shown here. The exit \
      status is that of the command if there is one, and otherwise 0 if all succeeded and 1 if not. Ctrl-C kills the \
      tasks; the exit status is then 130.

        meseta run 'sha256sum /etc/hostname'
        meseta run --cpus 0.5 --count 1000 --retries 3 'sha256sum /etc/hostname'
      """)

  @OptionGroup var master: MasterAddress
  @Option(help: "How often to run each command.") var count = 1
  @Option(help: "Processors for each task.") var cpus = "0.1"
  @Option(help: "Memory for each task, in megabytes.") var mem = "32"
  @Option(help: "Further resources for each task, such as \"disk:100;gpus:1\".") var resources: String?
  @Flag(help: "Take processors that agents give away besides their own, and may need back at any time.")
  var revocable = false
  @Option(help: "How often to run a task again that fails or is lost.") var retries = 0
  @Option(help: "The role to take resources for.") var role = Role.anyone
  @Option(help: "The user to run as. (default: the agent's)") var user: String?
  @Option(name: [.customLong("env")], help: "A variable for the tasks, NAME=VALUE; may be repeated.")
  var environment: [String] = []
  @Option(help: "The name of the framework.") var name = "run"
  @Flag(help: "Do not show what the tasks write.") var quiet = false
  @Argument(help: "The commands.") var commands: [String]

  func validate() throws {
    guard count >= 1 else { throw ValidationError("--count: \(count) is not a positive number") }
    guard retries >= 0 else { throw ValidationError("--retries: \(retries) is negative") }
    if let problem = Role.problem(with: role) {
      throw ValidationError("--role: \(problem)")
    }
    _ = try taskResources()
    _ = try taskEnvironment()
  }

  func run() async throws {
    let address = try master.address(Settings())
    let jobs = try makeJobs()
    // Says who cannot be reached, where a framework would try again and again.
    try await master.untilItAnswers()
    let framework = FrameworkInfo(
      user: user ?? NSUserName(), name: name, roles: [role],
      capabilities: [.multiRole, .partitionAware] + (revocable ? [.revocableResources] : []))
    let service = FrameworkService(
      BatchScheduler(jobs, isClosed: false), framework: framework, master: address,
      logger: LoggingOptions.quiet("meseta.run"))
    let output = quiet ? nil : TaskOutput(master: address, prefixed: jobs.count > 1)
    let needs = try taskResources()
    let hint = Self.sayInAWhile(
      "waiting for an agent that offers \(needs) to the role \(role); `meseta agents` lists what there is")
    defer { hint.cancel() }
    var view = RunView(total: jobs.count, jobs: jobs, width: Terminal.width(of: STDERR_FILENO))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await service.run() }
      group.addTask {
        var isCancelled = false
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
          // Asked twice, it does not wait for its tasks: the master may never say that they have ended.
          if isCancelled { Foundation.exit(130) }
          isCancelled = true
          service.send(.cancel)
        }
      }
      for await transition in service.reports {
        hint.cancel()
        await output?.follow(transition, name: jobs[transition.job].name, frameworkID: service.frameworkID)
        view.show(transition)
        if view.isDone {
          await output?.finish()
          service.send(.close)
        }
      }
      // The reports end with the framework: what went wrong, if anything did, is thrown here.
      try await group.next()
      group.cancelAll()
    }
    view.conclude()
    throw ExitCode(view.exitStatus)
  }

  /// Tells somebody who has waited for a while why nothing happens.
  private static func sayInAWhile(_ text: String) -> Task<Void, any Error> {
    Task {
      try await Task.sleep(for: .seconds(5))
      FileHandle.standardError.write(Data("\(text)\n".utf8))
    }
  }

  private func taskResources() throws -> Resources {
    func parse(_ text: String, _ flag: String) throws -> Resources {
      do { return try Resources(parsing: text) } catch { throw ValidationError("\(flag): \(error)") }
    }
    var all = try parse("cpus:\(cpus)", "--cpus")
    if revocable { all = all.madeRevocable }
    all += try parse("mem:\(mem)", "--mem")
    if let resources { all += try parse(resources, "--resources") }
    guard !all.isEmpty else { throw ValidationError("a task needs resources: --cpus and --mem are both 0") }
    return all
  }

  private func taskEnvironment() throws -> [EnvironmentVariable] {
    try environment.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ValidationError("--env: \"\(text)\" is not NAME=VALUE")
      }
      return EnvironmentVariable(parts[0], parts[1])
    }
  }

  private func makeJobs() throws -> [BatchJob] {
    let resources = try taskResources()
    let variables = try taskEnvironment()
    return commands.enumerated().flatMap { number, line in
      (0..<count).map { copy in
        let name =
          commands.count == 1 ? "task-\(copy)" : count == 1 ? "task-\(number)" : "task-\(number).\(copy)"
        return BatchJob(
          name, CommandInfo(value: line, environment: variables, user: user), resources: resources,
          maxRetries: retries)
      }
    }
  }
}
