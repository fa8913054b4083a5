// What is measured of a master, under Mesos's names.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
package import MesetaRuntime

extension Master {
  /// All that this master measures. O(agents + tasks + filters).
  package func measure(at time: Time) -> MetricList {
    var list = MetricList()
    list.gauge("master/uptime_secs", Double(time.wall - startTime.wall) / 1e9)
    list.gauge("master/elected", 1)
    list.gauge("master/outstanding_offers", offers.count)
    list.gauge("registrar/queued_operations", registry.count)
    addPeers(to: &list)
    addTasks(to: &list)
    addResources(to: &list)
    addCounters(to: &list)
    addOperations(to: &list)
    addAllocator(to: &list)
    addFrameworks(to: &list)
    addPrincipals(to: &list)
    return list
  }

  // MARK: Who is there

  private func addPeers(to list: inout MetricList) {
    let agents = agentCounts
    let connected = count(self.agents) { $0.session != nil }
    list.gauge("master/slaves_active", agents.active)
    list.gauge("master/slaves_inactive", agents.inactive)
    list.gauge("master/slaves_connected", connected)
    list.gauge("master/slaves_disconnected", self.agents.count - connected)
    list.gauge("master/slaves_unreachable", agents.unreachable)
    let subscribed = count(frameworks) { $0.session != nil }
    for state in ["active", "connected"] { list.gauge("master/frameworks_\(state)", subscribed) }
    for state in ["inactive", "disconnected"] {
      list.gauge("master/frameworks_\(state)", frameworks.count - subscribed)
    }
  }

  private func count<Entry>(_ entries: SlotMap<Entry>, where isMeant: (Entry) -> Bool) -> Int {
    var count = 0
    entries.visit { _, entry in if isMeant(entry) { count += 1 } }
    return count
  }

  // MARK: Tasks

  private static let activeStates: [TaskState] = [.staging, .starting, .running, .killing]

  private func addTasks(to list: inout MetricList) {
    var counts: [TaskState: Int] = [:]
    tasks.visit { _, task in counts[task.state, default: 0] += 1 }
    for state in Self.activeStates {
      list.gauge("master/\(state.plural)", counts[state] ?? 0)
    }
    var unreachable = 0
    frameworks.visit { _, framework in unreachable += framework.unreachableTasks.count }
    list.gauge("master/tasks_unreachable", unreachable)
    for end in taskEnds {
      let (source, reason) = (end.source.name.inOlderWords, end.reason.name.inOlderWords)
      list.counter("master/\(end.state.name.lowercased())/\(source)/\(reason)", end.count)
    }
  }

  // MARK: Resources

  private func addResources(to list: inout MetricList) {
    var (total, used, revocable, revocableUsed, offered) = (
      ResourceSums(), ResourceSums(), ResourceSums(), ResourceSums(), ResourceSums()
    )
    agents.visit { _, agent in
      for resource in allocator.total(agent.slot) {
        if resource.isRevocable {
          revocable.add(resource.name, resource.value.quantity)
        } else {
          total.add(resource.name, resource.value.quantity)
        }
      }
      for resource in allocator.used(agent.slot) {
        if resource.isRevocable {
          revocableUsed.add(resource.name, resource.value.quantity)
        } else {
          used.add(resource.name, resource.value.quantity)
        }
      }
      offered.add(allocator.offered(agent.slot))
    }
    func add(_ prefix: String, _ name: String, _ total: ResourceSums, _ used: ResourceSums) {
      let (all, part) = (total.amount(name).value, used.amount(name).value)
      list.gauge("master/\(prefix)_total", all)
      list.gauge("master/\(prefix)_used", part)
      list.gauge("master/\(prefix)_percent", all == 0 ? 0 : part / all)
    }
    for name in ["cpus", "gpus", "mem", "disk"] {
      add(name, name, total, used)
      add("\(name)_revocable", name, revocable, revocableUsed)
    }
    for name in ["cpus", "mem", "disk"] {
      let all = total.amount(name) + revocable.amount(name)
      let held = used.amount(name) + revocableUsed.amount(name) + offered.amount(name)
      list.gauge("allocator/mesos/resources/\(name)/total", all.value)
      list.gauge("allocator/mesos/resources/\(name)/offered_or_allocated", held.value)
    }
  }

  // MARK: Counters

  private func addCounters(to list: inout MetricList) {
    for counter in MasterCounter.allCases where counter != .allocationRuns {
      list.counter("master/\(counter.name)", counters[counter])
    }
    list.counter("allocator/mesos/allocation_runs", counters[.allocationRuns])
    list.counter("master/dropped_messages", metrics.droppedMessages)
    list.counter("master/valid_status_updates", metrics.validStatusUpdates)
    list.counter("master/invalid_status_updates", metrics.invalidStatusUpdates)
    list.counter(
      "master/valid_status_update_acknowledgements", metrics.validStatusUpdateAcknowledgements)
    list.counter(
      "master/invalid_status_update_acknowledgements", metrics.invalidStatusUpdateAcknowledgements)
    list.counter("master/valid_operation_status_updates", metrics.validOperationStatusUpdates)
    list.counter("master/invalid_operation_status_updates", metrics.invalidOperationStatusUpdates)
    list.counter(
      "master/valid_operation_status_update_acknowledgements",
      metrics.validOperationStatusUpdateAcknowledgements)
    list.counter(
      "master/invalid_operation_status_update_acknowledgements",
      metrics.invalidOperationStatusUpdateAcknowledgements)
    list.counter("master/messages_update_slave", metrics.messagesUpdateSlave)
    list.counter("master/slave_unreachable_completed", metrics.slaveUnreachableCompleted)
    list.counter("master/slave_unreachable_canceled", metrics.slaveUnreachableCanceled)
    list.counter("master/recovery_slave_removals", metrics.recoverySlaveRemovals)
    // What cannot happen here: nothing is authenticated by message, no driver deactivates.
    for name in [
      "messages_authenticate", "messages_deactivate_framework", "slave_shutdowns_scheduled",
      "slave_shutdowns_completed", "slave_shutdowns_canceled", "slave_removals/reason_registered",
    ] {
      list.counter("master/\(name)", 0)
    }
  }

  // MARK: Operations

  private func addOperations(to list: inout MetricList) {
    let records = operations.records
    list.gauge("master/operations/total", records.count)
    for state in OperationState.allCases where state != .unsupported && state != .unknown {
      let name = state.name.lowercased().dropFirst("operation_".count)
      list.gauge("master/operations/\(name)", records.count { $0.status.state == state })
    }
    for kind in Operation.measuredNames {
      let some = records.filter { $0.operation.name.lowercased() == kind }
      list.gauge("master/operations/\(kind)/total", some.count)
      for state in OperationState.allCases where state != .unsupported && state != .unknown {
        let name = state.name.lowercased().dropFirst("operation_".count)
        list.gauge("master/operations/\(kind)/\(name)", some.count { $0.status.state == state })
      }
    }
  }

  // MARK: The allocator

  private func addAllocator(to list: inout MetricList) {
    for measures in allocator.roleMeasures {
      let role = [Metric.Label("role", measures.role)]
      list.with("allocator/mesos/roles/\(measures.role)", family: "allocator/mesos/roles", role) {
        $0.gauge("/shares/dominant", measures.dominantShare)
      }
      list.with(
        "allocator/mesos/offer_filters/roles/\(measures.role)", family: "allocator/mesos/offer_filters", role
      ) {
        $0.gauge("/active", measures.filters)
      }
    }
    if quotas.isEmpty { return }
    let uses = roleUses()
    for entry in quotas { add(entry, uses[entry.role], to: &list) }
  }

  private func add(_ entry: RoleQuota, _ use: RoleUse, to list: inout MetricList) {
    var held = use.allocated
    held += use.offered
    var names: [String] = []
    for quantity in entry.quota.guarantees + entry.quota.limits where !names.contains(quantity.name) {
      names.append(quantity.name)
    }
    for name in names {
      list.with(
        "allocator/mesos/quota/roles/\(entry.role)/resources/\(name)/", family: "allocator/mesos/quota/",
        [Metric.Label("role", entry.role), Metric.Label("resource", name)]
      ) { list in
        for quantity in entry.quota.guarantees where quantity.name == name {
          list.gauge("guarantee", quantity.scalar.value)
        }
        for quantity in entry.quota.limits where quantity.name == name {
          list.gauge("limit", quantity.scalar.value)
        }
        list.gauge("offered_or_allocated", held.amount(name).value)
        list.gauge("consumed", use.consumed.amount(name).value)
      }
    }
  }

  // MARK: Frameworks

  private func addFrameworks(to list: inout MetricList) {
    frameworks.visit { key, framework in
      list.with(
        "master/frameworks/\(framework.info.name.percentEncoded)/\(framework.id.value)/",
        family: "master/frameworks/",
        [
          Metric.Label("framework_name", framework.info.name),
          Metric.Label("framework_id", framework.id.value),
        ]
      ) { add(framework, frameworkCounters[Int(key.index)], to: &$0) }
    }
  }

  /// The calls of all frameworks of a principal: what is received is processed, as nothing holds calls back.
  private func addPrincipals(to list: inout MetricList) {
    var calls: [String: UInt64] = [:]
    frameworks.visit { key, framework in
      guard let principal = framework.info.principal else { return }
      calls[principal, default: principalCalls[principal]] &+= frameworkCounters[Int(key.index)].calls
    }
    for (principal, count) in calls.sorted(by: { $0.key < $1.key }) {
      list.with("frameworks/\(principal)", family: "frameworks", [Metric.Label("principal", principal)]) {
        $0.counter("/messages_received", count)
        $0.counter("/messages_processed", count)
      }
    }
  }

  private func add(
    _ framework: FrameworkEntry, _ counters: Counters<FrameworkCounter>, to list: inout MetricList
  ) {
    list.gauge("subscribed", framework.session == nil ? 0 : 1)
    for counter in FrameworkCounter.allCases { list.counter(counter.name, counters[counter]) }
    var counts: [TaskState: Int] = [.unreachable: framework.unreachableTasks.count]
    for task in framework.taskOrder where tasks.contains(task) {
      counts[tasks[valid: task].state, default: 0] += 1
    }
    for state in Self.activeStates + [.unreachable, .unknown] {
      list.gauge("tasks/active/\(state.name.lowercased())", counts[state] ?? 0)
    }
    for role in framework.info.subscribedRoles {
      list.with("roles/\(role)", family: "roles", [Metric.Label("role", role)]) {
        $0.gauge("/suppressed", framework.suppressedRoles.contains(role) ? 1 : 0)
      }
    }
  }
}

extension TaskState {
  /// `tasks_running`.
  fileprivate var plural: String { "tasks_\(name.lowercased().dropFirst("task_".count))" }
}

extension Operation {
  /// The kinds of operations that are told apart.
  fileprivate static let measuredNames = [
    "reserve", "unreserve", "create", "destroy", "grow_volume", "shrink_volume",
  ]
}

extension String {
  /// In small letters, and as Mesos said it before it said agent.
  fileprivate var inOlderWords: String {
    lowercased().split(separator: "_").map { $0 == "agent" ? "slave" : $0 }.joined(separator: "_")
  }

  /// With all but letters, digits and `-._~` as `%20`.
  fileprivate var percentEncoded: String {
    var text = ""
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += digits.count < 2 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return text
  }
}
