// Tasks from launch to end.

import ArgumentParser
import Glibc

struct Tasks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Counts the tasks that one framework runs to their end.")

  @Option(help: "How the agents and the framework reach the master: \(TransportKind.names).")
  var transport = TransportKind.inProcess

  @Option(help: "How many agents there are. With --hold as many more as the tasks need.")
  var agents = 100

  @Option(help: "How many tasks are run.")
  var tasks = 100_000

  @Option(
    help: ArgumentHelp(
      "Launch so many tasks a second, rather than as many as there is room for.",
      discussion: "launch_latency_us then is that of a cluster with free capacity.", valueName: "tasks/s"))
  var rate: Double?

  @Flag(help: "Let all tasks keep running, and measure the memory that they take.")
  var hold = false

  @Flag(help: "Run /bin/true for each task, with real agents.")
  var real = false

  @Flag(help: "Let agents write down what becomes of tasks, on the disk of /tmp, as `meseta agent` does.")
  var records = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...100_000).contains(agents) else {
      throw ValidationError("--agents \(agents): give 1 to 100000")
    }
    guard (10...10_000_000).contains(tasks) else {
      throw ValidationError("--tasks \(tasks): give 10 to 10000000")
    }
    if let rate {
      guard rate > 0, rate <= 10_000_000 else {
        throw ValidationError("--rate \(rate): give more than 0 and at most 10000000")
      }
      if hold { throw ValidationError("--hold and --rate: give one of them") }
    }
    if hold, real { throw ValidationError("--hold and --real: give one of them") }
  }

  func run() async throws { try await measure().print(json: output.json) }

  func measure() async throws -> Report {
    let kind: TaskKind = hold ? .holding : real ? .real : .finishing
    let directory = try WorkDirectory()
    defer { directory.remove() }
    let records = try records ? WorkDirectory(in: "/tmp") : nil
    defer { records?.remove() }
    let cluster = try Cluster.start(transport, countsOffers: false)
    defer { cluster.end() }
    let agents = hold ? max(agents, (tasks + 399) / 400) : agents
    try await cluster.load.startAgents(agents, kind, directory: directory.path, records: records?.path)
    let meter = TaskMeter(count: tasks)
    let before = try cluster.master.read().residentBytes
    cluster.load.startLaunchingFramework(meter, kind, perSecond: rate)
    if hold {
      try await meter.waitForRunning(within: 600)
      try await Task.sleep(nanoseconds: 500_000_000)  // acknowledgements are under way
      let bytes = try cluster.master.read().residentBytes - before
      return Report(
        title: title(agents),
        figures: [("rss_bytes_per_running_task", .number(Double(bytes) / Double(tasks)))])
    }
    try await meter.waitForEnd(within: 600)
    let (perSecond, latency) = meter.figures
    if let rate, perSecond < 0.9 * rate {
      complainAloud("\(Int(perSecond)) tasks a second were run, not \(rate): there was no free capacity")
    }
    return Report(
      title: title(agents),
      figures: [("tasks_per_second", .number(perSecond)), ("launch_latency_us", latency.figure)])
  }

  private func title(_ agents: Int) -> String {
    let kind = hold ? "held" : real ? "of /bin/true" : "that end at once"
    let agents = "\(agents) agents\(records ? " with records" : "")"
    return "tasks \(kind), \(transport.rawValue), \(tasks) on \(agents)"
  }
}

/// A directory for what agents write, in memory where there is a file system for that, or where it is wanted.
private struct WorkDirectory {
  let path: String

  init(in place: String? = nil) throws {
    let parent = place ?? (access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp")
    var template = Array("\(parent)/meseta-bench-XXXXXX".utf8CString)
    guard let path = mkdtemp(&template) else {
      throw BenchmarkFailure("no directory in \(parent): \(String(cString: strerror(errno)))")
    }
    self.path = String(cString: path)
  }

  func remove() {
    if let child = try? ChildProcess.spawn("/bin/rm", ["-rf", path]) { _ = ChildProcess.wait(child) }
  }
}
