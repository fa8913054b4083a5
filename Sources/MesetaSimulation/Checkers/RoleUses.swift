// What each role and those below it have together of what is not reserved, beside the limits that operators set. What is reserved
// for a role counts too, and is offered to it whatever its limits are: that is left out on both sides.

import MesetaModel
import MesetaRuntime

struct RoleUses {
  private struct Use {
    var amounts = SIMD4<Int64>()
    var limit: SIMD4<Int64>?
    /// The role above it.
    var parent: Int?
  }

  private var numbers = TextTable<String, Int>()
  private(set) var names: [String] = []
  private var uses: [Use] = []
  /// The role that was looked for last: many offers in a row are of one.
  private var recent: Int?

  mutating func number(_ name: String) -> Int {
    if let recent, names[recent] == name { return recent }
    let number = numbers[name] ?? enter(name)
    recent = number
    return number
  }

  private mutating func enter(_ name: String) -> Int {
    let parent = name.lastIndex(of: "/").map { number(String(name[..<$0])) }
    numbers[name] = names.count
    names.append(name)
    uses.append(Use(parent: parent))
    return names.count - 1
  }

  /// What a role may have at most from now on.
  mutating func set(_ quota: Quota, of name: String) {
    var limit = SIMD4<Int64>(repeating: .max)
    for quantity in quota.limits {
      if let place = ResourceTally.names.firstIndex(of: quantity.name) {
        limit[place] = quantity.scalar.milli
      }
    }
    let role = number(name)
    uses[role].limit = limit == SIMD4(repeating: .max) ? nil : limit
  }

  mutating func add(_ amounts: SIMD4<Int64>, to role: Int) {
    var next: Int? = role
    while let number = next {
      uses[number].amounts &+= amounts
      next = uses[number].parent
    }
  }

  /// The role, of this one and those above it, that has more than it may with these amounts beside what it has; nil if none
  /// has. Only that counts of which something is fresh.
  func isOver(_ role: Int, with amounts: SIMD4<Int64>, _ fresh: SIMD4<Int64>) -> Int? {
    var next: Int? = role
    while let number = next {
      if let limit = uses[number].limit, any((uses[number].amounts &+ amounts) .> limit .& (fresh .> SIMD4()))
      {
        return number
      }
      next = uses[number].parent
    }
    return nil
  }
}
