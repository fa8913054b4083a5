// The state of a master as Mesos's endpoints without a version tell it.

import MesetaAllocator
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaWire

/// Writes documents about one master.
struct MasterState: Sendable {
  let master: Master
  let flags: [FlagValue]

  // MARK: /state

  func writeState(_ json: inout JSONBuilder) throws(WireError) {
    try json.object { json throws(WireError) in
      json.fieldsOfVersion()
      let start = Double(master.startedAt) / 1e9
      json.field("start_time", start)
      json.field("elected_time", start)
      json.field("id", master.info.id)
      json.field("pid", pid)
      json.field("hostname", master.info.hostname)
      try json.array("capabilities", texts: ["AGENT_UPDATE", "AGENT_DRAINING", "QUOTA_V2"])
      let counts = master.agentCounts
      json.field("activated_slaves", Double(counts.active))
      json.field("deactivated_slaves", Double(counts.inactive))
      json.field("unreachable_slaves", Double(counts.unreachable))
      try json.field(domain: master.configuration.allocator.domain)
      json.field("leader", pid)
      try json.object("leader_info") { json throws(WireError) in
        json.field("id", master.info.id)
        json.field("pid", pid)
        json.field("port", Int(master.info.port))
        json.field("hostname", master.info.hostname)
        try json.field(domain: master.configuration.allocator.domain)
      }
      try json.field(flags: flags)
      try json.array("slaves") { json throws(WireError) in
        for agent in master.describeAgents() {
          try json.object { json throws(WireError) in try json.fields(agent: agent) }
        }
      }
      try writeAbsentAgents(&json)
      try writeFrameworks(nil, &json)
      try json.array("orphan_tasks") { _ in }
      try json.array("unregistered_frameworks") { _ in }
    }
  }

  /// Those that earlier masters admitted and that are not back.
  private func writeAbsentAgents(_ json: inout JSONBuilder) throws(WireError) {
    try json.array("recovered_slaves") { json throws(WireError) in
      for info in master.absentAgentInfos {
        try json.object { json throws(WireError) in
          json.field("id", info.id?.value ?? "")
          json.field("hostname", info.hostname)
          json.field("port", Int(info.port))
          try json.field(domain: info.domain)
        }
      }
    }
  }

  private var pid: String { "master@\(master.info.ip):\(master.info.port)" }

  // MARK: /slaves

  func writeAgents(_ id: String?, _ json: inout JSONBuilder) throws(WireError) {
    try json.object { json throws(WireError) in
      try json.array("slaves") { json throws(WireError) in
        for agent in master.describeAgents() where id == nil || agent.info.id?.value == id {
          try json.object { json throws(WireError) in
            try json.fields(agent: agent)
            try json.fieldsOfFullResources(of: agent)
          }
        }
      }
      try writeAbsentAgents(&json)
    }
  }

  // MARK: /frameworks

  func writeFrameworks(only id: String?, _ json: inout JSONBuilder) throws(WireError) {
    try json.object { json throws(WireError) in
      try writeFrameworks(id.map { FrameworkID($0) }, &json)
      try json.array("unregistered_frameworks") { _ in }
    }
  }

  private func writeFrameworks(_ id: FrameworkID?, _ json: inout JSONBuilder) throws(WireError) {
    for isCompleted in [false, true] {
      try json.array(isCompleted ? "completed_frameworks" : "frameworks") { json throws(WireError) in
        for framework in readings(id) where framework.isCompleted == isCompleted {
          try json.object { json throws(WireError) in try json.fields(framework: framework) }
        }
      }
    }
  }

  private func readings(_ id: FrameworkID?) -> [FrameworkReading] {
    var readings: [FrameworkReading] = []
    master.visitFrameworks(id) { readings.append($0) }
    return readings
  }

  // MARK: /tasks

  /// Which tasks are asked for, and in what order.
  struct TaskQuery: Hashable, Sendable {
    var frameworkID: String?
    var taskID: String?
    var limit = 100
    var offset = 0
    /// The ones that began first come first.
    var isAscending = false
  }

  func writeTasks(_ query: TaskQuery, _ json: inout JSONBuilder) throws(WireError) {
    var found: [(time: Double?, task: TaskDescription)] = []
    func take(_ task: TaskDescription) {
      guard query.taskID == nil || task.record.info.id.value == query.taskID else { return }
      found.append((task.statuses.first.map { $0.timestamp ?? 0 }, task))
    }
    for framework in readings(query.frameworkID.map { FrameworkID($0) }) {
      framework.visitTasks(take)
      framework.visitUnreachableTasks(take)
      framework.visitCompletedTasks(take)
    }
    // What has no status yet began last of all, but comes first in the ascending order and last in the other, as in Mesos.
    if query.isAscending {
      found.sort { ($0.time ?? -.infinity) < ($1.time ?? -.infinity) }
    } else {
      found.sort { ($0.time ?? -.infinity) > ($1.time ?? -.infinity) }
    }
    try json.object { json throws(WireError) in
      try json.array("tasks") { json throws(WireError) in
        for (_, task) in found.dropFirst(query.offset).prefix(query.limit) { try json.value(task: task) }
      }
    }
  }

  // MARK: /roles

  func writeRoles(_ roles: [RoleDescription], _ json: inout JSONBuilder) throws(WireError) {
    try json.object { json throws(WireError) in
      try json.array("roles") { json throws(WireError) in
        for role in roles {
          try json.object { json throws(WireError) in try json.fields(role: role) }
        }
      }
    }
  }
}

extension JSONBuilder {
  /// The fields of a role, within an object.
  fileprivate mutating func fields(role: RoleDescription) throws(WireError) {
    field("name", role.name)
    field("weight", role.weight)
    try object("quota") { json throws(WireError) in
      json.field("role", role.name)
      try json.field("guarantee", quantities: role.quota.guarantees)
      try json.field("limit", quantities: role.quota.limits)
      try json.field("consumed", quantities: role.consumed)
    }
    var held = ResourceSums(role.allocated)
    held += ResourceSums(role.offered)
    try field("resources", quantities: held.quantities)
    try field("allocated", quantities: role.allocated)
    try field("offered", quantities: role.offered)
    try field("reserved", quantities: role.reserved)
    try array("frameworks", texts: role.frameworks.map(\.value))
  }

  /// The fields of an agent, within an object.
  mutating func fields(agent: AgentDescription) throws(WireError) {
    field("id", agent.info.id?.value ?? "")
    field("hostname", agent.info.hostname)
    field("port", Int(agent.info.port))
    try field(attributes: agent.info.attributes)
    try field(domain: agent.info.domain)
    field("pid", agent.pid)
    field("registered_time", Double(agent.registeredTime) / 1e9)
    if let time = agent.reregisteredTime { field("reregistered_time", Double(time) / 1e9) }
    try field("resources", resources: agent.total)
    try field("used_resources", resources: agent.allocated)
    try field("offered_resources", resources: agent.offered)
    try object("reserved_resources") { json throws(WireError) in
      for (role, resources) in agent.total.reservations {
        json.name(role)
        try json.value(resources: resources)
      }
    }
    try field("unreserved_resources", resources: agent.total.unreserved)
    field("active", agent.isActive)
    field("deactivated", agent.standing != nil)
    field("version", agent.version)
    try array("capabilities", texts: agent.capabilities.map(\.name))
    try fields(draining: agent)
  }

  private mutating func fields(draining agent: AgentDescription) throws(WireError) {
    guard let drain = agent.standing?.drainInfo else { return }
    try object("drain_info") { json throws(WireError) in
      json.field("state", drain.state == .draining ? "DRAINING" : "DRAINED")
      try json.object("config") { json throws(WireError) in
        if let grace = drain.config.maxGracePeriod {
          try json.object("max_grace_period") { $0.field("nanoseconds", Int(grace)) }
        }
        json.field("mark_gone", drain.config.marksGone)
      }
    }
    if let time = agent.drainStartTime { field("estimated_drain_start_time_seconds", Double(time) / 1e9) }
  }

  /// What of an agent's resources is reserved, used and offered, in all detail.
  fileprivate mutating func fieldsOfFullResources(of agent: AgentDescription) throws(WireError) {
    try object("reserved_resources_full") { json throws(WireError) in
      for (role, resources) in agent.total.reservations {
        json.name(role)
        try json.value(full: resources)
      }
    }
    try array("unreserved_resources_full", full: agent.total.unreserved)
    try array("used_resources_full", full: agent.allocated)
    try array("offered_resources_full", full: agent.offered)
  }

  // MARK: Frameworks

  /// What `/state-summary` says of a framework, too.
  mutating func fields(summaryOf framework: FrameworkDescription) throws(WireError) {
    let info = framework.info
    field("id", info.id?.value ?? "")
    field("name", info.name)
    try field("used_resources", resources: framework.allocated)
    try field("offered_resources", resources: framework.offered)
    try array("capabilities", texts: info.capabilities.map(\.name))
    field("hostname", info.hostname ?? "")
    field("webui_url", info.webuiURL ?? "")
    field("active", framework.isConnected)
    field("connected", framework.isConnected)
    field("recovered", framework.isRecovered)
  }

  /// The fields of a framework and of all that belongs to it, within an object.
  fileprivate mutating func fields(framework reading: FrameworkReading) throws(WireError) {
    let framework = reading.description
    try fields(summaryOf: framework)
    let info = framework.info
    field("user", info.user)
    field("failover_timeout", info.failoverTimeout)
    field("checkpoint", info.checkpoint)
    field("registered_time", Double(framework.registeredTime) / 1e9)
    field("unregistered_time", Double(framework.unregisteredTime ?? 0) / 1e9)
    if let principal = info.principal { field("principal", principal) }
    try field("resources", resources: framework.allocated + framework.offered)
    if let time = framework.reregisteredTime { field("reregistered_time", Double(time) / 1e9) }
    if info.has(.multiRole) {
      try array("roles", texts: info.roles)
    } else {
      field("role", info.role ?? Role.anyone)
    }
    try fields(tasksOf: reading)
    try array("offers") { json throws(WireError) in
      for offer in reading.offers {
        try json.object { json throws(WireError) in
          json.field("id", offer.id.value)
          json.field("framework_id", reading.id.value)
          try json.object("allocation_info") { $0.field("role", offer.role) }
          json.field("slave_id", offer.agentID.value)
          try json.field("resources", resources: offer.resources)
        }
      }
    }
    try array("executors") { json throws(WireError) in
      for executor in reading.executors {
        try json.object { json throws(WireError) in
          try json.fields(executor: executor.info)
          json.field("slave_id", executor.agentID.value)
        }
      }
    }
    if let labels = info.labels { try array("labels", labels: labels) }
    try field("offer_constraints", message: framework.offerConstraints)
  }

  private mutating func fields(tasksOf framework: FrameworkReading) throws(WireError) {
    try array("tasks") { json throws(WireError) in
      try framework.visitTasks { task throws(WireError) in try json.value(task: task) }
    }
    try array("unreachable_tasks") { json throws(WireError) in
      try framework.visitUnreachableTasks { task throws(WireError) in try json.value(task: task) }
    }
    try array("completed_tasks") { json throws(WireError) in
      try framework.visitCompletedTasks { task throws(WireError) in try json.value(task: task) }
    }
  }
}

extension AgentDescription {
  /// As Mesos names the place of an agent. Clients take the address from it.
  var pid: String {
    let host = nativeAddress.map { $0.prefix { $0 != ":" } } ?? info.hostname[...]
    return "slave(1)@\(host):\(info.port)"
  }
}

extension Resources {
  /// What is reserved, by the role it is reserved for, in the order it first comes.
  var reservations: [(role: String, resources: Resources)] {
    var found: [(role: String, resources: Resources)] = []
    for resource in self {
      guard let role = resource.reservationRole else { continue }
      if let place = found.firstIndex(where: { $0.role == role }) {
        found[place].resources.add(resource)
      } else {
        found.append((role, Resources(CollectionOfOne(resource))))
      }
    }
    return found
  }

  var unreserved: Resources {
    allSatisfy { $0.isPlain } ? self : Resources(filter { $0.reservationRole == nil })
  }
}
