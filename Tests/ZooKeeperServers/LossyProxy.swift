// A way to a server that can be broken at a chosen moment.

import Foundation
import Glibc
public import MesetaModel
import Synchronization

/// Passes bytes on between clients and a server, until it is told to lose what the server answers.
public final class LossyProxy: Sendable {
  /// Where clients connect.
  public let address: HostPort
  private let server: HostPort
  private let listener: Int32
  private let losesAnswer = Mutex(false)

  /// A way to a server on this machine.
  public init(to server: HostPort) throws {
    self.server = server
    let (descriptor, port) = try Self.listen()
    listener = descriptor
    address = HostPort(host: "127.0.0.1", port: port)
    Thread.detachNewThread { self.accept() }
  }

  /// Breaks the next connection on which the server answers, in place of passing the answer on.
  public func loseNextAnswer() { losesAnswer.withLock { $0 = true } }

  /// Takes no connections any more.
  public func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private static func listen() throws -> (Int32, Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound, Glibc.listen(descriptor, 16) == 0 else {
      throw ServerFailure(description: "there is no free port")
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  private func accept() {
    while true {
      let client = Glibc.accept(listener, nil, nil)
      guard client >= 0 else { break }
      guard let upstream = connected(to: server.port) else {
        close(client)
        continue
      }
      Thread.detachNewThread { self.pass(from: client, to: upstream, isAnswer: false) }
      Thread.detachNewThread { self.pass(from: upstream, to: client, isAnswer: true) }
    }
    close(listener)
  }

  private func pass(from source: Int32, to target: Int32, isAnswer: Bool) {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(source, &buffer, buffer.count)
      guard count > 0 else { break }
      if isAnswer, losesAnswer.withLock({ $0.take() }) { break }
      guard send(target, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
    }
    // The other direction ends with it; both descriptors are left to it, and to the end of the process.
    shutdown(source, Int32(SHUT_RDWR))
    shutdown(target, Int32(SHUT_RDWR))
  }
}

/// A connection to a port of the loopback; nil if nobody listens.
func connected(to port: Int) -> Int32? {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  var address = loopback(port: port)
  let isConnected = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
  if isConnected { return descriptor }
  close(descriptor)
  return nil
}

extension Bool {
  /// Its value, once.
  fileprivate mutating func take() -> Bool {
    defer { self = false }
    return self
  }
}
