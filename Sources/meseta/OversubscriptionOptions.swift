// What an agent gives away besides what it has, and who takes it back.

import ArgumentParser
import MesetaAgent
import MesetaModel
import MesetaRuntime

/// Mesos loads estimators and controllers as modules; here they go by name, and by the names of those modules too. The
/// parameters of the modules are flags.
struct OversubscriptionOptions: ParsableArguments {
  @Option(
    name: .mesos("resource_estimator"),
    help: """
      What frameworks that can do without at any time are offered besides the agent's resources: "fixed", always \
      --oversubscribed_resources; "load", processors that are allocated and not used; "noop", nothing. (default: noop)
      """)
  var resourceEstimator: String?
  @Option(
    name: .mesos("oversubscribed_resources"), help: "What the fixed estimator gives away, such as \"cpus:4\"."
  )
  var oversubscribedResources: String?
  @Option(
    name: .mesos("oversubscription_margin"),
    help: "The part of each allocation that the load estimator leaves alone, 0 to 1. (default: 0.1)")
  var margin: String?
  @Option(
    name: .mesos("oversubscribed_resources_interval"),
    help: "How long it is from one estimate to the next. (default: 15secs)")
  var interval: String?
  @Option(
    name: .mesos("qos_controller"),
    help: """
      Who ends tasks on oversubscribed resources: "load" all of them, while the machine's load is above a threshold; \
      "usage" some of them, when those use the processors who own them; "noop", nobody. (default: noop)
      """)
  var qosController: String?
  @Option(
    name: .mesos("load_threshold_5min"), help: "The load over 5 minutes above which the load controller acts."
  )
  var fiveMinutes: String?
  @Option(
    name: .mesos("load_threshold_15min"),
    help: "The load over 15 minutes above which the load controller acts.")
  var fifteenMinutes: String?
  @Option(
    name: .mesos("qos_correction_interval_min"),
    help: "How long it is from one look of the controller to the next; 0secs is a second. (default: 0secs)")
  var correctionInterval: String?

  /// What the flags change of a configuration.
  func change(_ settings: Settings) throws -> @Sendable (inout AgentConfiguration) -> Void {
    let estimator = try estimator(settings)
    let controller = try controller(settings)
    let interval = try settings.span(interval, "oversubscribed_resources_interval")
    let pause = try settings.span(correctionInterval, "qos_correction_interval_min")
    return { configuration in
      configuration.resourceEstimator = estimator
      configuration.qosController = controller
      if let interval { configuration.oversubscribedResourcesInterval = interval }
      if let pause { configuration.qosCorrectionInterval = pause }
    }
  }

  private func estimator(_ settings: Settings) throws -> (any ResourceEstimator)? {
    let resources = try settings.resources(oversubscribedResources, "oversubscribed_resources")
    let margin = try scalar(settings, margin, "oversubscription_margin", upTo: Scalar(1))
    return try settings.value(resourceEstimator, "resource_estimator") { name -> (any ResourceEstimator)? in
      switch name {
      case "fixed", "org_apache_mesos_FixedResourceEstimator":
        guard let resources else {
          throw BadValue("\(name) needs --oversubscribed_resources, such as cpus:4")
        }
        return FixedResourceEstimator(resources)
      case "load": return margin.map { LoadResourceEstimator(margin: $0) } ?? LoadResourceEstimator()
      case "noop": return nil
      default: throw BadValue("\"\(name)\" is no resource estimator: there are fixed, load and noop")
      }
    } ?? nil
  }

  private func controller(_ settings: Settings) throws -> (any QoSController)? {
    let most = Scalar(1_000_000)
    let fiveMinutes = try scalar(settings, fiveMinutes, "load_threshold_5min", upTo: most)
    let fifteenMinutes = try scalar(settings, fifteenMinutes, "load_threshold_15min", upTo: most)
    return try settings.value(qosController, "qos_controller") { name -> (any QoSController)? in
      switch name {
      case "load", "org_apache_mesos_LoadQoSController":
        guard fiveMinutes != nil || fifteenMinutes != nil else {
          throw BadValue("\(name) needs --load_threshold_5min or --load_threshold_15min")
        }
        return LoadQoSController(fiveMinutes: fiveMinutes, fifteenMinutes: fifteenMinutes)
      case "usage": return UsageQoSController()
      case "noop": return nil
      default: throw BadValue("\"\(name)\" is no QoS controller: there are load, usage and noop")
      }
    } ?? nil
  }

  private func scalar(_ settings: Settings, _ flag: String?, _ name: String, upTo most: Scalar) throws
    -> Scalar?
  {
    try settings.value(flag, name) { text in
      guard let number = Double(text).flatMap(Scalar.init(checking:)), number <= most else {
        throw BadValue("\"\(text)\" is not a number from 0 to \(most)")
      }
      return number
    }
  }
}
