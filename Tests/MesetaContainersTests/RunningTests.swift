// What a container's program finds, and how its end is told.

import Glibc
import MesetaAgent
import MesetaContainers
import Testing

@Suite(.timeLimit(.minutes(2))) struct RunningTests {
  @Test(arguments: [0, 1, 7, 255] as [Int32])
  func theExitStatusIsReported(code: Int32) async throws {
    let containers = try ContainerFixture()
    containers.run(.shell("exit \(code)"))
    _ = try await containers.started()
    #expect(try await containers.exit() == .exited(code))
  }

  @Test(arguments: [SIGKILL, SIGTERM, SIGSEGV, SIGUSR1])
  func theSignalThatEndsTheProgramIsReported(signal: Int32) async throws {
    let containers = try ContainerFixture()
    containers.run(.shell("kill -\(signal) $$"))
    #expect(try await containers.exit() == .signaled(signal))
  }

  @Test func outputGoesToFilesOfTheSandbox() async throws {
    let containers = try ContainerFixture()
    containers.run(.shell("echo out; echo err >&2; cat"))
    #expect(try await containers.exit() == .exited(0), "standard input is empty, so cat ends")
    #expect(try containers.stdout() == "out\n")
    #expect(try containers.stderr() == "err\n")
  }

  @Test func theEnvironmentIsExactlyTheOneGiven() async throws {
    let containers = try ContainerFixture()
    let entries = [
      EnvironmentEntry(name: "B", value: "2"), EnvironmentEntry(name: "A", value: "x=y z"),
      EnvironmentEntry(name: "EMPTY", value: ""),
    ]
    containers.run("with", .exec(path: "/usr/bin/env", arguments: ["env"]), environment: entries)
    containers.run("without", .exec(path: "/usr/bin/env", arguments: ["env"]))
    _ = try await containers.exit("with")
    _ = try await containers.exit("without")
    #expect(try containers.stdout("with") == "B=2\nA=x=y z\nEMPTY=\n")
    #expect(try containers.stdout("without") == "")
  }

  @Test func argumentsArriveAsTheyAre() async throws {
    let containers = try ContainerFixture()
    containers.run(
      .exec(path: "/bin/sh", arguments: ["me", "-c", "printf '[%s]' \"$0\" \"$@\"", "a b", "", "$c"]))
    #expect(try await containers.exit() == .exited(0))
    #expect(try containers.stdout() == "[a b][][$c]")
  }

  @Test func aLargeEnvironmentArrives() async throws {
    let containers = try ContainerFixture()
    let entries = (0..<12).map {
      EnvironmentEntry(name: "V\($0)", value: String(repeating: "v", count: 100_000))
    }
    containers.run(.exec(path: "/usr/bin/env", arguments: ["env"]), environment: entries)
    #expect(try await containers.exit() == .exited(0))
    #expect(try containers.stdout().utf8.count == entries.reduce(0) { $0 + $1.name.utf8.count + 100_002 })
  }

  @Test func aProgramWithoutASlashIsLookedForInTheContainersPath() async throws {
    let containers = try ContainerFixture()
    let folder = "\(containers.directory)/bin"
    mkdir(folder, 0o755)
    // A program that is written here may be busy still: in a child of another test that has not come to its exec.
    symlink("/bin/echo", "\(folder)/tool")
    let path = EnvironmentEntry(name: "PATH", value: "/nonexistent:\(folder)")
    containers.run("found", .exec(path: "tool", arguments: ["tool", "mine"]), environment: [path])
    containers.run("default", .exec(path: "true", arguments: ["true"]))
    containers.run("missing", .exec(path: "tool", arguments: ["tool"]))
    #expect(try await containers.exit("found") == .exited(0))
    #expect(try containers.stdout("found") == "mine\n")
    #expect(try await containers.exit("default") == .exited(0))
    let reason = try await containers.launchFailure("missing")
    #expect(reason == "cannot execute \"tool\": No such file or directory")
  }

  @Test(arguments: [(nil, ""), ("/usr/bin", "/usr/bin"), ("sub", "sub")] as [(String?, String)])
  func theProgramStartsInItsWorkingDirectory(directory: String?, expected: String) async throws {
    let containers = try ContainerFixture()
    try makePath("\(containers.sandbox())/sub")
    containers.run(.exec(path: "/bin/pwd", arguments: ["pwd", "-P"]), workingDirectory: directory)
    #expect(try await containers.exit() == .exited(0))
    let path = expected.hasPrefix("/") ? expected : "\(containers.sandbox())/\(expected)"
    #expect(try containers.stdout() == (path.hasSuffix("/") ? String(path.dropLast()) : path) + "\n")
  }

  @Test(.enabled(if: geteuid() == 0 && getpwnam("nobody") != nil, "only root can run as another user"))
  func theProgramRunsAsItsUser() async throws {
    let containers = try ContainerFixture()
    containers.run(.shell("id -u; id -G; touch mine; stat -c %U . stdout mine"), user: "nobody")
    #expect(try await containers.exit() == .exited(0))
    let nobody = try #require(getpwnam("nobody"))
    let ids = "\(nobody.pointee.pw_uid)\n\(nobody.pointee.pw_gid)\n"
    #expect(try containers.stdout() == ids + "nobody\nnobody\nnobody\n")
  }

  @Test func theProgramInheritsNothingElse() async throws {
    let containers = try ContainerFixture()
    signal(SIGUSR2, SIG_IGN)
    let leaked = open("/dev/null", O_RDONLY)
    defer { close(leaked) }
    containers.run("files", .exec(path: "/bin/ls", arguments: ["ls", "/proc/self/fd"]))
    containers.run(
      "signals", .exec(path: "/bin/grep", arguments: ["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]))
    _ = try await containers.exit("files")
    _ = try await containers.exit("signals")
    // The fourth is the listing's own.
    #expect(try containers.stdout("files") == "0\n1\n2\n3\n")
    let masks = try containers.stdout("signals").split(separator: "\n").compactMap {
      UInt64($0.split(separator: "\t").last ?? "", radix: 16)
    }
    // Signals 32 and 33 are glibc's own; every process that posix_spawn starts ignores them.
    let own: UInt64 = 0b11 << 31
    #expect(masks.map { $0 & ~own } == [0, 0])
  }

  @Test func aSupervisorShowsItsContainerAndNoSecret() async throws {
    let containers = try ContainerFixture()
    let secret = EnvironmentEntry(name: "TOKEN", value: "s3cret")
    containers.run(.shell("sleep 1000"), environment: [secret])
    let pid = try await containers.started()
    let supervisor = try parent(of: pid)
    #expect(try contents("/proc/\(supervisor)/cmdline") == "meseta-supervisor\0c1\0")
    #expect(try contents("/proc/\(supervisor)/environ") == "")
    #expect(getsid(supervisor) == supervisor)
    #expect(getsid(pid) == pid)
    containers.kill()
    #expect(try await containers.exit() == .signaled(SIGKILL))
  }

  @Test func theLatestRunOfAnExecutorIsLinked() async throws {
    let containers = try ContainerFixture()
    containers.run("r1", .shell("exit 0"))
    _ = try await containers.exit("r1")
    containers.run("r2", .shell("exit 0"))
    _ = try await containers.exit("r2")
    #expect(readLink("\(containers.directory)/runs/latest") == "r2")
  }

  @Test func twoHundredContainersAtOnceAllReport() async throws {
    let containers = try ContainerFixture()
    for n in 0..<200 { containers.run("c\(n)", .shell("echo \(n); exit \(n % 50)")) }
    for n in 0..<200 {
      let exit = try await containers.exit("c\(n)")
      #expect(exit == .exited(Int32(n % 50)))
      #expect(try containers.stdout("c\(n)") == "\(n)\n")
    }
  }
}
