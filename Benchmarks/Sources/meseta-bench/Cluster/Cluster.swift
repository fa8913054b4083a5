// The master of a measured cluster.

import MesetaMaster
import MesetaRuntime

enum Cluster {
  /// Mesos's defaults, but what was declined is offered again in the next batch.
  static var masterConfiguration: MasterConfiguration {
    var configuration = MasterConfiguration()
    configuration.allocationInterval = .zero
    return configuration
  }
}
