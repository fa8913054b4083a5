import Foundation
import Logging
import MesetaModel
import Testing

@testable import MesetaService

@Suite struct WorkDirectoryTests {
  private let work =
    FileManager.default.temporaryDirectory.path + "/meseta-work-\(UInt64.random(in: .min ... .max))"

  /// An agent that ends as soon as it runs: it cannot speak to such a master.
  private func agent() throws -> AgentService {
    var options = AgentService.Options(
      master: .http(HostPort(host: "127.0.0.1", port: 1)), workDirectory: work)
    (options.host, options.port, options.httpPort) = ("127.0.0.1", 0, nil)
    return try AgentService(options, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  @Test func anAgentRefusesADirectoryThatAnotherUsesUntilThatHasEnded() async throws {
    defer { try? FileManager.default.removeItem(atPath: work) }
    let first = try agent()
    let refusal = #expect(throws: WorkDirectoryInUse.self) { try agent() }
    #expect(refusal?.description.contains("another agent uses \(work)") == true)
    await #expect(throws: AgentsSpeakNative.self) { try await first.run() }
    let second = try agent()
    #expect(throws: WorkDirectoryInUse.self) { try agent() }
    await #expect(throws: AgentsSpeakNative.self) { try await second.run() }
  }
}
