// The identifiers of a cluster are long: a script says S0 for an agent, F0 for a framework, O1 for an offer and u1
// for any other UUID. What a second master gives out is m2.S0 and so on.

struct ShortNames {
  private var masters: [String] = []
  private var full: [String: String] = [:]
  private var uuids: [String: String] = [:]

  /// Notes the id of the master that is up.
  mutating func add(master id: String) {
    if !masters.contains(id) { masters.append(id) }
  }

  /// The text with its identifiers shortened.
  mutating func shorten(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      guard Self.isUUID(bytes, at: index) else {
        result.append(bytes[index])
        index += 1
        continue
      }
      let uuid = String(decoding: bytes[index..<index + 36], as: UTF8.self)
      index += 36
      var suffix: [UInt8] = []
      if masters.contains(uuid), index < bytes.count, bytes[index] == UInt8(ascii: "-") {
        var end = index + 1
        if end < bytes.count, bytes[end] == UInt8(ascii: "S") || bytes[end] == UInt8(ascii: "O") { end += 1 }
        while end < bytes.count, (48...57).contains(bytes[end]) { end += 1 }
        suffix = Array(bytes[index..<end])
        index = end
      }
      result += Array(name(uuid, String(decoding: suffix, as: UTF8.self)).utf8)
    }
    return String(decoding: result, as: UTF8.self)
  }

  private mutating func name(_ uuid: String, _ suffix: String) -> String {
    if let number = masters.firstIndex(of: uuid) {
      let prefix = number == 0 ? "" : "m\(number + 1)."
      if suffix.isEmpty { return prefix.isEmpty ? "the master" : "master \(number + 1)" }
      let rest = suffix.dropFirst()
      let short = prefix + (rest.allSatisfy(\.isNumber) ? "F\(Int(rest) ?? 0)" : String(rest))
      full[short] = uuid + suffix
      return short
    }
    if let known = uuids[uuid] { return known }
    let short = "u\(uuids.count + 1)"
    uuids[uuid] = short
    full[short] = uuid
    return short
  }

  /// The identifier that a short name stands for; of a name that has not come up yet, one as the first master makes
  /// them.
  func expand(_ name: String) -> String {
    if let known = full[name] { return known }
    guard let master = masters.first, let kind = name.first, Int(name.dropFirst()) != nil else { return name }
    switch kind {
    case "O", "S": return "\(master)-\(name)"
    case "F":
      let number = String(name.dropFirst())
      return "\(master)-\(String(repeating: "0", count: max(0, 4 - number.count)))\(number)"
    default: return name
    }
  }

  private static func isUUID(_ bytes: [UInt8], at start: Int) -> Bool {
    guard start + 36 <= bytes.count else { return false }
    for offset in 0..<36 {
      let byte = bytes[start + offset]
      if [8, 13, 18, 23].contains(offset) {
        guard byte == UInt8(ascii: "-") else { return false }
      } else {
        guard (48...57).contains(byte) || (97...102).contains(byte) else { return false }
      }
    }
    return true
  }
}
