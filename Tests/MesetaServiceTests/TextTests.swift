import MesetaModel
import MesetaRuntime
import MesetaService
import Testing

@Suite struct SpanTextTests {
  @Test(arguments: [
    ("15secs", 15_000_000_000), ("1.5mins", 90_000_000_000), ("250ms", 250_000_000), ("0ns", 0),
    ("2h", 7_200_000_000_000),
  ])
  func aDurationIsRead(_ text: String, _ nanoseconds: Int64) {
    #expect(Span(text: text) == Span(nanoseconds: nanoseconds))
  }

  @Test(arguments: ["", "5", "-5s", "5 s", "s", "1e99s", "9999999weeks", "5seconds"])
  func whatIsNoDurationIsRefused(_ text: String) { #expect(Span(text: text) == nil) }
}

@Suite struct HostPortTests {
  @Test(arguments: [
    ("10.0.0.1:5052", "10.0.0.1", 5052), ("localhost", "localhost", 5052), ("[::1]:80", "::1", 80),
    ("[::1]", "::1", 5052),
  ])
  func anAddressIsRead(_ text: String, _ host: String, _ port: Int) throws {
    #expect(try HostPort(parsing: text, defaultPort: 5052) == HostPort(host: host, port: port))
  }

  @Test func aTypingErrorIsExplained() {
    #expect(
      throws: HostPort.SyntaxError(
        description:
          "\"10.0.0.1:5O50\" is not HOST:PORT: the port \"5O50\" is not a number (did you mean 5050?)")
    ) { try HostPort(parsing: "10.0.0.1:5O50", defaultPort: 1) }
  }

  @Test(arguments: [
    "", ":80", "a:", "a:0", "a:65536", "[::1", "[::1]x", "a b:1", "a:+-1", "a:99999999999999999999",
  ])
  func whatIsNoAddressIsRefused(_ text: String) {
    #expect(throws: HostPort.SyntaxError.self) { try HostPort(parsing: text, defaultPort: 1) }
  }
}

@Suite struct MachineResourcesTests {
  @Test func theMachineHasProcessorsMemoryDiskAndPorts() {
    let found = MachineResources.detect(workDirectory: "/")
    #expect(found.map(\.name) == ["cpus", "mem", "disk", "ports"])
    #expect(found.scalar("cpus") >= Scalar(1))
  }

  @Test func whatTheOperatorSaysIsTakenAsItIs() throws {
    let given = try Resources(parsing: "cpus:0.5;gpus:2")
    let complete = MachineResources.complete(given, workDirectory: "/")
    #expect(complete.scalar("cpus") == Scalar(milli: 500))
    #expect(complete.scalar("gpus") == Scalar(2))
    #expect(complete.scalar("mem") > .zero)
  }
}
