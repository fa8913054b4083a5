// What agents oversubscribe, in a script.

import MesetaAgent
import MesetaModel
import MesetaSimulation

extension Stage {
  /// `estimator="fixed cpus:2"` or `estimator="load 0.2"`, and `controller="load 6 4"` or `controller=usage`.
  static func oversubscription(
    _ arguments: inout Arguments
  ) throws -> (inout AgentConfiguration) -> Void {
    var estimator: (any ResourceEstimator)?
    var controller: (any QoSController)?
    if let words = arguments.value("estimator")?.split(separator: " ").map(String.init) {
      switch words.first {
      case "fixed": estimator = FixedResourceEstimator(try Resources(parsing: words.last ?? ""))
      case "load": estimator = LoadResourceEstimator(margin: try scalar(words.last))
      default: throw ScriptError("there is no estimator \(words)")
      }
    }
    if let words = arguments.value("controller")?.split(separator: " ").map(String.init) {
      switch words.first {
      case "load" where words.count == 3:
        controller = LoadQoSController(
          fiveMinutes: try scalar(words[1]), fifteenMinutes: try scalar(words[2]))
      case "usage": controller = UsageQoSController()
      default: throw ScriptError("there is no controller \(words)")
      }
    }
    return { [estimator, controller] configuration in
      configuration.resourceEstimator = estimator
      configuration.qosController = controller
    }
  }

  /// `load agent1 1 5 4`: the averages of one, five and fifteen minutes.
  mutating func setLoad(_ arguments: inout Arguments) throws {
    let node = try peer(try arguments.next("the agent"))
    let load = LoadAverages(
      oneMinute: try Self.scalar(arguments.next("the load of a minute")),
      fiveMinutes: try Self.scalar(arguments.next("the load of five minutes")),
      fifteenMinutes: try Self.scalar(arguments.next("the load of fifteen minutes")))
    withWorld { $0.setLoad(load, of: node) }
  }

  private static func scalar(_ text: String?) throws -> Scalar {
    guard let scalar = text.flatMap(Double.init).flatMap(Scalar.init(checking:)) else {
      throw ScriptError("\(text ?? "nothing") is no amount")
    }
    return scalar
  }
}
