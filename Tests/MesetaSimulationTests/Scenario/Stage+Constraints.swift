// Offer constraints as a script says them: `where="web: rack = r1 & ssd exists | hostname ~ big-.*; batch: zone != b"`.

import MesetaModel

extension Stage {
  /// Nothing behind the colon is a role without groups; `nothing` is a group without constraints.
  static func constraints(_ arguments: inout Arguments) throws -> OfferConstraints {
    var constraints: OfferConstraints = [:]
    for part in arguments.value("where")?.split(separator: "; ") ?? [] {
      let sides = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2 else { throw ScriptError("\"\(part)\" is not ROLE: CONSTRAINTS") }
      constraints[String(sides[0])] = try sides[1].split(separator: " | ").map { group in
        try group.split(separator: " & ").compactMap { $0 == " nothing" ? nil : try constraint($0) }
      }
    }
    return constraints
  }

  private static func constraint(_ text: Substring) throws -> AttributeConstraint {
    let words = text.split(separator: " ", maxSplits: 2).map(String.init)
    guard words.count >= 2 else { throw ScriptError("\"\(text)\" is no constraint") }
    let selectors: [String: AttributeConstraint.Selector] = [
      "hostname": .hostname, "region": .region, "zone": .zone,
    ]
    let operand = words.count > 2 ? words[2] : ""
    let predicates: [String: AttributeConstraint.Predicate] = [
      "exists": .exists, "lacks": .notExists, "=": .equals(operand), "!=": .notEquals(operand),
      "~": .matches(operand), "!~": .notMatches(operand),
    ]
    guard let predicate = predicates[words[1]] else { throw ScriptError("there is no predicate \(words[1])") }
    return .where(selectors[words[0]] ?? .attribute(words[0]), predicate)
  }
}
