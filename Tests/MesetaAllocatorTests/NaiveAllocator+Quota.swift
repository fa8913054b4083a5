// What quotas leave to a role, from the definitions.

import MesetaModel

@testable import MesetaAllocator

extension NaiveAllocator {
  static let names = ["cpus", "mem", "disk", "gpus"]

  /// A role and those above it, from the top.
  static func path(to role: String) -> [String] {
    var path: [String] = []
    for component in role.split(separator: "/") {
      path.append(path.last.map { "\($0)/\(component)" } ?? String(component))
    }
    return path
  }

  private static func charged(_ bag: Resources, _ name: String) -> Int64 {
    bag.reduce(0) { sum, resource in
      guard resource.name == name, resource.reservationRole == nil, !resource.isRevocable,
        case .scalar(let scalar) = resource.value
      else { return sum }
      return sum + scalar.milli
    }
  }

  /// What is reserved for a role and below it, and what its frameworks and those below hold of what is unreserved.
  func consumed(_ role: String, _ name: String) -> Int64 {
    var sum: Int64 = 0
    for agent in agents.values {
      for resource in agent.total where resource.name == name {
        guard let owner = resource.reservationRole, Role.isSameOrBelow(owner, role),
          case .scalar(let scalar) = resource.value
        else { continue }
        sum += scalar.milli
      }
      for (client, holding) in agent.holdings where Role.isSameOrBelow(client.role, role) {
        sum += Self.charged(holding.offered, name) + Self.charged(holding.used, name)
      }
    }
    return sum
  }

  /// What has to stay free for the guarantee of a role and for those below it: what is missing to its own, or what
  /// those below need, whichever is more.
  func required(_ role: String, _ name: String) -> Int64 {
    let guarantee = quotas[role]?.guarantees.first { $0.name == name }?.scalar.milli ?? 0
    return max(guarantee - consumed(role, name), requiredBelow(role, name), 0)
  }

  func requiredBelow(_ role: String?, _ name: String) -> Int64 {
    var children: Set<String> = []
    for quota in quotas.keys {
      let path = Self.path(to: quota)
      if let role {
        if let index = path.firstIndex(of: role), index + 1 < path.count { children.insert(path[index + 1]) }
      } else {
        children.insert(path[0])
      }
    }
    return children.reduce(0) { $0 + required($1, name) }
  }

  func kept(for role: String, _ name: String) -> Int64 {
    Self.path(to: role).reduce(0) { $0 + required($1, name) - requiredBelow($1, name) }
  }

  func limit(_ role: String, _ name: String) -> Int64 {
    Self.path(to: role).reduce(.max) { bound, role in
      guard let limit = quotas[role]?.limits.first(where: { $0.name == name }) else { return bound }
      return min(bound, max(0, limit.scalar.milli - consumed(role, name)))
    }
  }

  /// Whether a role has so little left to its own limit that it is served after all others.
  func isExhausted(_ role: String) -> Bool {
    guard let quota = quotas[role], !quota.limits.isEmpty else { return false }
    func left(_ name: String) -> Int64 {
      quota.limits.first { $0.name == name }.map { max(0, $0.scalar.milli - consumed(role, name)) } ?? .max
    }
    return left("cpus") < 10 && left("mem") < 32_000
  }

  func chopped(_ bag: Resources, for role: String) -> Resources {
    var result = Resources()
    for var resource in bag {
      if resource.reservationRole == nil, !resource.isRevocable, case .scalar(let scalar) = resource.value {
        var bound = limit(role, resource.name)
        let required = requiredBelow(nil, resource.name)
        if required > 0 {
          let free = agents.values.filter(\.isActive).reduce(0) { $0 + Self.charged($1.unallocated, resource.name) }
          bound = min(bound, kept(for: role, resource.name) + max(0, free - required))
        }
        resource.value = .scalar(Scalar(milli: min(scalar.milli, bound)))
      }
      result.add(resource)
    }
    return result
  }

  /// Whether a part helps to meet a guarantee.
  func makesProgress(_ part: Resources, _ role: String) -> Bool {
    Self.names.contains { kept(for: role, $0) > 0 && Self.charged(part, $0) > 0 }
  }
}
