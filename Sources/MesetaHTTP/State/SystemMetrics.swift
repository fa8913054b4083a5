import Glibc
import MesetaMaster

extension MetricList {
  /// What is measured of the machine.
  mutating func addSystem() {
    gauge("system/cpus_total", sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    var loads = [0.0, 0.0, 0.0]
    if getloadavg(&loads, 3) == 3 {
      gauge("system/load_1min", loads[0])
      gauge("system/load_5min", loads[1])
      gauge("system/load_15min", loads[2])
    }
    let page = sysconf(Int32(_SC_PAGESIZE))
    gauge("system/mem_total_bytes", sysconf(Int32(_SC_PHYS_PAGES)) * page)
    gauge("system/mem_free_bytes", sysconf(Int32(_SC_AVPHYS_PAGES)) * page)
  }
}
