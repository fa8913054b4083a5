// Other processes: this program run again in another role, and programs beside it.

import Glibc

/// A process of a program with pipes to its standard input and output. It is expected to end when its input does.
final class ChildProcess {
  let pid: pid_t
  private let input: Int32
  private let output: UnsafeMutablePointer<FILE>

  /// Which program is run.
  enum Program {
    /// This one.
    case itself
    /// The file of that name beside this one.
    case beside(String)

    var path: String {
      get throws {
        guard case .beside(let name) = self else { return "/proc/self/exe" }
        guard let own = realpath("/proc/self/exe", nil) else {
          throw BenchmarkFailure("cannot find this program: \(String(cString: strerror(errno)))")
        }
        defer { free(own) }
        let directory = String(cString: own).split(separator: "/").dropLast().joined(separator: "/")
        let path = "/\(directory)/\(name)"
        guard access(path, X_OK) == 0 else {
          throw BenchmarkFailure("there is no program at \(path): `make build-bench` builds it")
        }
        return path
      }
    }
  }

  init(_ arguments: [String], of program: Program = .itself) throws {
    var (toChild, fromChild): ([Int32], [Int32]) = ([0, 0], [0, 0])
    guard pipe(&toChild) == 0, pipe(&fromChild) == 0,
      let file = fdopen(fromChild[0], "r")
    else { throw BenchmarkFailure("no pipe: \(String(cString: strerror(errno)))") }
    // The child gets its ends as standard input and output, and none besides.
    for end in toChild + fromChild { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer {
      close(toChild[0])
      close(fromChild[1])
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild[0], STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], STDOUT_FILENO)
    pid = try Self.spawn(program.path, arguments, &actions)
    input = toChild[1]
    output = file
  }

  /// The next line that the process writes; nil at the end.
  func readLine() -> String? {
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    guard getline(&line, &capacity, output) > 0, let line else { return nil }
    return String(String(cString: line).prefix { $0 != "\n" })
  }

  /// Writes a line to the process.
  func write(line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = Glibc.write(input, bytes, bytes.count)
  }

  /// Ends the process by ending its input, and waits for it.
  func finish() {
    close(input)
    _ = Self.wait(pid)
    fclose(output)
  }

  /// Starts a program.
  static func spawn(
    _ path: String, _ arguments: [String], _ actions: UnsafePointer<posix_spawn_file_actions_t>? = nil
  ) throws -> pid_t {
    var pid: pid_t = 0
    var argv = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    let code = posix_spawn(&pid, path, actions, nil, &argv, environ)
    guard code == 0 else {
      throw BenchmarkFailure("cannot start \(path): \(String(cString: strerror(code)))")
    }
    return pid
  }

  /// Waits for a process and returns its status as `waitpid` has it.
  static func wait(_ pid: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return status
  }
}
