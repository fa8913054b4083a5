// How much is logged, for operators to change while a program runs.

public import Logging
import MesetaRuntime
import NIOCore
import NIOPosix
import Synchronization

/// Has loggers say more than their level for a while.
public final class LogVerbosity: Sendable {
  private struct State: Sendable {
    var level = 0
    /// Which setting it is, so that the end of one does not end another.
    var number: UInt64 = 0
  }

  private let state = Mutex(State())

  /// As the loggers' levels say.
  public init() {}

  /// How much more is logged; 0 is as at the start, 1 what is for debugging, 2 and more all there is.
  public var level: Int { state.withLock { $0.level } }

  /// Changes the level until a time is over.
  func set(_ level: Int, for duration: Span) {
    let number = state.withLock { state in
      state.level = level
      state.number += 1
      return state.number
    }
    guard level > 0 else { return }
    _ = MultiThreadedEventLoopGroup.singleton.next().scheduleTask(
      in: .nanoseconds(max(0, duration.nanoseconds))
    ) { [self] in
      state.withLock { state in
        if state.number == number { state.level = 0 }
      }
    }
  }

  /// A handler that logs by this level, too.
  public func handler(_ handler: any LogHandler) -> any LogHandler {
    VerboseLogHandler(verbosity: self, handler: handler)
  }
}

private struct VerboseLogHandler: LogHandler {
  let verbosity: LogVerbosity
  var handler: any LogHandler

  var logLevel: Logger.Level {
    get {
      switch verbosity.level {
      case ...0: handler.logLevel
      case 1: min(handler.logLevel, .debug)
      default: .trace
      }
    }
    set { handler.logLevel = newValue }
  }

  var metadata: Logger.Metadata {
    get { handler.metadata }
    set { handler.metadata = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { handler[metadataKey: key] }
    set { handler[metadataKey: key] = newValue }
  }

  func log(event: LogEvent) { handler.log(event: event) }
}
