// Large documents for many readers: what they cost is bounded.

import HTTPTypes
import HummingbirdCore
import Logging
import MesetaHost
import MesetaRuntime
import MesetaWire
import NIOCore
import NIOPosix
import Synchronization

/// Writes documents about a machine from copies of it.
///
/// Who asks for the same document before the copy is taken gets the same pieces. One document is written at a time, and after one
/// the next of its kind waits so long that writing them takes a small part of one processor. What slow readers keep in memory is bounded in bytes:
/// with more the oldest document is given up.
final class Reports<Machine: Sendable>: Sendable {
  /// What tells one document from another.
  struct Name: Hashable, Sendable {
    /// The endpoint, a question mark, and the parameters.
    var document: String
    /// Who asks, if they may see different things.
    var principal: String?
    var isCompressed = false

    /// Without the parameters: there are a handful.
    fileprivate var kind: String { String(document.prefix { $0 != "?" }) }
  }

  fileprivate struct Order: Sendable {
    var name: Name
    var report: Report
    var write: @Sendable (Machine, @escaping ([UInt8]) -> Void) throws -> Void
  }

  private struct WeakReport: Sendable {
    weak var report: Report?
  }

  private struct State: Sendable {
    /// Those of which no copy has been taken. Look-up only; the orders are what is iterated.
    var pending: [Name: Report] = [:]
    var orders: [Order] = []
    var isWriting = false
    /// Those that somebody may still read, the oldest first.
    var kept: [WeakReport] = []
    var readers = 0
    /// How many have got what was written for another.
    var shared: UInt64 = 0
    /// Until when what was written so far of a kind of documents counts. Look-up only.
    var paidUntil: [String: Instant] = [:]
  }

  private let state = Mutex(State())
  private let copy: @Sendable () async -> Machine
  private let options: HTTPOptions
  private let logger: Logger

  /// - Parameter copy: Takes a copy of the machine.
  init(options: HTTPOptions, logger: Logger, copy: @escaping @Sendable () async -> Machine) {
    self.options = options
    self.logger = logger
    self.copy = copy
  }

  /// How many requests were answered with what was written for another.
  var sharedCount: UInt64 { state.withLock { $0.shared } }

  // MARK: Asking

  /// Holds a reader's place.
  private final class Place: Sendable {
    private let reports: Reports

    init(_ reports: Reports) { self.reports = reports }

    deinit { reports.state.withLock { $0.readers -= 1 } }
  }

  /// The answer to a request for a document.
  ///
  /// - Parameter jsonp: the function that the document is to be the argument of.
  func response(
    _ document: String, _ exchange: HTTPExchange, type: String = "application/json", jsonp: String? = nil,
    write: @escaping @Sendable (Machine, @escaping ([UInt8]) -> Void) throws -> Void
  ) async throws -> Response {
    var headers: HTTPFields = [.contentType: jsonp == nil ? type : "text/javascript"]
    let name = Name(
      document: document, principal: exchange.principal?.name,
      isCompressed: jsonp == nil && exchange.request.headers.acceptGzip)
    let (report, place) = try order(name, write)
    let whole = try await report.whole()
    if report.isCompressed { headers[.contentEncoding] = "gzip" }
    if let jsonp {
      return Response(
        status: .ok, headers: headers,
        body: body(of: report, exchange, place, before: "\(jsonp)(", after: ")"))
    }
    if let whole { return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: whole)) }
    return Response(status: .ok, headers: headers, body: body(of: report, exchange, place))
  }

  private func order(
    _ name: Name, _ write: @escaping @Sendable (Machine, @escaping ([UInt8]) -> Void) throws -> Void
  ) throws(HTTPRefusal) -> (Report, Place) {
    let (report, starts) = state.withLock { state -> (Report?, Bool) in
      guard state.readers < options.maximumReaders else { return (nil, false) }
      state.readers += 1
      if let report = state.pending[name] {
        state.shared += 1
        return (report, false)
      }
      let report = Report()
      state.pending[name] = report
      state.orders.append(Order(name: name, report: report, write: write))
      defer { state.isWriting = true }
      return (report, !state.isWriting)
    }
    guard let report else {
      throw HTTPRefusal(
        .serviceUnavailable, "\(options.maximumReaders) others are reading already: ask again later",
        headers: [.retryAfter: "1"])
    }
    if starts { Task { await self.writeAll() } }
    return (report, Place(self))
  }

  /// Writes the pieces to a client, as fast as it takes them.
  private func body(
    of report: Report, _ exchange: HTTPExchange, _ place: Place, before: String = "", after: String = ""
  ) -> ResponseBody {
    let timeout = TimeAmount.nanoseconds(options.readTimeout.nanoseconds)
    let channel = exchange.channel
    return ResponseBody { writer in
      defer { withExtendedLifetime(place) {} }
      if !before.isEmpty { try await writer.write(ByteBuffer(string: before)) }
      var index = 0
      while let piece = try await report.piece(index) {
        let timer = channel.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
        defer { timer.cancel() }
        try await writer.write(piece)
        // Whether the channel takes more is known once its loop has had the piece: who is faster than that would have it keep all.
        try await channel.eventLoop.submit {}.get()
        index += 1
      }
      if !after.isEmpty { try await writer.write(ByteBuffer(string: after)) }
      try await writer.finish(nil)
    }
  }

  // MARK: Writing

  /// Writes what is due, until nothing is.
  private func writeAll() async {
    while let orders = takeDue() {
      var machine: Machine? = await copy()
      for order in orders {
        guard let copy = machine else { break }
        if order.report === orders.last?.report { machine = nil }
        await write(order, copy)
      }
    }
  }

  /// What may be written now; nil if nothing may. Then who orders something begins to write again, or the time does.
  private func takeDue() -> [Order]? {
    let now = HostClock.now().monotonic
    let (due, wait) = state.withLock { state -> ([Order], Span?) in
      let waits = state.orders.map { order -> Span in
        let debt = (state.paidUntil[order.name.kind] ?? .zero) - now
        return Span(nanoseconds: debt.nanoseconds - options.readBurst.nanoseconds)
      }
      let due = zip(state.orders, waits).filter { $1 <= .zero }.map(\.0)
      for order in due { state.pending[order.name] = nil }
      state.orders.removeAll { order in due.contains { $0.report === order.report } }
      if due.isEmpty { state.isWriting = false }
      return (due, waits.min())
    }
    if !due.isEmpty { return due }
    if let wait { begin(after: wait) }
    return nil
  }

  /// Writes what is due then, unless somebody does already.
  private func begin(after wait: Span) {
    Task { [weak self] in
      try? await Task.sleep(nanoseconds: UInt64(wait.nanoseconds))
      guard let self else { return }
      let starts = state.withLock { state in
        if state.isWriting || state.orders.isEmpty { return false }
        state.isWriting = true
        return true
      }
      if starts { await writeAll() }
    }
  }

  private func write(_ order: Order, _ machine: Machine) async {
    keep(order.report)
    let start = HostClock.now().monotonic
    do {
      try await NIOThreadPool.singleton.runIfActive { try order.run(machine) }
    } catch let refusal as HTTPRefusal {
      order.report.fail(refusal)
    } catch {
      logger.error("a document cannot be written: \(error)")
      order.report.fail(HTTPRefusal(.internalServerError, "\(error)"))
    }
    let end = HostClock.now().monotonic
    state.withLock { state in
      state.paidUntil[order.name.kind] =
        max(state.paidUntil[order.name.kind] ?? .zero, start) + (end - start) * options.readCostFactor
    }
    limitMemory()
  }

  private func keep(_ report: Report) {
    state.withLock { state in
      state.kept.removeAll { $0.report == nil }
      state.kept.append(WeakReport(report: report))
    }
  }

  /// Gives the oldest documents up while all together take too much memory, but for the newest.
  private func limitMemory() {
    var kept = state.withLock { $0.kept.compactMap(\.report) }
    var bytes = kept.reduce(0) { $0 + $1.bytes }
    while bytes > options.maximumReportBytes, kept.count > 1 {
      let oldest = kept.removeFirst()
      bytes -= oldest.bytes
      logger.warning(
        "gave up a document that is read too slowly: all together have more than \(options.maximumReportBytes) bytes"
      )
      oldest.fail(
        HTTPRefusal(.serviceUnavailable, "The document was given up, because it was read too slowly"))
    }
  }
}

extension Reports.Order {
  /// Bodies that are shorter are not compressed, as in Mesos.
  private static var minimumCompressedBytes: Int { 1024 }

  fileprivate func run(_ machine: Machine) throws {
    if name.isCompressed {
      try runCompressed(machine)
    } else {
      try write(machine) { report.add($0) }
    }
    report.complete()
  }

  private func runCompressed(_ machine: Machine) throws {
    let compressor = Compressor(report)
    // The first piece waits for the second: it may be all there is.
    var first: [UInt8]?
    try write(machine) { piece in
      if let waiting = first.take() {
        compressor.compress(waiting)
        compressor.compress(piece)
      } else if compressor.hasBegun {
        compressor.compress(piece)
      } else {
        first = piece
      }
    }
    if let first, first.count < Self.minimumCompressedBytes { return report.add(first) }
    if let first { compressor.compress(first) }
    compressor.finish()
  }
}

/// Adds what it is given to a report, compressed.
private final class Compressor {
  private let report: Report
  private var stream = GzipStream()
  private(set) var hasBegun = false

  init(_ report: Report) { self.report = report }

  func compress(_ piece: [UInt8]) {
    if !hasBegun { report.markCompressed() }
    hasBegun = true
    report.add(stream.compress(piece))
  }

  func finish() { report.add(stream.finish()) }
}

extension HTTPFields {
  /// Whether an answer may be compressed with gzip.
  var acceptGzip: Bool {
    self[.acceptEncoding]?.split(separator: ",").contains { range in
      let coding = MediaRange(range)
      return coding.type == "gzip" && coding.isWanted
    } ?? false
  }
}
