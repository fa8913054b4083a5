// Where in ZooKeeper the registry is, and how its entries are written.
//
//   …/registry               "meseta registry 1": what it is, and the number of its form
//   …/registry/epoch         set by each new leader before it reads; its version is the leader's
//   …/registry/counter       set with each change: the epoch, and how many changes there were
//   …/registry/entries/7f/agents:6f…   one entry: the checksum of key and value, and the value

import MesetaWire

/// The names and the contents of the registry's nodes. Whoever changes them gives the form another number, and writes what
/// becomes of the one before.
struct ZooKeeperRegistryLayout: Sendable {
  static let format = 1
  /// Entries are shared out to so many nodes, so that the list of what is below one is short, for ZooKeeper hands out a list as
  /// a whole: 400 names with 100,000 agents.
  static let bucketCount = 256

  /// The node of the registry.
  let root: String

  var epoch: String { root + "/epoch" }
  var counter: String { root + "/counter" }
  var entries: String { root + "/entries" }

  static var formatText: String { "meseta registry \(format)" }

  /// The number of a form; nil for what is none.
  static func format(of text: String) -> Int? {
    let words = text.split(separator: " ")
    guard words.count == 3, words[0] == "meseta", words[1] == "registry" else { return nil }
    return Int(words[2])
  }

  func bucket(_ number: Int) -> String { "\(entries)/\(Self.hex(UInt8(truncatingIfNeeded: number)))" }

  func node(of key: RegistryKey) -> String {
    bucket(Int(Self.checksum(key, []) & 0xFF)) + "/" + Self.name(of: key)
  }

  /// What an empty registry is made of.
  var foundation: [NodeOperation] {
    [
      .create(root, Array(Self.formatText.utf8)), .create(epoch, []), .create(counter, []),
      .create(entries, []),
    ]
      + (0..<Self.bucketCount).map { .create(bucket($0), []) }
  }

  // MARK: Names

  /// `quotas:eng%2Fdev`.
  static func name(of key: RegistryKey) -> String {
    var name = key.kind.rawValue + ":"
    for byte in key.name.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        name.unicodeScalars.append(Unicode.Scalar(byte))
      default: name += "%" + hex(byte)
      }
    }
    return name
  }

  /// Nil for what ``name(of:)`` does not give.
  static func key(of name: String) -> RegistryKey? {
    let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = RegistryKey.Kind(rawValue: String(parts[0])) else { return nil }
    var bytes: [UInt8] = []
    var rest = parts[1].utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let digits = String(rest.prefix(2)), let escaped = UInt8(digits, radix: 16) else { return nil }
      bytes.append(escaped)
      rest = rest.dropFirst(2)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let key = RegistryKey(kind, text)
    return self.name(of: key) == name ? key : nil
  }

  private static func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
  }

  // MARK: Contents

  static func data(of entry: RegistryEntry) -> [UInt8] {
    let checksum = checksum(entry.key, entry.value)
    return (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) } + entry.value
  }

  /// Nil if the checksum is wrong.
  static func entry(_ key: RegistryKey, data: [UInt8]) -> RegistryEntry? {
    guard data.count >= 4 else { return nil }
    let entry = RegistryEntry(key, Array(data[4...]))
    return self.data(of: entry)[..<4] == data[..<4] ? entry : nil
  }

  /// Of the key and the value, so that a value that has got to another key is noticed.
  private static func checksum(_ key: RegistryKey, _ value: [UInt8]) -> UInt32 {
    var checksum = CRC32C()
    Array(key.description.utf8).withUnsafeBytes { checksum.update($0) }
    value.withUnsafeBytes { checksum.update($0) }
    return checksum.value
  }
}
