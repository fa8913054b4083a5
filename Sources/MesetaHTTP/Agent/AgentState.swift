// Mesos's endpoints of agents without a version: what there is, and what it uses.

import HTTPTypes
import HummingbirdCore
import MesetaAgent
import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaWire

/// Answers `/state`, `/containers` and `/monitor/statistics` of an agent.
struct AgentState: Sendable {
  let host: AgentHost
  let reports: Reports<Agent>
  let flags: [FlagValue]
  /// In seconds since the Unix epoch.
  let startTime: Double

  /// By their paths.
  var endpoints: [String: HTTPEndpoint] {
    [
      "state": HTTPEndpoint(state), "containers": HTTPEndpoint(containers),
      "monitor/statistics": HTTPEndpoint(statistics),
    ]
  }

  private func containers(_ exchange: HTTPExchange) async throws -> Response {
    let containers = await host.describeContainers()
    return try .json(for: exchange) { json throws(WireError) in
      try json.array { json throws(WireError) in
        for container in containers {
          try json.object { json throws(WireError) in
            json.field("container_id", container.id)
            json.field("executor_id", container.executorID.value)
            json.field("executor_name", container.executorName)
            json.field("framework_id", container.frameworkID.value)
            json.field("source", container.source)
            if let used = container.used {
              try json.object("statistics") { json in json.fields(used, of: container) }
            }
            try json.object("status") { json throws(WireError) in
              try json.object("container_id") { json in json.field("value", container.id) }
            }
          }
        }
      }
    }
  }

  private func statistics(_ exchange: HTTPExchange) async throws -> Response {
    let containers = await host.describeContainers()
    return try .json(for: exchange) { json throws(WireError) in
      try json.array { json throws(WireError) in
        for container in containers {
          guard let used = container.used else { continue }
          try json.object { json throws(WireError) in
            json.field("executor_id", container.executorID.value)
            json.field("executor_name", container.executorName)
            json.field("framework_id", container.frameworkID.value)
            json.field("source", container.source)
            try json.object("statistics") { json in json.fields(used, of: container) }
          }
        }
      }
    }
  }

  private func state(_ exchange: HTTPExchange) async throws -> Response {
    try await reports.response("state", exchange, jsonp: try exchange.jsonp) { agent, pass in
      let contents = agent.describeContents()
      let allocated = contents.containers.reduce(into: Resources()) { $0 += $1.allocated }
      var json = JSONBuilder(pass)
      try json.object { json throws(WireError) in
        json.fieldsOfVersion()
        json.field("start_time", startTime)
        json.field("id", contents.info.id?.value ?? "")
        json.field("pid", "slave(1)@\(contents.endpoint)")
        json.field("hostname", contents.info.hostname)
        if let master = contents.masterHostname { json.field("master_hostname", master) }
        try json.array("capabilities", texts: contents.capabilities.map(\.name))
        try json.fields(resources: contents.total, allocated: allocated)
        try json.array("resource_providers") { _ in }
        try json.field(attributes: contents.info.attributes)
        try json.field(domain: contents.info.domain)
        try json.field(flags: flags)
        try json.array("frameworks") { json throws(WireError) in
          for framework in contents.frameworks.active {
            try json.value(framework: framework, on: contents)
          }
        }
        try json.array("completed_frameworks") { json throws(WireError) in
          for framework in contents.frameworks.completed {
            try json.value(framework: framework, on: contents)
          }
        }
      }
      json.finish()
    }
  }
}

extension JSONBuilder {
  /// What a container has used and may use, within an object. The time of processors is not told apart.
  fileprivate mutating func fields(_ used: AgentContents.Statistics, of container: AgentContents.Container) {
    field("cpus_limit", container.allocated.scalar("cpus").value)
    field("cpus_system_time_secs", 0.0)
    field("cpus_user_time_secs", used.processorSeconds)
    field("mem_limit_bytes", Int(container.allocated.scalar("mem").milli * 1_048_576 / 1000))
    field("mem_rss_bytes", Int(clamping: used.memoryBytes))
    field("timestamp", used.timestamp)
  }

  fileprivate mutating func fields(resources: Resources, allocated: Resources) throws(WireError) {
    try field("resources", resources: resources)
    try object("reserved_resources") { json throws(WireError) in
      for (role, resources) in resources.reservations {
        json.name(role)
        try json.value(resources: resources)
      }
    }
    try field("unreserved_resources", resources: resources.unreserved)
    try object("reserved_resources_full") { json throws(WireError) in
      for (role, resources) in resources.reservations {
        json.name(role)
        try json.value(full: resources)
      }
    }
    try array("unreserved_resources_full", full: resources.unreserved)
    try object("reserved_resources_allocated") { json throws(WireError) in
      for (role, resources) in allocated.reservations {
        json.name(role)
        try json.value(resources: resources)
      }
    }
    try field("unreserved_resources_allocated", resources: allocated.unreserved)
  }

  /// A framework with the executors and commands that it has on the agent.
  fileprivate mutating func value(
    framework: FrameworkInfo, on contents: AgentContents
  ) throws(WireError) {
    try object { json throws(WireError) in
      json.field("id", framework.id?.value ?? "")
      json.field("name", framework.name)
      json.field("user", framework.user)
      json.field("failover_timeout", framework.failoverTimeout)
      json.field("checkpoint", framework.checkpoint)
      json.field("hostname", framework.hostname ?? "")
      if let principal = framework.principal { json.field("principal", principal) }
      if framework.has(.multiRole) {
        try json.array("roles", texts: framework.roles)
      } else {
        json.field("role", framework.role ?? Role.anyone)
      }
      try json.array("executors") { json throws(WireError) in
        for container in contents.containers where container.frameworkID == framework.id {
          try json.value(container: container, contents.tasks)
        }
      }
      try json.array("completed_executors") { json throws(WireError) in
        for container in contents.completedContainers where container.frameworkID == framework.id {
          try json.value(container: container, AgentContents.Tasks())
        }
      }
    }
  }

  private mutating func value(
    container: AgentContents.Container, _ tasks: AgentContents.Tasks
  ) throws(WireError) {
    func isIts(_ task: TaskDescription) -> Bool {
      task.record.frameworkID == container.frameworkID && task.record.info.executorID == container.executorID
    }
    try object { json throws(WireError) in
      json.field("id", container.executorID.value)
      json.field("name", container.executorName)
      json.field("source", container.source)
      json.field("container", container.id)
      json.field("directory", container.directory)
      try json.field("resources", resources: container.allocated)
      if let executor = container.executor { try json.fields(traitsOf: executor) }
      try json.array("tasks") { json throws(WireError) in
        for task in tasks.launched where isIts(task) { try json.value(task: task) }
      }
      try json.array("queued_tasks") { json throws(WireError) in
        for task in tasks.queued where isIts(task) { try json.value(task: task) }
      }
      try json.array("completed_tasks") { json throws(WireError) in
        for task in container.completedTasks { try json.value(task: task) }
        for task in tasks.terminated where isIts(task) { try json.value(task: task) }
      }
    }
  }
}
