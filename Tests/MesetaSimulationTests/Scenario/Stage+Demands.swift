// The verb `demand`: `demand f1 d1 2xcpus:1;mem:64 1xcpus:4 role=web spread=zone:1 timeout=20s`.

import MesetaModel
import MesetaRuntime
import MesetaSimulation

extension Stage {
  static func demand(_ arguments: inout Arguments) throws -> GangDemand {
    let id = DemandID(try arguments.next("the demand's id"))
    let role = arguments.value("role") ?? "*"
    let spread = try arguments.value("spread").map(spread)
    var timeout: Int64?
    if let text = arguments.value("timeout") {
      guard let span = Span(parsing: text) else { throw ScriptError("\"\(text)\" is no time") }
      timeout = span.nanoseconds
    }
    let bundles = try arguments.rest().map { word in
      guard let cross = word.firstIndex(of: "x"), let count = Int(word[..<cross]) else {
        throw ScriptError("\"\(word)\" is no bundle, such as 2xcpus:1")
      }
      return GangDemand.Bundle(
        try Resources(parsing: String(word[word.index(after: cross)...])), count: count)
    }
    return GangDemand(id, role: role, bundles, spread: spread, timeout: timeout)
  }

  private static func spread(_ text: String) throws -> GangDemand.Spread {
    let parts = text.split(separator: ":").map(String.init)
    guard parts.count == 2, let limit = Int(parts[1]) else { throw ScriptError("\"\(text)\" is no spread") }
    let domains: [String: GangDemand.Spread.Domain] = ["agent": .agent, "zone": .zone, "region": .region]
    return GangDemand.Spread(domains[parts[0]] ?? .attribute(parts[0]), limit: limit)
  }
}
