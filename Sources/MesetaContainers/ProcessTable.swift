// What containers use, from the processes of the machine in /proc.

import Glibc
import MesetaAgent
import MesetaModel
import MesetaRuntime
import Synchronization

/// The processes of the machine, and what they have used.
struct ProcessTable {
  struct Process: Hashable {
    var parent: pid_t
    /// In ticks of the clock, with that of the children it has waited for.
    var ticks: Int64
    var residentPages: UInt64
  }

  var processes: [pid_t: Process] = [:]
  private var children: [pid_t: [pid_t]] = [:]

  init(_ processes: [pid_t: Process]) {
    self.processes = processes
    for (pid, process) in processes { children[process.parent, default: []].append(pid) }
  }

  static func read() -> ProcessTable {
    guard let stream = opendir("/proc") else { return ProcessTable([:]) }
    defer { closedir(stream) }
    var processes: [pid_t: Process] = [:]
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let pid = pid_t(name), let line = Self.firstBytes(of: "/proc/\(pid)/stat") {
        processes[pid] = Process(parsing: line)
      }
    }
    return ProcessTable(processes)
  }

  private static func firstBytes(of path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { buffer in
      let length = Glibc.read(file, buffer.baseAddress, buffer.count)
      return length > 0 ? String(decoding: buffer[..<length], as: UTF8.self) : nil
    }
  }

  /// What the containers have used whose main processes are these. A container is its supervisor with all that is below that,
  /// also what its main process left behind.
  func usage(of mainProcesses: [(containerID: String, pid: pid_t)]) -> [MachineUsage.Container] {
    let ticks = max(Int64(sysconf(Int32(_SC_CLK_TCK))), 1)
    let pageSize = UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 0))
    return mainProcesses.compactMap { containerID, pid in
      guard let supervisor = processes[pid]?.parent else { return nil }
      var (spent, pages): (Int64, UInt64) = (0, 0)
      var rest = [supervisor]
      while let next = rest.popLast() {
        spent += processes[next]?.ticks ?? 0
        pages += processes[next]?.residentPages ?? 0
        rest += children[next] ?? []
      }
      return MachineUsage.Container(
        containerID: containerID,
        processorTime: Span(
          nanoseconds: spent / ticks * 1_000_000_000 + spent % ticks * 1_000_000_000 / ticks),
        memoryBytes: pages * pageSize)
    }
  }
}

extension ProcessTable.Process {
  /// Reads a line of `/proc/PID/stat`. The program's name is in parentheses and may hold any of them itself.
  init?(parsing line: String) {
    guard let end = line.lastIndex(of: ")") else { return nil }
    // From the third field on, the state.
    let fields = line[line.index(after: end)...].split(separator: " ")
    guard fields.count > 21, let parent = pid_t(fields[1]), let pages = Int64(fields[21]) else { return nil }
    let ticks = fields[11...14].compactMap { Int64($0) }
    guard ticks.count == 4 else { return nil }
    self.init(parent: parent, ticks: ticks.reduce(0, +), residentPages: UInt64(max(pages, 0)))
  }
}

/// The main processes of the containers that run.
final class MainProcesses: Sendable {
  private let pids = Mutex<[String: pid_t]>([:])

  func note(_ event: ContainerEvent) {
    switch event {
    case .started(let id, let pid): pids.withLock { $0[id] = pid }
    case .launchFailed(let id, _), .exited(let id, _): pids.withLock { $0[id] = nil }
    }
  }

  subscript(containerIDs: [String]) -> [(containerID: String, pid: pid_t)] {
    pids.withLock { pids in containerIDs.compactMap { id in pids[id].map { (id, $0) } } }
  }
}

extension LoadAverages {
  /// Those of this machine; nil if it does not tell.
  static var current: LoadAverages? {
    var loads = [Double](repeating: 0, count: 3)
    guard getloadavg(&loads, 3) == 3 else { return nil }
    let averages = loads.compactMap { Scalar(checking: $0) }
    guard averages.count == 3 else { return nil }
    return LoadAverages(
      oneMinute: averages[0], fiveMinutes: averages[1], fifteenMinutes: averages[2])
  }
}
