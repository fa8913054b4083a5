import MesetaAllocator
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaStorage

extension MasterService.Options {
  /// What the flags of `meseta master` are set to, in the order of their names: what operators of Mesos ask for.
  var flags: [FlagValue] {
    let allocator = configuration.allocator
    var flags = [
      FlagValue("agent_ping_timeout", configuration.agentPingTimeout.mesosText),
      FlagValue("agent_reregister_timeout", configuration.agentReregisterTimeout.mesosText),
      FlagValue("allocation_interval", configuration.allocationInterval.mesosText),
      FlagValue("filter_gpu_resources", "\(allocator.filterGPUResources)"),
      FlagValue("hostname", configuration.hostname),
      FlagValue("ip", host),
      FlagValue("max_agent_ping_timeouts", "\(configuration.maxAgentPingTimeouts)"),
      FlagValue("max_completed_frameworks", "\(configuration.maxCompletedFrameworks)"),
      FlagValue("max_completed_tasks_per_framework", "\(configuration.maxCompletedTasksPerFramework)"),
      FlagValue("max_demand_hold", allocator.maximumHold.mesosText),
      FlagValue("max_demand_timeout", configuration.maxDemandTimeout.mesosText),
      FlagValue("max_offers_per_framework", "\(allocator.maxOutstandingOffers)"),
      FlagValue("max_unreachable_tasks_per_framework", "\(configuration.maxUnreachableTasksPerFramework)"),
      FlagValue("native_port", "\(port)"),
      FlagValue("offer_timeout", configuration.offerTimeout?.mesosText ?? "none"),
      FlagValue("port", "\(configuration.port)"),
    ]
    if configuration.agentRemovalInterval > .zero {
      flags.append(FlagValue("agent_removal_rate_limit", "1/\(configuration.agentRemovalInterval.mesosText)"))
    }
    flags += [
      FlagValue("registry_gc_interval", configuration.registryPruningInterval.mesosText),
      FlagValue("registry_max_agent_age", configuration.registryMaxAgentAge.mesosText),
      FlagValue("registry_max_agent_count", "\(configuration.registryMaxAgentCount)"),
    ]
    if let directory = workDirectory { flags.append(FlagValue("work_dir", directory)) }
    if let roles = configuration.roles { flags.append(FlagValue("roles", roles.joined(separator: ","))) }
    if !configuration.weights.isEmpty {
      let weights = configuration.weights.map { "\($0.role)=\($0.weight)" }
      flags.append(FlagValue("weights", weights.joined(separator: ",")))
    }
    if let zooKeeper {
      flags.append(FlagValue("zk", "\(zooKeeper)"))
      flags.append(FlagValue("zk_session_timeout", zooKeeperSessionTimeout.mesosText))
    }
    return flags
  }
}
