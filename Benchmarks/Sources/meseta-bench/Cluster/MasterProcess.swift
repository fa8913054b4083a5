// A measured master in a process of its own, which listens on TCP and is asked for its figures over a pipe.

import ArgumentParser
import Glibc
import MesetaHTTP
import MesetaModel
import MesetaNet
import NIOPosix
import Synchronization

/// What is said over the pipe: a word a line to the master, a line of numbers back.
private enum Question: String {
  case begin, read
}

extension MasterFigures {
  fileprivate var line: String {
    guard case .percentiles(let p50, let p99) = latency else { return "" }
    let numbers: [Double] = [
      Double(offers), p50, p99, seconds, processorSeconds, Double(residentBytes), Double(peakResidentBytes),
    ]
    return numbers.map { "\($0)" }.joined(separator: " ")
  }

  fileprivate init?(line: String) {
    let numbers = line.split(separator: " ").compactMap { Double($0) }
    guard numbers.count == 7 else { return nil }
    offers = Int(numbers[0])
    latency = .percentiles(p50: numbers[1], p99: numbers[2])
    seconds = numbers[3]
    processorSeconds = numbers[4]
    residentBytes = Int(numbers[5])
    peakResidentBytes = Int(numbers[6])
  }
}

/// The other process.
struct MasterProcess: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "master-process", shouldDisplay: false)

  @Flag var countOffers = false
  @Flag var record = false

  /// Like `meseta master`: one thread for the machine and all its connections.
  func run() async throws {
    Descriptors.raiseLimit()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let master = try MeasuredMaster(
      on: EventLoopExecutor(group.next()), countsOffers: countOffers, records: record)
    defer { master.end() }
    let server = try await NativeServer.start(
      master.handler, at: HostPort(host: "127.0.0.1", port: 0), on: group,
      options: NativeOptions(nodeName: "master"), logger: Load.logger)
    let http = try await HTTPServer.listen(
      at: HostPort(host: "127.0.0.1", port: 0), on: MultiThreadedEventLoopGroup.singleton, logger: Load.logger
    )
    http.serve(MasterHTTP(master.host, at: http.address, logger: Load.logger).routes)
    say("\(server.address.port) \(http.address.port)")
    while let line = Swift.readLine() {
      switch Question(rawValue: line) {
      case .begin: master.begin()
      case .read: break
      case nil: throw BenchmarkFailure("the master was asked \"\(line)\"")
      }
      say(master.read().line)
    }
  }

  private func say(_ line: String) {
    print(line)
    fflush(nil)
  }
}

/// The master as the process that measures sees it.
final class RemoteMaster: MasterGauge {
  let port: Int
  /// Where it answers HTTP.
  let httpPort: Int
  private let process: Mutex<ChildProcess>

  init(countsOffers: Bool, records: Bool) throws {
    let process = try ChildProcess(
      ["master-process"] + (countsOffers ? ["--count-offers"] : []) + (records ? ["--record"] : []))
    let ports = (process.readLine() ?? "").split(separator: " ").compactMap { Int($0) }
    guard ports.count == 2 else { throw BenchmarkFailure("the master did not start") }
    port = ports[0]
    httpPort = ports[1]
    self.process = Mutex(process)
  }

  func begin() throws { _ = try ask(.begin) }
  func read() throws -> MasterFigures { try ask(.read) }
  func end() { process.withLock { $0.finish() } }

  private func ask(_ question: Question) throws -> MasterFigures {
    let line = process.withLock { process in
      process.write(line: question.rawValue)
      return process.readLine()
    }
    guard let figures = line.flatMap({ MasterFigures(line: $0) }) else {
      throw BenchmarkFailure("the master's process has ended")
    }
    return figures
  }
}
