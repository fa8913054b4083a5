// A framework that speaks the scheduler API over HTTP: a stream of events, and calls on other connections.

import BenchmarkSupport
import MesetaModel
import NIOCore
import NIOPosix
import Synchronization

/// What a framework of the benchmark does with its offers.
enum HTTPWork: Sendable {
  /// Declines all, and counts them.
  case decline(Counter)
  /// Launches tasks that end at once, as many as there is room for.
  case launch(TaskMeter)
}

/// One framework. All of it happens on one event loop.
final class HTTPFramework {
  /// As many calls may be under way: each connection has one at a time.
  private static let callConnections = 8

  private let port: Int
  private let loop: any EventLoop
  private let info: FrameworkInfo
  private let work: HTTPWork
  private let watch: Counter
  private var codec: SchedulerCodec
  private var id = ""
  private var streamID = ""
  private var calls: [[UInt8]] = []
  private var idle: [any Channel] = []
  private var launched = 0

  private init(
    _ form: SchedulerForm, _ info: FrameworkInfo, _ work: HTTPWork, port: Int, loop: any EventLoop,
    _ watch: Counter
  ) {
    codec = SchedulerCodec(form)
    self.info = info
    self.work = work
    self.port = port
    self.loop = loop
    self.watch = watch
  }

  /// Starts a framework on an event loop, where it stays.
  ///
  /// - Parameter watch: counts when it is subscribed.
  static func start(
    _ form: SchedulerForm, _ info: FrameworkInfo, _ work: HTTPWork, port: Int, on loop: any EventLoop,
    _ watch: Counter
  ) {
    loop.execute { HTTPFramework(form, info, work, port: port, loop: loop, watch).connect() }
  }

  private func connect() {
    connect(isStream: true) { framework, channel in
      framework.send(framework.codec.subscribe(framework.info), on: channel)
    }
    for _ in 0..<Self.callConnections {
      connect(isStream: false) { framework, channel in framework.answered(channel) }
    }
  }

  private func connect(
    isStream: Bool, _ connected: @escaping (HTTPFramework, any Channel) -> Void
  ) {
    let framework = NIOLoopBound(self, eventLoop: loop)
    ClientBootstrap(group: loop)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let answers = HTTPAnswers(for: framework.value)
          try channel.pipeline.syncOperations.addHandler(answers)
        }
      }
      .connect(host: "127.0.0.1", port: port).assumeIsolated().whenComplete { result in
        switch result {
        case .success(let channel): connected(framework.value, channel)
        case .failure(let error): complainAloud("cannot connect: \(error)")
        }
      }
  }

  // MARK: From the connections

  func begin(_ streamID: String) { self.streamID = streamID }

  func heard(_ record: [UInt8]) { heard(codec.event(record)) }

  func answered(_ channel: any Channel) {
    idle.append(channel)
    sendCalls()
  }

  // MARK: Events

  private func heard(_ event: HeardEvent) {
    switch event {
    case .subscribed(let id):
      self.id = id
      watch.increment()
      sendCalls()
    case .offers(let offers): use(offers)
    case .update(let task, let agent, let state, let uuid):
      if let uuid { calls.append(codec.acknowledge(task: task, agent: agent, uuid: uuid, of: id)) }
      if case .launch(let meter) = work, let number = Int(task), let state = TaskState(mesos: state) {
        meter.heard(state, of: number, nil)
      }
      sendCalls()
    case .other: break
    }
  }

  private func use(_ offers: [HeardOffer]) {
    let meter: TaskMeter
    switch work {
    case .decline(let counter):
      counter.add(offers.count)
      calls.append(codec.decline(offers, of: id))
      return sendCalls()
    case .launch(let tasks): meter = tasks
    }
    for offer in offers {
      let room = min(Int(offer.cpus * 10 + 0.001), meter.count - launched)
      if room <= 0 {
        calls.append(codec.decline([offer], of: id))
        continue
      }
      let tasks = launched..<launched + room
      launched += room
      meter.launched(tasks)
      calls.append(codec.launch(tasks, on: offer, of: id))
    }
    sendCalls()
  }

  // MARK: Calls

  private func sendCalls() {
    guard !streamID.isEmpty else { return }
    var sent = 0
    while sent < calls.count, let channel = idle.popLast() {
      send(calls[sent], on: channel)
      sent += 1
    }
    calls.removeFirst(sent)
  }

  private func send(_ body: [UInt8], on channel: any Channel) {
    let stream = streamID.isEmpty ? "" : "Mesos-Stream-Id: \(streamID)\r\n"
    let type = codec.form.mediaType
    var buffer = ByteBuffer(
      string:
        "POST /api/v1/scheduler HTTP/1.1\r\nHost: master\r\nContent-Type: \(type)\r\nAccept: \(type)\r\n"
        + "\(stream)Content-Length: \(body.count)\r\n\r\n")
    buffer.writeBytes(body)
    channel.writeAndFlush(buffer, promise: nil)
  }
}

/// Reads answers: those without a body, and one that is a stream of records in chunks.
final class HTTPAnswers: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let framework: HTTPFramework
  private var buffer = ByteBuffer()
  private var records = ByteBuffer()
  private var isStream = false

  init(for framework: HTTPFramework) { self.framework = framework }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var new = unwrapInboundIn(data)
    buffer.writeBuffer(&new)
    while isStream ? readChunk() : readHead(context) {}
    buffer.discardReadBytes()
  }

  private func readHead(_ context: ChannelHandlerContext) -> Bool {
    let view = buffer.readableBytesView
    guard let end = view.firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
    let head = String(decoding: view[..<end.lowerBound], as: UTF8.self)
    let fields = head.split(separator: "\r\n").dropFirst().map { $0.split(separator: ":", maxSplits: 1) }
    func field(_ name: String) -> String? {
      fields.first { $0[0].lowercased() == name }.map { String($0.last?.drop { $0 == " " } ?? "") }
    }
    if !head.hasPrefix("HTTP/1.1 20") { complainAloud("the master answered \(head)") }
    let length = field("content-length").flatMap { Int($0) } ?? 0
    let headLength = view.distance(from: view.startIndex, to: end.upperBound)
    if let stream = field("mesos-stream-id") {
      buffer.moveReaderIndex(forwardBy: headLength)
      isStream = true
      framework.begin(stream)
      return true
    }
    guard buffer.readableBytes >= headLength + length else { return false }
    buffer.moveReaderIndex(forwardBy: headLength + length)
    framework.answered(context.channel)
    return true
  }

  private func readChunk() -> Bool {
    let view = buffer.readableBytesView
    guard let end = view.firstIndex(of: UInt8(ascii: "\r")) else { return false }
    let size = Int(String(decoding: view[..<end], as: UTF8.self), radix: 16) ?? 0
    let start = view.distance(from: view.startIndex, to: end) + 2
    guard buffer.readableBytes >= start + size + 2 else { return false }
    buffer.moveReaderIndex(forwardBy: start)
    if var chunk = buffer.readSlice(length: size) { records.writeBuffer(&chunk) }
    buffer.moveReaderIndex(forwardBy: 2)
    while let record = readRecord() { framework.heard(record) }
    records.discardReadBytes()
    return size > 0
  }

  private func readRecord() -> [UInt8]? {
    let view = records.readableBytesView
    guard let end = view.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let length = Int(String(decoding: view[..<end], as: UTF8.self)) ?? 0
    let start = view.distance(from: view.startIndex, to: end) + 1
    guard records.readableBytes >= start + length else { return nil }
    records.moveReaderIndex(forwardBy: start)
    return records.readBytes(length: length)
  }
}

extension TaskState {
  fileprivate init?(mesos name: String) {
    guard let state = TaskState.allCases.first(where: { $0.name == name }) else { return nil }
    self = state
  }
}
