import MesetaModel
import Testing

@Suite struct HostPortTests {
  @Test(arguments: [
    ("10.0.0.1:5052", "10.0.0.1", 5052), ("localhost", "localhost", 5052), ("[::1]:80", "::1", 80),
    ("[::1]", "::1", 5052),
  ])
  func anAddressIsRead(_ text: String, _ host: String, _ port: Int) throws {
    #expect(try HostPort(parsing: text, defaultPort: 5052) == HostPort(host: host, port: port))
  }

  @Test func anAddressIsWrittenSoThatItCanBeReadAgain() {
    #expect(HostPort(host: "node", port: 5052).description == "node:5052")
    #expect(HostPort(host: "::1", port: 80).description == "[::1]:80")
  }

  @Test func aTypingErrorIsExplained() {
    #expect(
      throws: HostPort.SyntaxError(
        description:
          "\"10.0.0.1:5O50\" is not HOST:PORT: the port \"5O50\" is not a number (did you mean 5050?)")
    ) { try HostPort(parsing: "10.0.0.1:5O50", defaultPort: 1) }
  }

  @Test(arguments: [
    "", ":80", "a:", "a:-1", "[]:1", "a:0", "a:65536", "[::1", "[::1]x", "a b:1", "a:+-1",
    "a:99999999999999999999",
  ])
  func whatIsNoAddressIsRefused(_ text: String) {
    #expect(throws: HostPort.SyntaxError.self) { try HostPort(parsing: text, defaultPort: 1) }
  }
}
