// Who is served before whom, across the tree of roles.

import MesetaRuntime

extension Allocator {
  /// Whether a subscription is served before another one: decided where their roles part in the tree.
  func comesBefore(_ left: UInt32, _ right: UInt32) -> Bool {
    let (leftRole, rightRole) = (subscriptions[Int(left)].role.index, subscriptions[Int(right)].role.index)
    if leftRole == rightRole { return subscriptions[Int(left)].rank < subscriptions[Int(right)].rank }
    let (leftClient, rightClient) = partingClients(leftRole, rightRole)
    return rank(of: leftClient) < rank(of: rightClient)
  }

  /// The roles of those names in which or below which somebody wants offers, in the order in which they are served. None
  /// is below another one.
  func inOrder(_ names: [String]) -> [UInt32] {
    let listed = names.compactMap { roleSlots[$0]?.index }.filter { roles[Int($0)].isListed }
    guard listed.count > 1 else { return listed }
    return listed.sorted { left, right in
      let (leftClient, rightClient) = partingClients(left, right)
      return rank(of: leftClient) < rank(of: rightClient)
    }
  }

  /// A client of a role: a role below it, or its own frameworks.
  struct RoleClient {
    var role: UInt32
    /// Whether the own frameworks of `role` are meant, and not all that it stands for.
    var isOwn: Bool
  }

  private func rank(of client: RoleClient) -> Rank {
    client.isOwn ? roles[Int(client.role)].ownRank : roles[Int(client.role)].rank
  }

  /// What two roles compete as, among the clients of the nearest role that both are or are below.
  func partingClients(_ left: UInt32, _ right: UInt32) -> (RoleClient, RoleClient) {
    var paths = (path(to: left), path(to: right))
    var common = Self.root
    while let next = paths.0.last, next == paths.1.last {
      common = next
      paths.0.removeLast()
      paths.1.removeLast()
    }
    func client(_ path: [UInt32]) -> RoleClient {
      path.last.map { RoleClient(role: $0, isOwn: false) } ?? RoleClient(role: common, isOwn: true)
    }
    return (client(paths.0), client(paths.1))
  }

  /// A role and those above it, upward, without the root.
  private func path(to role: UInt32) -> [UInt32] {
    var result: [UInt32] = []
    var next = role
    while let parent = roles[Int(next)].parent {
      result.append(next)
      next = parent
    }
    return result
  }
}
