// How the end of a container is told to people and to schedulers.

extension ContainerExit {
  /// What a framework reads about its command. The usual end costs no new text.
  var ofCommand: String {
    if case .exited(0) = self { "Command exited with status 0" } else { "Command " + phrase }
  }

  /// What became of something that ran in a container, `exited with status 1`.
  package var phrase: String {
    switch self {
    case .exited(let status): "exited with status \(status)"
    case .signaled(let signal): "terminated with signal \(Self.name(ofSignal: signal))"
    case .lost(let reason): "ended without an exit status: \(reason)"
    }
  }

  /// As `wait` gives it, which is what schedulers get of an executor; -1 if it is unknown.
  package var waitStatus: Int32 {
    switch self {
    case .exited(let status): (status & 0xff) << 8
    case .signaled(let signal): signal & 0x7f
    case .lost: -1
    }
  }

  static func name(ofSignal signal: Int32) -> String { signalNames[signal] ?? "\(signal)" }

  /// The texts of `strsignal` on Linux.
  private static let signalNames: [Int32: String] = [
    1: "Hangup", 2: "Interrupt", 3: "Quit", 4: "Illegal instruction", 5: "Trace/breakpoint trap",
    6: "Aborted", 7: "Bus error", 8: "Floating point exception", 9: "Killed", 10: "User defined signal 1",
    11: "Segmentation fault", 12: "User defined signal 2", 13: "Broken pipe", 14: "Alarm clock",
    15: "Terminated", 16: "Stack fault", 17: "Child exited", 18: "Continued", 19: "Stopped (signal)",
    20: "Stopped", 21: "Stopped (tty input)", 22: "Stopped (tty output)", 23: "Urgent I/O condition",
    24: "CPU time limit exceeded", 25: "File size limit exceeded", 26: "Virtual timer expired",
    27: "Profiling timer expired", 28: "Window changed", 29: "I/O possible", 30: "Power failure",
    31: "Bad system call",
  ]
}
