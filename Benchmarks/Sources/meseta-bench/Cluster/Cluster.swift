// A measured cluster: a master, and the load on it.

import Glibc
import MesetaHost
import MesetaModel
import MesetaNet
import NIOPosix

struct Cluster {
  let master: any MasterGauge
  let load: Load

  /// Starts a master; agents and frameworks are up to the caller.
  static func start(_ transport: TransportKind, countsOffers: Bool, records: Bool = false) throws -> Cluster {
    switch transport {
    case .inProcess:
      let master = try MeasuredMaster(countsOffers: countsOffers, records: records)
      let network = InProcessNetwork()
      network.listen("master", master.handler)
      return Cluster(
        master: master, load: Load([Load.Place(network.connector(to: "master"), on: WorkerPool.shared)]))
    case .tcp:
      Descriptors.raiseLimit()
      let master = try RemoteMaster(countsOffers: countsOffers, records: records)
      return Cluster(master: master, load: Load(places(port: master.port)))
    }
  }

  /// One for each thread: the master has a processor, what is left is the load's.
  private static func places(port: Int) -> [Load.Place] {
    let threads = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) - 1)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    return (0..<threads).map { _ in
      let loop = group.next()
      let connector = NativeConnector(
        [HostPort(host: "127.0.0.1", port: port)], on: loop, options: NativeOptions(nodeName: "load"),
        logger: Load.logger)
      return Load.Place(connector, on: EventLoopExecutor(loop))
    }
  }

  /// Ends the cluster, or leaves it to the end of the process.
  func end() {
    load.end()
    master.end()
  }
}

/// The files and sockets that a process may have.
enum Descriptors {
  /// Allows as many as the system lets us: each session over TCP is one at both ends.
  static func raiseLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
