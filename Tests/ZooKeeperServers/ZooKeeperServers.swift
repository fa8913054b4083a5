// Servers of ZooKeeper on this machine, for tests: Debian's, without its init scripts.

import Foundation
import Glibc
public import MesetaModel

/// Some servers that form one ensemble, on ports that the system chose. They end with the process that started them.
public final class ZooKeeperServers: Sendable {
  /// Where clients find them.
  public let addresses: [HostPort]
  private let processes: [ServerProcess]
  private let directory: URL

  /// Starts servers, and returns when they answer.
  ///
  /// - Throws: if they do not within two minutes.
  public init(count: Int = 1) async throws {
    directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("meseta-zookeeper-\(UInt64.random(in: .min ... .max))")
    let ports = try FreePorts(3 * count).numbers
    addresses = (0..<count).map { HostPort(host: "127.0.0.1", port: ports[$0]) }
    let peers = (0..<count).map {
      "server.\($0 + 1)=127.0.0.1:\(ports[count + $0]):\(ports[2 * count + $0])"
    }
    var processes: [ServerProcess] = []
    for (index, address) in addresses.enumerated() {
      let data = directory.appendingPathComponent("\(index + 1)")
      try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
      try Data("\(index + 1)\n".utf8).write(to: data.appendingPathComponent("myid"))
      var lines = [
        "tickTime=500", "initLimit=40", "syncLimit=8", "minSessionTimeout=1000", "maxSessionTimeout=60000",
        "dataDir=\(data.path)", "clientPort=\(address.port)", "clientPortAddress=127.0.0.1",
        "admin.enableServer=false", "4lw.commands.whitelist=srvr", "maxClientCnxns=0",
      ]
      if count > 1 { lines += ["quorumListenOnAllIPs=false", "standaloneEnabled=false"] + peers }
      let configuration = data.appendingPathComponent("zoo.cfg")
      try Data(lines.joined(separator: "\n").utf8).write(to: configuration)
      processes.append(
        try ServerProcess(configuration: configuration, log: data.appendingPathComponent("log")))
    }
    self.processes = processes
    for index in addresses.indices { try await waitUntilReady(index) }
  }

  /// `zk://…` with all servers and a path.
  public func url(_ path: String) -> String {
    "zk://\(addresses.map(\.description).joined(separator: ","))/\(path)"
  }

  /// Sends a server a signal.
  public func signal(_ server: Int, _ signal: Int32) { processes[server].signal(signal) }

  /// Starts a server again that was killed, and returns when it answers.
  public func restart(_ server: Int) async throws {
    try processes[server].start()
    try await waitUntilReady(server)
  }

  /// Ends them and removes what they wrote.
  public func stop() {
    for process in processes { process.end() }
    try? FileManager.default.removeItem(at: directory)
  }

  private func waitUntilReady(_ server: Int) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline {
      let port = addresses[server].port
      // It waits for the answer: not on one of the few threads that all tests share.
      let answer = await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: ask(port, "srvr")) }
      }
      if let answer, answer.contains("Mode:") { return }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw ServerFailure(description: "server \(server) does not answer; what it wrote: \(directory.path)")
  }
}

/// Why there is no server.
public struct ServerFailure: Error, CustomStringConvertible {
  /// What went wrong.
  public let description: String
}

/// A Java process, and a shell that ends it when this process is gone.
private final class ServerProcess: Sendable {
  private let configuration: URL
  private let log: URL

  init(configuration: URL, log: URL) throws {
    self.configuration = configuration
    self.log = log
    try start()
  }

  private var pidFile: URL { configuration.deletingLastPathComponent().appendingPathComponent("pid") }

  func start() throws {
    try? FileManager.default.removeItem(at: pidFile)
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    let java = """
      java -Xms32m -Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData \
      -cp /usr/share/java/zookeeper.jar:/usr/share/java/slf4j-simple.jar \
      org.apache.zookeeper.server.quorum.QuorumPeerMain "$1" >>"$2" 2>&1 </dev/null
      """
    shell.arguments = [
      "-c",
      """
      exec 9<&0
      \(java) 9<&- &
      echo $! >"$3.new"; mv "$3.new" "$3"
      cat <&9 >/dev/null
      kill -9 $! 2>/dev/null
      """, "zookeeper", configuration.path, log.path, pidFile.path,
    ]
    // Its end is the end of this process.
    let pipe = Pipe()
    shell.standardInput = pipe
    // tidy: a process that is started ends by itself, and the pipe has to stay open until this one ends
    _ = Unmanaged.passRetained(pipe)
    try shell.run()
  }

  func signal(_ signal: Int32) {
    guard let text = try? String(contentsOf: pidFile, encoding: .utf8),
      let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
    else { return }
    kill(pid, signal)
  }

  func end() { signal(SIGKILL) }
}

/// Ports of the loopback that nobody listens on.
private struct FreePorts {
  var numbers: [Int] = []

  init(_ count: Int) throws {
    // All at once, so that none is given twice.
    var sockets: [Int32] = []
    defer { for socket in sockets { close(socket) } }
    for _ in 0..<count {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      sockets.append(descriptor)
      var address = loopback(port: 0)
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
      }
      guard isBound else { throw ServerFailure(description: "there is no free port") }
      numbers.append(Int(UInt16(bigEndian: address.sin_port)))
    }
  }
}

func loopback(port: Int) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = UInt16(port).bigEndian
  address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
  return address
}

/// What a server answers to a word; nil if there is none.
private func ask(_ port: Int, _ word: String) -> String? {
  guard let descriptor = connected(to: port) else { return nil }
  defer { close(descriptor) }
  var patience = timeval(tv_sec: 2, tv_usec: 0)
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  guard write(descriptor, word, word.utf8.count) == word.utf8.count else { return nil }
  var answer: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { break }
    answer += buffer[..<count]
  }
  return answer.isEmpty ? nil : String(decoding: answer, as: UTF8.self)
}
