// Where a node listens.

/// Where something listens: `HOST:PORT`, `HOST`, `[IPV6]:PORT`.
public struct HostPort: Hashable, Codable, Sendable, CustomStringConvertible {
  /// A name or an address, without brackets.
  public var host: String
  /// From 1 to 65535; 0 only to listen on a free one.
  public var port: Int

  /// An address of two parts.
  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Says what is wrong with a text that should be an address.
  public struct SyntaxError: Error, Hashable, CustomStringConvertible {
    /// What is wrong, with the text.
    public let description: String

    /// Says what is wrong.
    public init(description: String) { self.description = description }
  }

  /// Reads an address; without a port it is `defaultPort`.
  public init(parsing text: String, defaultPort: Int) throws(SyntaxError) {
    func wrong(_ reason: String) -> SyntaxError {
      SyntaxError(description: "\"\(text)\" is not HOST:PORT: \(reason)")
    }
    let host: Substring
    var rest: Substring
    if text.first == "[" {
      guard let close = text.firstIndex(of: "]") else { throw wrong("the address has no closing \"]\"") }
      host = text[text.index(after: text.startIndex)..<close]
      rest = text[text.index(after: close)...]
    } else {
      host = text.prefix { $0 != ":" }
      rest = text[host.endIndex...]
    }
    guard !host.isEmpty else { throw wrong("the host is missing") }
    guard !host.contains(where: \.isWhitespace) else { throw wrong("the host has white space in it") }
    var port = defaultPort
    if !rest.isEmpty {
      guard rest.first == ":" else { throw wrong("\"\(rest)\" follows the host") }
      rest.removeFirst()
      guard let number = Int(rest), rest.allSatisfy(\.isASCII) else {
        throw wrong("the port \"\(rest)\" is not a number\(Self.guess(at: rest))")
      }
      guard (1...65535).contains(number) else { throw wrong("the port \(number) is not between 1 and 65535") }
      port = number
    }
    self.init(host: String(host), port: port)
  }

  /// A number that somebody may have meant who mistook letters for digits.
  private static func guess(at text: Substring) -> String {
    let digits = text.map {
      (["O": "0", "o": "0", "l": "1", "I": "1", "S": "5", "B": "8"] as [Character: Character])[$0] ?? $0
    }
    guard let number = Int(String(digits)), (1...65535).contains(number) else { return "" }
    return " (did you mean \(number)?)"
  }

  /// As it is read.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
