// What an HTTP server allows its clients.

public import HTTPTypes
public import MesetaRuntime

/// Bounds and times of an HTTP server.
public struct HTTPOptions: Sendable {
  /// The longest body of a request; a longer one is answered 413.
  public var maximumBodyBytes = 16 << 20
  /// The longest a request's header lines may be together; longer ones are answered 400.
  public var maximumHeaderBytes = 64 << 10
  /// How many connections are kept; more wait in the system's queue until others end.
  public var maximumConnections = 50_000
  /// How long a client may take to send the body of a request; then it is answered 408.
  public var bodyTimeout: Span = .seconds(30)
  /// How long a connection may stay without a request, or in the middle of its header lines.
  public var idleTimeout: Span = .minutes(5)
  /// How long a client's system may leave what was sent to it unacknowledged; then the connection is taken to be dead.
  public var deadPeerTimeout: Span = .seconds(60)
  /// How many bytes of events may wait for a client that reads too slowly, besides what its channel has taken. With more its
  /// stream ends.
  public var maximumOutgoingBytes = 64 << 20
  /// How often executors are sent an event when nothing else is to be said, for connections that somebody watches.
  public var executorHeartbeatInterval: Span = .minutes(30)
  /// How many may read large documents, such as `/state`, at the same time; others are answered 503.
  public var maximumReaders = 1000
  /// How long such a reader may take for one piece of some 64 KiB; then its connection is closed.
  public var readTimeout: Span = .seconds(60)
  /// How many bytes of such documents are kept for readers. With more, the oldest is given up.
  public var maximumReportBytes = 256 << 20
  /// After a document has been written, the next of its kind waits for so many times as long as that took: what readers may cost of
  /// one processor.
  public var readCostFactor = 10
  /// So much of such waiting is let off, so that small documents and single readers wait for nothing.
  public var readBurst: Span = .seconds(1)
  /// How long a server that ends waits for its clients to take what was sent.
  public var lingerTimeout: Span = .seconds(2)
  /// Who a client is by the header of its request. Nobody has proven anything unless this is given.
  public var authenticate: @Sendable (HTTPFields) -> Principal? = { _ in nil }

  /// The defaults.
  public init() {}
}
