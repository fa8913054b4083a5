import MesetaHTTP
import MesetaModel
import Synchronization
import Testing

@Suite struct StandbyTests {
  /// The answer of a master that does not lead.
  private func ask(_ request: String, leader: HostPort?) async throws -> Reply {
    let server = try await HTTPServer.listen(
      at: HostPort(host: "127.0.0.1", port: 0), on: group, logger: quietLogger)
    server.serve(StandbyHTTP { leader }.routes)
    let reply = try await RawClient.connect(to: server.address).ask(request)
    await server.stop()
    return reply
  }

  private let leader = HostPort(host: "leader.example", port: 5050)

  @Test(arguments: [
    ("/redirect", "//leader.example:5050"), ("/master/redirect", "//leader.example:5050"),
    ("/state", "//leader.example:5050/state"),
    ("/master/tasks?limit=3&order=asc", "//leader.example:5050/master/tasks?limit=3&order=asc"),
    ("/api/v1", "//leader.example:5050/api/v1"), ("/nothing", "//leader.example:5050/nothing"),
  ])
  func clientsAreSentToTheLeader(_ path: String, _ location: String) async throws {
    let reply = try await ask("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n", leader: leader)
    #expect(reply.status == 307)
    #expect(reply.head.fields["location"] == location)
  }

  @Test func schedulersAreSentToTheLeader() async throws {
    let reply = try await ask(
      "POST /api/v1/scheduler HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
      leader: leader)
    #expect(reply.status == 307)
    #expect(reply.head.fields["location"] == "//leader.example:5050/api/v1/scheduler")
  }

  @Test(arguments: ["/redirect", "/state", "/api/v1"])
  func withoutALeaderNobodyIsSentAnywhere(_ path: String) async throws {
    let reply = try await ask("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n", leader: nil)
    #expect(reply.status == 503)
    #expect(reply.text == "No leader elected")
  }

  @Test(arguments: ["/health", "/version", "/flags", "/metrics/snapshot"])
  func whatIsAboutTheMasterItselfItAnswers(_ path: String) async throws {
    let reply = try await ask("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n", leader: leader)
    #expect(reply.status == 200)
    if path == "/metrics/snapshot" { #expect(reply.text.contains("\"master/elected\":0")) }
  }

  @Test func aRedirectOfARedirectIsNotFound() async throws {
    let reply = try await ask("GET /redirect/redirect HTTP/1.1\r\nHost: x\r\n\r\n", leader: leader)
    #expect(reply.status == 404)
  }
}
