import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension AgentService.Options {
  /// What the flags of `meseta agent` are set to, in the order of their names: what operators of Mesos ask for.
  func flags(_ configuration: AgentConfiguration, port: Int, runtimeDirectory: String) -> [FlagValue] {
    var flags = [
      FlagValue("disk_watch_interval", configuration.diskWatchInterval?.mesosText ?? "never"),
      FlagValue(
        "executor_registration_timeout", configuration.executorRegistrationTimeout.mesosText),
      FlagValue("executor_reregistration_timeout", configuration.executorReregistrationTimeout.mesosText),
      FlagValue("executor_shutdown_grace_period", configuration.executorShutdownGracePeriod.mesosText),
      FlagValue("gc_delay", configuration.gcDelay.mesosText),
      FlagValue("gc_disk_headroom", "\(configuration.gcDiskHeadroom)"),
      FlagValue("hostname", configuration.info.hostname),
      FlagValue("ip", host),
      FlagValue("master", master.description),
      FlagValue(
        "max_completed_executors_per_framework", "\(configuration.maxCompletedExecutorsPerFramework)"),
      FlagValue("native_port", "\(port)"),
      FlagValue(
        "oversubscribed_resources_interval", configuration.oversubscribedResourcesInterval.mesosText),
      FlagValue("port", "\(configuration.info.port)"),
      FlagValue("qos_correction_interval_min", configuration.qosCorrectionInterval.mesosText),
      FlagValue("reconfiguration_policy", reconfigurationPolicy.rawValue),
      FlagValue("recover", configuration.recoveryMode.rawValue),
      FlagValue("recovery_timeout", configuration.recoveryTimeout.mesosText),
      FlagValue("registration_backoff_factor", configuration.registrationBackoffFactor.mesosText),
      FlagValue("resources", "\(configuration.info.resources)"),
      FlagValue("runtime_dir", runtimeDirectory),
      FlagValue("strict", "\(isStrict)"),
      FlagValue("switch_user", "\(configuration.switchUser)"),
      FlagValue("work_dir", workDirectory),
    ]
    if let domain { flags.insert(FlagValue("domain", "\(domain.region)/\(domain.zone)"), at: 0) }
    return flags
  }
}
