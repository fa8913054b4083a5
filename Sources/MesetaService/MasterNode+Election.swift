// Terms of leadership, one after the other.

import Logging
import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaNet
import MesetaStorage
import ServiceLifecycle

extension MasterNode {
  /// Stands for election again and again, and runs a fresh master whenever it is elected.
  ///
  /// - Throws: ``RegistryFailure`` if what the registry holds cannot be read.
  func lead(at address: ZooKeeperAddress) async throws {
    standBy()
    while !Task.isToEnd {
      let seed = UInt64.random(in: .min ... .max)
      // As the master with this seed calls itself.
      let info = Master(configuration: configuration, seed: seed, at: HostClock.now()).info
      let native = HostPort(host: configuration.ip, port: server.address.port)
      let contender = LeaderContender(
        address, record: try Leader(info, nativeAddress: native).json(),
        sessionTimeout: options.zooKeeperSessionTimeout, logger: logger)
      // What the last leader left is read anew.
      let registry = ZooKeeperRegistryStore(address, sessionTimeout: options.zooKeeperSessionTimeout)
      let wasElected: Bool
      do {
        wasElected = try await serveOneTerm(contender, registry, seed: seed)
      } catch {
        await registry.close()
        throw error
      }
      await registry.close()
      if !wasElected, !Task.isToEnd { try? await Task.sleep(nanoseconds: 1_000_000_000) }
    }
  }

  /// Whether there was a term.
  private func serveOneTerm(
    _ contender: LeaderContender, _ registry: any RegistryStore, seed: UInt64
  ) async throws -> Bool {
    contender.start()
    let isElected = await withTaskCancellationOrGracefulShutdownHandler {
      await contender.untilElected()
    } onCancelOrGracefulShutdown: {
      contender.end("the master ends")
    }
    var failure: RegistryFailure?
    if isElected {
      logger.notice("the master leads")
      do {
        try await serve(registry, seed: seed, leadership: contender)
      } catch let error as RegistryFailure {
        failure = error
        logger.error("the registry cannot be taken over: \(error)")
      }
    }
    let isOver = contender.standing
    await contender.withdraw()
    if case .over(let reason) = isOver, !Task.isToEnd {
      logger.warning("the master does not lead\(isElected ? " any more" : ""): \(reason)")
    }
    if let failure, failure.reason == .unreadable { throw failure }
    return isElected && failure == nil
  }
}

extension Task where Success == Never, Failure == Never {
  /// Whether a graceful shutdown is asked for, or the group of the service gives up because another has failed.
  fileprivate static var isToEnd: Bool { isShuttingDownGracefully || isCancelled }
}
