// What is measured of the machine that the program runs on.

import Glibc
import HummingbirdCore
import MesetaMaster
import MesetaWire

/// How much the machine has, and how busy it is.
private struct SystemLoad {
  let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
  let totalMemory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
  let freeMemory = sysconf(Int32(_SC_AVPHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
  /// Over one, five and fifteen minutes; none if that cannot be told.
  let loads: [(period: String, average: Double)]

  init() {
    var averages = [0.0, 0.0, 0.0]
    let isKnown = getloadavg(&averages, 3) == 3
    loads = isKnown ? Array(zip(["1min", "5min", "15min"], averages)) : []
  }
}

extension MetricList {
  mutating func addSystem() {
    let system = SystemLoad()
    gauge("system/cpus_total", system.processors)
    for load in system.loads { gauge("system/load_\(load.period)", load.average) }
    gauge("system/mem_total_bytes", system.totalMemory)
    gauge("system/mem_free_bytes", system.freeMemory)
  }
}

extension HTTPEndpoint {
  /// `/system/stats.json`
  static let systemStatistics = HTTPEndpoint { exchange in
    let system = SystemLoad()
    return try .json(for: exchange) { json throws(WireError) in
      try json.object { json in
        for load in system.loads {
          json.name("avg_load_\(load.period)")
          json.value(load.average)
        }
        json.field("cpus_total", system.processors)
        json.field("mem_free_bytes", system.freeMemory)
        json.field("mem_total_bytes", system.totalMemory)
      }
    }
  }
}
