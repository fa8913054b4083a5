// The vocabulary in the JSON of Mesos's older endpoints, which master and agent have in common.

import MesetaModel
import MesetaProtocol
import MesetaWire

extension JSONBuilder {
  /// What there is of each name: scalars as numbers, ranges and sets as text, revocable resources by a name of their own.
  mutating func field(_ name: StaticString, resources: Resources) throws(WireError) {
    self.name(name)
    try value(resources: resources)
  }

  mutating func value(resources: Resources) throws(WireError) {
    var amounts = ResourceAmounts()
    for index in resources.indices { amounts.add(resources.resources[index]) }
    try object { json throws(WireError) in
      json.field("disk", amounts.known[0].value)
      json.field("mem", amounts.known[1].value)
      json.field("gpus", amounts.known[2].value)
      json.field("cpus", amounts.known[3].value)
      for (name, amount) in amounts.others {
        json.name(name)
        switch amount {
        case .scalar(let scalar): json.value(scalar.value)
        case .ranges(let ranges): json.value(ranges.description)
        case .set(let set): json.value(set.description)
        }
      }
    }
  }

  /// All that is to be said of each resource.
  mutating func array(_ name: StaticString, full resources: Resources) throws(WireError) {
    self.name(name)
    try value(full: resources)
  }

  mutating func value(full resources: Resources) throws(WireError) {
    try array { json throws(WireError) in
      for resource in resources { try json.value(message: resource) }
    }
  }

  mutating func field(_ name: StaticString, quantities: [ResourceQuantity]) throws(WireError) {
    try object(name) { json throws(WireError) in
      for quantity in quantities {
        json.name(quantity.name)
        json.value(quantity.scalar.value)
      }
    }
  }

  mutating func array(_ name: StaticString, texts: some Sequence<String>) throws(WireError) {
    try array(name) { json throws(WireError) in for text in texts { json.value(text) } }
  }

  mutating func array(_ name: StaticString, labels: Labels) throws(WireError) {
    try array(name) { json throws(WireError) in
      for label in labels {
        try json.object { json throws(WireError) in
          json.field("key", label.key)
          if let value = label.value { json.field("value", value) }
        }
      }
    }
  }

  mutating func field(attributes: [Attribute]) throws(WireError) {
    try object("attributes") { json throws(WireError) in
      for attribute in attributes {
        json.name(attribute.name)
        switch attribute.value {
        case .scalar(let scalar): json.value(scalar.value)
        case .ranges(let ranges): json.value(ranges.description)
        case .set(let set): json.value(set.description)
        case .text(let text): json.value(text)
        }
      }
    }
  }

  mutating func field(domain: FaultDomain?) throws(WireError) {
    guard let domain else { return }
    try object("domain") { json throws(WireError) in
      try json.object("fault_domain") { json throws(WireError) in
        try json.object("region") { $0.field("name", domain.region) }
        try json.object("zone") { $0.field("name", domain.zone) }
      }
    }
  }

  /// The flags as one object.
  mutating func field(flags: [FlagValue]) throws(WireError) {
    try object("flags") { json throws(WireError) in
      for flag in flags {
        json.name(flag.name)
        json.value(flag.value)
      }
    }
  }

  /// Which version this is. Nothing is said of who built it when.
  mutating func fieldsOfVersion() {
    field("build_date", "")
    field("build_time", 0.0)
    field("build_user", "")
    field("meseta_version", Version.current)
    field("version", Version.mesos)
  }

  // MARK: Tasks and executors

  mutating func value(task: TaskDescription) throws(WireError) {
    try object { json throws(WireError) in
      let info = task.record.info
      json.field("id", info.id.value)
      json.field("name", info.name)
      json.field("framework_id", task.record.frameworkID.value)
      json.field("executor_id", info.hasExecutor ? info.executorID.value : "")
      json.field("slave_id", info.agentID.value)
      json.field("state", task.record.state.name)
      try json.field("resources", resources: info.resources)
      if info.hasLimits { try json.fields(limits: info.limits) }
      json.field("role", info.resources.first?.allocationRole ?? Role.anyone)
      try json.array("statuses") { json throws(WireError) in
        for status in task.statuses { try json.value(status: status) }
      }
      if let user = info.user { json.field("user", user) }
      if let labels = info.labels { try json.array("labels", labels: labels) }
      if let discovery = info.discovery {
        try json.field("discovery", encoded: discovery, as: .discovery)
      }
      if let container = info.container {
        try json.field("container", encoded: container, as: .container)
      }
      if let check = info.healthCheck {
        try json.field("health_check", encoded: check, as: .healthCheck)
      }
    }
  }

  private mutating func fields(limits: [ResourceLimit]) throws(WireError) {
    try object("limits") { json throws(WireError) in
      for limit in limits {
        json.name(limit.name)
        switch limit.bound {
        case .scalar(let scalar): json.value(scalar.value)
        case .infinite: json.value(Double.infinity)
        }
      }
    }
  }

  mutating func value(status: TaskStatus) throws(WireError) {
    try object { json throws(WireError) in
      json.field("state", status.state.name)
      json.field("timestamp", status.timestamp ?? 0)
      if let labels = status.labels { try json.array("labels", labels: labels) }
      if let container = status.containerID {
        try json.object("container_status") { json throws(WireError) in
          try json.field("container_id", message: container)
        }
      }
      if let isHealthy = status.isHealthy { json.field("healthy", isHealthy) }
    }
  }

  /// The fields of an executor, within an object.
  mutating func fields(executor: ExecutorInfo) throws(WireError) {
    field("executor_id", executor.id.value)
    field("name", executor.name ?? "")
    field("framework_id", executor.frameworkID?.value ?? "")
    try field(command: executor.command ?? CommandInfo())
    try field("resources", resources: executor.resources)
    try fields(traitsOf: executor)
  }

  /// What is told of an executor wherever it is.
  mutating func fields(traitsOf executor: ExecutorInfo) throws(WireError) {
    if let first = executor.resources.first { field("role", first.allocationRole ?? Role.anyone) }
    if let labels = executor.labels { try array("labels", labels: labels) }
    switch executor.kind {
    case .custom: field("type", "CUSTOM")
    case .default: field("type", "DEFAULT")
    case .unknown, nil: break
    }
  }

  mutating func field(command: CommandInfo) throws(WireError) {
    try object("command") { json throws(WireError) in
      json.field("shell", command.isShell)
      if let value = command.value { json.field("value", value) }
      try json.array("argv", texts: command.arguments)
      if !command.environment.isEmpty {
        try json.object("environment") { json throws(WireError) in
          try json.array("variables") { json throws(WireError) in
            for variable in command.environment {
              // A secret is nobody's business.
              guard case .text(let text) = variable.value else { continue }
              try json.object { json throws(WireError) in
                json.field("name", variable.name)
                json.field("value", text)
              }
            }
          }
        }
      }
      try json.array("uris") { json throws(WireError) in
        for uri in command.uris {
          try json.object { json throws(WireError) in
            json.field("value", uri.value)
            json.field("executable", uri.isExecutable)
          }
        }
      }
    }
  }
}

/// How much there is of each name.
private struct ResourceAmounts {
  private static let names = ["disk", "mem", "gpus", "cpus"]

  /// The scalars that are always named.
  var known = [Scalar](repeating: .zero, count: 4)
  /// In the order they came.
  var others: [(name: String, amount: ResourceValue)] = []

  mutating func add(_ resource: Resource) {
    let name = resource.isRevocable ? resource.name + "_revocable" : resource.name
    if case .scalar(let scalar) = resource.value, let place = Self.names.firstIndex(of: name) {
      known[place] += scalar
    } else if let place = others.firstIndex(where: {
      $0.name == name && $0.amount.kind == resource.value.kind
    }) {
      others[place].amount.add(resource.value)
    } else {
      others.append((name, resource.value))
    }
  }
}
