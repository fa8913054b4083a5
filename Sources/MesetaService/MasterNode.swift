// What of a master goes on while others lead, and one term of its leadership.

import Logging
import MesetaHTTP
import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaNet
import MesetaProtocol
import MesetaRuntime
import MesetaStorage
import NIOCore
import ServiceLifecycle

/// A process that listens where masters are looked for.
struct MasterNode {
  let options: MasterService.Options
  /// With the ports that it got.
  let configuration: MasterConfiguration
  let http: HTTPServer?
  let server: NativeServer
  let door: FrontDoor
  let loop: any EventLoop
  /// Who leads, as ZooKeeper says: this one or another. Nil while nobody does, and without ZooKeeper.
  let leader: @Sendable () -> Leader?
  let logger: Logger

  /// Runs a master on what the registry holds, until a graceful shutdown is asked for, the registry cannot be written any
  /// more, or the leadership is over.
  ///
  /// - Throws: ``RegistryFailure`` if the registry cannot be taken over, or not be written any more.
  func serve(_ registry: any RegistryStore, seed: UInt64, leadership: LeaderContender? = nil) async throws {
    let start = HostClock.now().monotonic
    let recovered = try await registry.recover()
    let fetchTime = HostClock.now().monotonic - start
    let lease = leadership?.lease
    let master = MasterHost(
      configuration, seed: seed, registry: registry, recovered: recovered, fetchTime: fetchTime,
      executor: EventLoopExecutor(loop), recording: options.recording,
      mayAct: lease.map { lease in { @Sendable in lease.isHeld } }, logger: logger)
    master.start()
    door.open(to: master.handler)
    if let http {
      let address = HostPort(host: configuration.hostname, port: http.address.port)
      http.serve(
        MasterHTTP(master, at: address, flags: flags, verbosity: options.verbosity, logger: logger).routes)
    }
    let end = OneTimeEvent()
    let failure = Task {
      defer { end.signal() }
      return await master.untilFailure()
    }
    if let leadership {
      Task {
        _ = await leadership.untilOver()
        end.signal()
      }
    }
    await withTaskCancellationOrGracefulShutdownHandler {
      await end.wait()
    } onCancelOrGracefulShutdown: {
      end.signal()
    }
    door.close()
    standBy()
    await master.stop()
    if let failure = await failure.value { throw failure }
  }

  /// Tells who asks by HTTP where the leading master is.
  func standBy() {
    http?.serve(
      StandbyHTTP(flags: flags, verbosity: options.verbosity) { [leader, candidate = door.address] in
        // A master that has just lost the lead, or is about to take it, must not send anybody to itself.
        leader().flatMap { $0.nativeAddress == candidate ? nil : $0.hostAddress }
      }.routes)
  }

  private var flags: [FlagValue] {
    var options = options
    options.configuration = configuration
    options.port = server.address.port
    return options.flags
  }
}
