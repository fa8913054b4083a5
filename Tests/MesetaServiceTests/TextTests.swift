import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaService

@Suite struct SpanTextTests {
  @Test(arguments: [
    ("15secs", 15_000_000_000), ("1.5mins", 90_000_000_000), ("250ms", 250_000_000), ("0ns", 0),
    ("2h", 7_200_000_000_000),
  ])
  func aDurationIsRead(_ text: String, _ nanoseconds: Int64) {
    #expect(Span(text: text) == Span(nanoseconds: nanoseconds))
  }

  @Test(arguments: ["15secs", "1.5mins", "250ms", "2hrs", "3days", "0secs", "7ns", "2.5us"])
  func aDurationIsWrittenAsMesosWritesIt(_ text: String) {
    #expect(Span(text: text)?.mesosText == text)
  }

  @Test(arguments: ["", "5", "-5s", "5 s", "s", "1e99s", "9999999weeks", "5seconds"])
  func whatIsNoDurationIsRefused(_ text: String) { #expect(Span(text: text) == nil) }
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

@Suite struct MachineAttributesTests {
  @Test func theMachineSaysWhatItIs() {
    let found = MachineAttributes.detect()
    #expect(found.map(\.name) == ["os", "arch", "kernel"])
    #expect(found.first == Attribute("os", .text("linux")))
    #expect(!found.contains { $0.value == .text("") })
  }

  @Test func whatTheOperatorSaysComesFirstAndStays() throws {
    let complete = MachineAttributes.complete(try Attribute.parse("rack:a12;os:plan9"))
    #expect(complete.map(\.name) == ["rack", "os", "arch", "kernel"])
    #expect(complete[1] == Attribute("os", .text("plan9")))
  }
}
