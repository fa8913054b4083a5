// The master of a measured cluster, and what it costs its process.

import BenchmarkSupport
import Foundation
import MesetaHost
import MesetaMaster
import MesetaRuntime
import Synchronization

/// What is known of a master and of the process that it is in.
struct MasterFigures {
  /// The offers that were answered since the measuring began.
  var offers = 0
  var latency = Figure.percentiles(p50: 0, p99: 0)
  /// How long the measuring has lasted, and how much processor time the process used meanwhile.
  var seconds = 0.0
  var processorSeconds = 0.0
  /// What the process has in memory, and the most it ever had, in bytes.
  var residentBytes = 0
  var peakResidentBytes = 0
}

/// A master that is being measured, in whatever process.
protocol MasterGauge: Sendable {
  /// Begins to measure.
  func begin() throws
  /// What happened since, and how things stand.
  func read() throws -> MasterFigures
  /// Ends the master, as far as it does not end with this process.
  func end()
}

/// A master in this process.
final class MeasuredMaster: MasterGauge {
  private struct Beginning: Sendable {
    var time = Clock.now()
    var processor = Clock.processorSeconds()
    var offers = 0
  }

  /// To whom transports bring sessions.
  let handler: any SessionHandler
  let host: MasterHost
  private let meter: OfferMeter?
  private let beginning = Mutex(Beginning())
  /// Where what the master is told is written down, if it is.
  private let recording: Recording?

  /// - Parameter countsOffers: whether offers are counted and timed, which itself costs a little.
  init(on executor: any HostExecutor = WorkerPool.shared, countsOffers: Bool, records: Bool = false) throws {
    recording = try records ? Self.recording() : nil
    host = MasterHost(
      Self.configuration, seed: 1, executor: executor, recording: recording, logger: Load.logger)
    meter = countsOffers ? OfferMeter(host.handler) : nil
    handler = meter ?? host.handler
    host.start()
  }

  func begin() {
    let offers = meter?.take().answered ?? 0
    beginning.withLock { $0 = Beginning(offers: offers) }
  }

  func read() -> MasterFigures {
    let begun = beginning.withLock { $0 }
    var figures = MasterFigures()
    if let (answered, latency) = meter?.take() {
      figures.offers = answered - begun.offers
      figures.latency = latency.figure
    }
    figures.seconds = Double(Clock.now() - begun.time) / 1e9
    figures.processorSeconds = Clock.processorSeconds() - begun.processor
    figures.residentBytes = Memory.resident()
    figures.peakResidentBytes = Memory.peakResident()
    return figures
  }

  func end() {
    if let recording { try? FileManager.default.removeItem(atPath: recording.directory) }
  }

  private static func recording() throws -> Recording {
    let recording = Recording(directory: "\(NSTemporaryDirectory())/meseta-bench-\(getpid())")
    try recording.prepare()
    return recording
  }

  /// Mesos's defaults, but what was declined is offered again in the next batch.
  private static var configuration: MasterConfiguration {
    var configuration = MasterConfiguration()
    configuration.allocationInterval = .zero
    return configuration
  }
}
